import type { LogBody } from '@gstd/sdk'
import {
  attachNano,
  GUARD_DELAY_SEC,
  guardCellOf,
  type GuardMessage,
  uncommit,
  unfreeze,
  type VaultState,
} from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import type { Errand } from './operatorWallet.ts'
import { DEAD_AFTER_SEC, type PaymentContext, REBUILD_AFTER_MS, VALIDITY_SEC } from './paymentContext.ts'

type StoredGuard = {
  index: number
  kind: GuardMessage['kind']
  valid_until_sec: number
  cell_hash: string
  auditor_signature: string | null
  body: LogBody<'unfreeze'> | LogBody<'uncommit'>
}

/** What the vault takes too early by its own clock is sent again. */
const REPEAT_MS = 60_000

const logGuard = (context: PaymentContext, message: GuardMessage) =>
  context.journal.write(async (unit) => {
    const { parameters, signer } = context
    const hash = guardCellOf(message, parameters).hash()
    const coordinator_signature = await signer.sign(new Uint8Array(hash))
    const index =
      message.kind === 'unfreeze'
        ? unit.log('unfreeze', { ...message.body, coordinator_signature })
        : unit.log('uncommit', { ...message.body, coordinator_signature })
    await unit.query(
      `INSERT INTO guard_messages (index, kind, valid_until_sec, cell_hash, state) VALUES ($1, $2, $3, $4, 'open')`,
      [index, message.kind, message.body.valid_until_sec, hash.toString('hex')],
    )
  })

const endGuard = ({ journal, clock }: PaymentContext, index: number, state: 'landed' | 'dead') =>
  journal.write((unit) =>
    unit.query('UPDATE guard_messages SET state = $2, ended_at = $3 WHERE index = $1', [index, state, clock()]),
  )

const toErrand = (stored: StoredGuard, { parameters, clock }: PaymentContext): Errand[] => {
  const { kind, auditor_signature: auditorSignature, valid_until_sec, cell_hash } = stored
  if (auditorSignature === null || clock() / 1000 >= valid_until_sec) return []
  const coordinatorSignature = stored.body.coordinator_signature
  const cell = guardCellOf({ kind, body: stored.body } as GuardMessage, parameters)
  const signed = { body: cell, coordinatorSignature, auditorSignature }
  const body = kind === 'unfreeze' ? unfreeze(signed) : uncommit(signed)
  const message = { to: Address.parseRaw(parameters.vault), value: attachNano.guard, bounce: true, body }
  return [{ purpose: `${kind}:${cell_hash}`, message, repeatAfterMs: REPEAT_MS }]
}

const isOver = ({ body }: StoredGuard, vault: VaultState): boolean =>
  'frozen_at_sec' in body
    ? vault.frozenAtSec !== body.frozen_at_sec
    : vault.epoch !== body.epoch || vault.current.next !== body.next

/** @returns the one that is logged and whose effect the chain does not show yet; there is at most one. */
const readOpenGuard = async (context: PaymentContext, vault: VaultState): Promise<StoredGuard | undefined> => {
  const [open] = await context.journal.query<StoredGuard>(
    `SELECT guard_messages.*, log.body FROM guard_messages JOIN log USING (index) WHERE state = 'open'`,
  )
  if (open === undefined) return undefined
  if (isOver(open, vault)) {
    await endGuard(context, open.index, 'landed')
    return undefined
  }
  if (context.clock() / 1000 <= open.valid_until_sec + DEAD_AFTER_SEC) return open
  context.logger.warn({ kind: open.kind }, 'what both keys must sign expired before it landed')
  await endGuard(context, open.index, 'dead')
  return undefined
}

const failedLately = async ({ journal, clock }: PaymentContext): Promise<boolean> => {
  const rows = await journal.query(`SELECT 1 FROM guard_messages WHERE state = 'dead' AND ended_at > $1`, [
    clock() - REBUILD_AFTER_MS,
  ])
  return rows.length > 0
}

/**
 * Whether a batch was sent to the vault after it could be given up, and is still not paid: whoever was away for a week
 * tries first.
 */
const isUnexecutable = async ({ journal, clock }: PaymentContext, { epoch, current }: VaultState): Promise<boolean> => {
  const [sent] = await journal.query<{ sent_at: number }>('SELECT sent_at FROM wallet_purposes WHERE purpose = $1', [
    `exec:${epoch}:${current.next}`,
  ])
  const fromMs = (current.validFromSec + GUARD_DELAY_SEC) * 1000
  return sent !== undefined && sent.sent_at >= fromMs && clock() - sent.sent_at > REPEAT_MS / 2
}

const NOTHING = '0'.repeat(64)

/** @returns what the vault's state asks both keys to sign now. */
const whatIsDue = async (context: PaymentContext, vault: VaultState): Promise<GuardMessage | undefined> => {
  const nowSec = Math.floor(context.clock() / 1000)
  const valid_until_sec = nowSec + VALIDITY_SEC
  if (vault.frozenAtSec !== 0) {
    const isDue = nowSec >= vault.frozenAtSec + GUARD_DELAY_SEC
    return isDue ? { kind: 'unfreeze', body: { frozen_at_sec: vault.frozenAtSec, valid_until_sec } } : undefined
  }
  const { epoch, current } = vault
  if (current.next === NOTHING || !(await isUnexecutable(context, vault))) return undefined
  return { kind: 'uncommit', body: { epoch, next: current.next, valid_until_sec } }
}

/**
 * Ends a freeze when its time has come, and gives up batches that could not be executed for 7 days: logs what both keys
 * must sign, once at a time, until the chain shows it.
 *
 * @returns the message, once the auditor has signed
 */
export const trackGuards = async (vault: VaultState, context: PaymentContext): Promise<Errand[]> => {
  const open = await readOpenGuard(context, vault)
  if (open !== undefined) return toErrand(open, context)
  const due = await whatIsDue(context, vault)
  if (due !== undefined && !(await failedLately(context))) {
    await logGuard(context, due)
    context.logger.warn(
      { kind: due.kind, epoch: vault.epoch },
      due.kind === 'unfreeze' ? 'the freeze may end: the auditor is asked' : 'a batch cannot be paid: it is given up',
    )
  }
  return []
}
