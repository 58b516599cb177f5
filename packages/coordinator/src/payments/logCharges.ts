import { type Authorisation, leavesOf, type LogBody, tasksRootOf } from '@gstd/sdk'
import { chargeCellOf } from '@gstd/sdk/contracts'
import type { EscrowState } from '../intake/requesterView.ts'
import type { Queries } from '../storage/database.ts'
import { chargeableSessions, chargeableUntilSec } from './chargeableSessions.ts'
import type { Debtor } from './isRoundDue.ts'
import { type PaymentContext, REBUILD_AFTER_MS, VALIDITY_SEC } from './paymentContext.ts'

type Chargeable = { task_id: string; charged_nano: number; verdict: LogBody<'verdict'> }

/** Tasks in one charge; the rest goes into the next round. */
const MAX_TASKS = 5_000

/** Tasks with a final verdict that nobody has been charged for yet. */
const CHARGEABLE = `charge_index IS NULL AND charged_nano > 0 AND status = 'delivered' AND verdict_index < $1`

/** @returns requesters with chargeable tasks, those first that have waited longest. */
export const readDebtors = ({ journal, heads, clock }: PaymentContext) =>
  journal.query<Debtor>(
    `SELECT requester, min(ended_at) AS since, sum(charged_nano)::text AS owed FROM tasks WHERE ${CHARGEABLE}
       AND NOT EXISTS (SELECT 1 FROM charges WHERE charges.escrow = tasks.escrow
         AND (state = 'open' OR (state = 'dead' AND ended_at > $2)))
     GROUP BY requester ORDER BY since`,
    [heads.size, clock() - REBUILD_AFTER_MS],
  )

/** The escrow's highest authorisation by a key that the escrow still takes. */
const readAuthorisation = async (
  unit: Queries,
  escrow: EscrowState,
  nowSec: number,
): Promise<Authorisation | undefined> => {
  const keys = chargeableSessions(escrow, nowSec).map(({ key }) => key)
  const rows = await unit.query<{ document: Authorisation }>(
    `SELECT document FROM authorisations WHERE escrow = $1 AND public_key = ANY($2) ORDER BY max_cumulative DESC LIMIT 1`,
    [escrow.address, keys],
  )
  return rows[0]?.document
}

const readChargeable = (unit: Queries, escrow: string, finalSize: number): Promise<Chargeable[]> =>
  unit.query<Chargeable>(
    `SELECT task_id, charged_nano, log.body AS verdict FROM tasks JOIN log ON log.index = tasks.verdict_index
     WHERE escrow = $2 AND ${CHARGEABLE} ORDER BY verdict_index LIMIT ${MAX_TASKS}`,
    [finalSize, escrow],
  )

/** As many tasks, in order, as escrow, authorisation and cap all cover. */
const withinMeans = (tasks: readonly Chargeable[], escrow: EscrowState, authorisation: Authorisation): Chargeable[] => {
  const capNano =
    authorisation.public_key === escrow.session.key ? escrow.session.capNano : escrow.previousSession.capNano
  const ceilings = [escrow.chargedNano + escrow.balanceNano, BigInt(authorisation.max_cumulative_nano), capNano]
  const most = ceilings.reduce((least, ceiling) => (ceiling < least ? ceiling : least))
  let cumulativeNano = escrow.chargedNano
  return tasks.filter(({ charged_nano }) => {
    const next = cumulativeNano + BigInt(charged_nano)
    if (next > most) return false
    cumulativeNano = next
    return true
  })
}

type Plan = { tasks: Chargeable[]; waiting: Chargeable[]; authorisation: Authorisation | undefined }

/** Applies the escrow's own conditions, so that nothing is signed that it must refuse. */
const planCharge = async (
  unit: Queries,
  { heads, clock }: Pick<PaymentContext, 'heads' | 'clock'>,
  escrow: EscrowState,
): Promise<Plan> => {
  const authorisation = await readAuthorisation(unit, escrow, clock() / 1000)
  const waiting = await readChargeable(unit, escrow.address, heads.size)
  const tasks = authorisation === undefined ? [] : withinMeans(waiting, escrow, authorisation)
  return { tasks, waiting, authorisation }
}

/** @returns whether the escrow can be charged for anything now */
export const isChargeable = async (context: PaymentContext, escrow: EscrowState): Promise<boolean> =>
  (await planCharge(context.journal, context, escrow)).tasks.length > 0

/**
 * Signs and logs one charge of an escrow for all its final verdicts.
 *
 * @param epoch - the vault's next one, which the charge funds
 * @returns whether there was something to charge
 */
export const logCharge = (
  context: PaymentContext,
  requester: string,
  escrow: EscrowState,
  epoch: number,
): Promise<boolean> =>
  context.journal.write(async (unit) => {
    const { parameters, signer, clock, remind } = context
    const { tasks, waiting, authorisation } = await planCharge(unit, context, escrow)
    if (tasks.length < waiting.length && waiting.length < MAX_TASKS) {
      remind(
        `escrow:${requester}`,
        { requester, waiting: waiting.length, chargeable: tasks.length, close_at_sec: escrow.closeAtSec },
        'escrow cannot be charged in full',
      )
    }
    if (tasks.length === 0 || authorisation === undefined) return false
    const nowSec = Math.floor(clock() / 1000)
    const deltaNano = tasks.reduce((sum, task) => sum + BigInt(task.charged_nano), 0n)
    const charge = {
      escrow: escrow.address,
      requester,
      epoch,
      previous_charged_nano: escrow.chargedNano.toString(),
      cumulative_nano: (escrow.chargedNano + deltaNano).toString(),
      task_ids: tasks.map((task) => task.task_id),
      tasks: escrow.tasks + tasks.length,
      tasks_root: tasksRootOf(tasks.flatMap(({ verdict }) => leavesOf(verdict))),
      authorisation,
      valid_until_sec: Math.min(nowSec + VALIDITY_SEC, chargeableUntilSec(escrow, authorisation.public_key)),
    }
    const hash = chargeCellOf(charge, parameters).hash()
    const index = unit.log('charge', { ...charge, coordinator_signature: await signer.sign(new Uint8Array(hash)) })
    await unit.query(
      `INSERT INTO charges (index, escrow, requester, epoch, previous_nano, cumulative_nano, valid_until_sec, cell_hash,
         state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open')`,
      [
        index,
        charge.escrow,
        requester,
        epoch,
        charge.previous_charged_nano,
        charge.cumulative_nano,
        charge.valid_until_sec,
        hash.toString('hex'),
      ],
    )
    await unit.query('UPDATE tasks SET charge_index = $1 WHERE task_id = ANY($2::uuid[])', [index, charge.task_ids])
    return true
  })
