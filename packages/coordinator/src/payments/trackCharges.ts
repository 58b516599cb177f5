import type { LogBody } from '@gstd/sdk'
import { attachNano, charge as chargeMessage, chargeCellOf } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import type { Unit } from '../log/journal.ts'
import type { Errand } from './operatorWallet.ts'
import { DEAD_AFTER_SEC, type PaymentContext } from './paymentContext.ts'

export type OpenCharge = {
  index: number
  requester: string
  cumulative_nano: number
  valid_until_sec: number
  cell_hash: string
  auditor_signature: string | null
  body: LogBody<'charge'>
}

/** @returns charges that are logged and not seen on chain yet. */
export const readOpenCharges = ({ journal }: PaymentContext): Promise<OpenCharge[]> =>
  journal.query<OpenCharge>(
    `SELECT charges.*, log.body FROM charges JOIN log USING (index) WHERE state = 'open' ORDER BY index`,
  )

/** Frees a charge's tasks for another one; for a charge that can never land. */
export const dropCharge = async (unit: Unit, index: number, nowMs: number): Promise<void> => {
  await unit.query(`UPDATE charges SET state = 'dead', ended_at = $2 WHERE index = $1`, [index, nowMs])
  await unit.query('UPDATE tasks SET charge_index = NULL WHERE charge_index = $1', [index])
}

const toErrand = (open: OpenCharge, { parameters }: PaymentContext): Errand | undefined => {
  if (open.auditor_signature === null) return undefined
  const body = chargeMessage({
    body: chargeCellOf(open.body, parameters),
    coordinatorSignature: open.body.coordinator_signature,
    auditorSignature: open.auditor_signature,
  })
  return {
    purpose: `charge:${open.cell_hash}`,
    message: { to: Address.parseRaw(parameters.vault), value: attachNano.charge, bounce: true, body },
  }
}

/**
 * Compares open charges with their escrows: what the chain shows has landed, what has expired is dead.
 *
 * @returns messages for the co-signed charges that are still under way
 */
export const trackCharges = async (open: readonly OpenCharge[], context: PaymentContext): Promise<Errand[]> => {
  const { journal, chain, clock, logger } = context
  const errands: Errand[] = []
  for (const charge of open) {
    const escrow = await chain.readEscrow(charge.requester, 0)
    const nowSec = Math.floor(clock() / 1000)
    if (escrow !== undefined && escrow.chargedNano >= BigInt(charge.cumulative_nano)) {
      await journal.write((unit) =>
        unit.query(`UPDATE charges SET state = 'landed', ended_at = $2 WHERE index = $1`, [charge.index, clock()]),
      )
    } else if (nowSec > charge.valid_until_sec + DEAD_AFTER_SEC) {
      logger.warn({ charge: charge.index, requester: charge.requester }, 'a charge expired before it landed')
      await journal.write((unit) => dropCharge(unit, charge.index, clock()))
    } else {
      const errand = nowSec < charge.valid_until_sec ? toErrand(charge, context) : undefined
      if (errand !== undefined) errands.push(errand)
    }
  }
  return errands
}
