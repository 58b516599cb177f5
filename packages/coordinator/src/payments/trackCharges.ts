import type { LogBody } from '@gstd/sdk'
import { attachNano, charge as chargeMessage, chargeCellOf } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import type { Queries } from '../storage/database.ts'
import { markLandedCharges } from './markLandedCharges.ts'
import type { Errand } from './operatorWallet.ts'
import { DEAD_AFTER_SEC, type PaymentContext } from './paymentContext.ts'
import { COUNTED_STATES } from './readEpochBefore.ts'

export type OpenCharge = {
  index: number
  escrow: string
  requester: string
  previous_nano: number
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
export const dropCharge = async (queries: Queries, index: number, nowMs: number): Promise<void> => {
  await queries.query(`UPDATE charges SET state = 'dead', ended_at = $2 WHERE index = $1`, [index, nowMs])
  await queries.query('UPDATE tasks SET charge_index = NULL WHERE charge_index = $1', [index])
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
 * Whether a charge can land no more. The clock alone does not tell, nor does a state whose age nobody knows: the chain
 * says both of one block, that its time is over and that the escrow has not taken it.
 *
 * @returns also false when the escrow turns out to have taken it
 */
const isOver = async (charge: OpenCharge, { chain }: PaymentContext): Promise<boolean> => {
  const { value: chargedNano, atSec } = await chain.chargedAsOf(charge.requester)
  return chargedNano <= BigInt(charge.previous_nano) && atSec > charge.valid_until_sec + DEAD_AFTER_SEC
}

const trackCharge = async (charge: OpenCharge, context: PaymentContext): Promise<Errand | undefined> => {
  const { journal, chain, clock, logger } = context
  const state = await chain.readEscrow(charge.requester, 0)
  const chargedNano = state?.chargedNano ?? 0n
  const landed = await journal.write((unit) => markLandedCharges(unit, charge.escrow, chargedNano, clock()))
  if (landed?.includes(charge.index) === true) return undefined
  const nowSec = Math.floor(clock() / 1000)
  if (nowSec < charge.valid_until_sec) {
    return chargedNano === BigInt(charge.previous_nano) ? toErrand(charge, context) : undefined
  }
  if (nowSec > charge.valid_until_sec + DEAD_AFTER_SEC && (await isOver(charge, context))) {
    logger.warn({ charge: charge.index, requester: charge.requester }, 'a charge expired before it landed')
    await journal.write((unit) => dropCharge(unit, charge.index, clock()))
  }
  return undefined
}

/**
 * Compares open charges with their escrows: what the chain shows has landed, what it shows to be expired is dead.
 *
 * @returns messages for the co-signed charges that are still under way
 */
export const trackCharges = async (open: readonly OpenCharge[], context: PaymentContext): Promise<Errand[]> => {
  const errands: Errand[] = []
  for (const charge of open) {
    const errand = await trackCharge(charge, context)
    if (errand !== undefined) errands.push(errand)
  }
  return errands
}

/**
 * Looks again at charges that were given up, as long as their epoch is not committed: one that the chain shows after all
 * has landed, and what it brought is paid.
 */
export const reconsiderCharges = async ({ journal, chain, clock, logger }: PaymentContext): Promise<void> => {
  const given = await journal.query<{ escrow: string; requester: string }>(
    `SELECT DISTINCT escrow, requester FROM charges WHERE state = 'dead' AND auditor_signature IS NOT NULL AND epoch >
       (SELECT coalesce(max(epoch), 0) FROM commits WHERE state IN ${COUNTED_STATES})`,
  )
  for (const { escrow, requester } of given) {
    const state = await chain.readEscrow(requester, 0)
    if (state === undefined) continue
    const landed = await journal.write((unit) => markLandedCharges(unit, escrow, state.chargedNano, clock()))
    for (const charge of landed ?? []) logger.warn({ charge, requester }, 'a charge that was given up has landed')
  }
}
