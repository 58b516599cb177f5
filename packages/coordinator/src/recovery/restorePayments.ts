import { type CosignedKind, GstdError, leavesOf, type LogBody, tasksRootOf } from '@gstd/sdk'
import { chargeCellOf, commitCellOf } from '@gstd/sdk/contracts'
import { recordEpoch } from '../epochs/recordEpoch.ts'
import { markLandedCharges } from '../payments/markLandedCharges.ts'
import { revokeEntry } from '../payments/revokeEntry.ts'
import { readEpochBefore } from '../payments/readEpochBefore.ts'
import { dropCharge } from '../payments/trackCharges.ts'
import type { Queries } from '../storage/database.ts'
import type { RestoreContext, RestoreEntry } from './restoreContext.ts'

type OpenCharge = { index: number; escrow: string; requester: string }

/** A charge that its escrow has been charged past has landed or never will. */
const endCharge = async (queries: Queries, charge: OpenCharge, chargedNano: bigint, at: number): Promise<void> => {
  const landed = await markLandedCharges(queries, charge.escrow, chargedNano, at)
  if (landed?.includes(charge.index) !== true) await dropCharge(queries, charge.index, at)
}

/** Whether an escrow's earlier charge has landed shows by what the next one builds on. */
export const restoreCharge: RestoreEntry<'charge'> = async (queries, { index, at, body }, { origin }) => {
  const before = await queries.query<OpenCharge>(
    `SELECT index, escrow, requester FROM charges WHERE escrow = $1 AND state = 'open'`,
    [body.escrow],
  )
  for (const charge of before) await endCharge(queries, charge, BigInt(body.previous_charged_nano), at)
  await queries.query(
    `INSERT INTO charges (index, escrow, requester, epoch, previous_nano, cumulative_nano, valid_until_sec, cell_hash,
       state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open')`,
    [
      index,
      body.escrow,
      body.requester,
      body.epoch,
      body.previous_charged_nano,
      body.cumulative_nano,
      body.valid_until_sec,
      chargeCellOf(body, origin).hash().toString('hex'),
    ],
  )
  await queries.query('UPDATE tasks SET charge_index = $1 WHERE task_id = ANY($2::uuid[])', [index, body.task_ids])
}

/** The commit names the tasks of every charge that has landed: what was concluded about charges must give the same. */
const checkTasks = async (queries: Queries, { epoch, tasks_root }: LogBody<'commit'>): Promise<void> => {
  const rows = await queries.query<{ verdict: LogBody<'verdict'> }>(
    `SELECT verdict.body AS verdict FROM charges JOIN log AS charge USING (index)
       CROSS JOIN LATERAL json_array_elements_text(charge.body->'task_ids') WITH ORDINALITY AS named(task_id, place)
       JOIN tasks ON tasks.task_id = named.task_id::uuid JOIN log AS verdict ON verdict.index = tasks.verdict_index
     WHERE charges.epoch > $1 AND charges.epoch <= $2 AND state = 'landed' ORDER BY charges.index, place`,
    [await readEpochBefore(queries, epoch), epoch],
  )
  if (tasksRootOf(rows.flatMap(({ verdict }) => leavesOf(verdict))) === tasks_root) return
  throw new GstdError('LOG_INCOMPLETE', `which charges epoch ${epoch} pays out does not follow from the file`, {
    details: { epoch },
    hint: 'let the auditor export its whole log again: it has newer entries',
  })
}

const endChargesBefore = async (
  queries: Queries,
  { epoch }: LogBody<'commit'>,
  at: number,
  { chargedAfter }: RestoreContext,
): Promise<void> => {
  const open = await queries.query<OpenCharge>(
    `SELECT index, escrow, requester FROM charges WHERE epoch <= $1 AND state = 'open' ORDER BY index`,
    [epoch],
  )
  for (const charge of open) await endCharge(queries, charge, await chargedAfter(charge), at)
}

/** A commit is made once all charges of its epoch have landed or expired, and an earlier one of it has expired. */
export const restoreCommit: RestoreEntry<'commit'> = async (queries, { index, at, body }, context) => {
  await endChargesBefore(queries, body, at, context)
  await checkTasks(queries, body)
  await queries.query(`UPDATE commits SET state = 'dead', ended_at = $2 WHERE epoch = $1 AND state = 'open'`, [
    body.epoch,
    at,
  ])
  await queries.query(
    `INSERT INTO commits (index, epoch, valid_until_sec, cell_hash, state) VALUES ($1, $2, $3, $4, 'open')`,
    [index, body.epoch, body.valid_until_sec, commitCellOf(body, context.origin).hash().toString('hex')],
  )
}

const TABLES = {
  charge: 'charges',
  commit: 'commits',
  unfreeze: 'guard_messages',
  uncommit: 'guard_messages',
} as const satisfies Record<CosignedKind, string>

/** The auditor's signature over the cell of what was logged for it. */
export const restoreCosignature: RestoreEntry<'cosignature'> = async (queries, { body }) => {
  await queries.query(`UPDATE ${TABLES[body.of]} SET auditor_signature = $2 WHERE cell_hash = $1`, [
    body.hash,
    body.auditor_signature,
  ])
}

/** What the auditor refused has no effect; a charge or commit that it refused never lands. */
export const restoreRefusal: RestoreEntry<'refusal'> = async (queries, { at, body }) => {
  await revokeEntry(queries, body)
  const [charge] = await queries.query<{ index: number }>(
    `SELECT index FROM charges WHERE cell_hash = $1 AND state = 'open' AND auditor_signature IS NULL`,
    [body.hash],
  )
  if (charge !== undefined) await dropCharge(queries, charge.index, at)
  for (const table of ['commits', 'guard_messages']) {
    await queries.query(
      `UPDATE ${table} SET state = 'dead', ended_at = $2
       WHERE cell_hash = $1 AND state = 'open' AND auditor_signature IS NULL`,
      [body.hash, at],
    )
  }
}

/** Ends an epoch's commit. @returns what it says, where it is known */
const endCommit = async (
  queries: Queries,
  { epoch, at }: { epoch: number; at: number },
  state: 'executed' | 'uncommitted' | 'vetoed',
  unpaidFrom: string | null = null,
): Promise<LogBody<'commit'> | undefined> => {
  const [commit] = await queries.query<{ body: LogBody<'commit'> }>(
    `UPDATE commits SET state = $3, unpaid_from = $4, ended_at = $2 FROM log
     WHERE commits.epoch = $1 AND state IN ('open', 'landed') AND log.index = commits.index RETURNING log.body`,
    [epoch, at, state, unpaidFrom],
  )
  return commit?.body
}

/** Every payout is made, or owed: tasks are paid, and the epoch's reputations pay from now on. */
const settle = async (queries: Queries, epoch: number, at: number, commit: LogBody<'commit'> | undefined) => {
  await queries.query(
    `UPDATE tasks SET paid = true WHERE charge_index IN
       (SELECT index FROM charges WHERE epoch > $1 AND epoch <= $2 AND state = 'landed')`,
    [await readEpochBefore(queries, epoch), epoch],
  )
  for (const { device_id, reputation } of commit?.reputations ?? []) {
    await queries.query('UPDATE devices SET committed_reputation = $2 WHERE device_id = $1', [device_id, reputation])
  }
  await recordEpoch(queries, epoch, at)
}

/** An epoch that is paid to the last. */
export const restoreExecuted: RestoreEntry<'executed'> = async (queries, { at, body: { epoch } }) =>
  settle(queries, epoch, at, await endCommit(queries, { epoch, at }, 'executed'))

/** An epoch of which some batches were given up: the next one pays them. */
export const restoreUncommitted: RestoreEntry<'uncommitted'> = async (queries, { at, body: { epoch, next } }) =>
  settle(queries, epoch, at, await endCommit(queries, { epoch, at }, 'uncommitted', next))

/** An epoch that the guardian took back: the next one pays what it was to pay. */
export const restoreVetoed: RestoreEntry<'vetoed'> = async (queries, { at, body: { epoch } }) => {
  await endCommit(queries, { epoch, at }, 'vetoed')
}

/** What an owner took back before it was committed: it had landed, and pays nobody. */
export const restoreReclaimed: RestoreEntry<'reclaimed'> = async (queries, { at, body }) => {
  await queries.query(`UPDATE charges SET state = 'reclaimed', ended_at = $2 WHERE cell_hash = $1`, [
    body.charge_hash,
    at,
  ])
}
