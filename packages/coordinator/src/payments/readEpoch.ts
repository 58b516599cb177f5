import {
  type LogBody,
  type Payout,
  settleEpoch,
  type SettledTask,
  type Settlement,
  type SignedCertificate,
} from '@gstd/sdk'
import { unpaidPayouts } from '@gstd/sdk/contracts'
import type { Queries } from '../storage/database.ts'
import type { PaymentContext } from './paymentContext.ts'
import { COUNTED_STATES, readEpochBefore } from './readEpochBefore.ts'

type ChargedTask = { task_id: string; verdict: LogBody<'verdict'> }
type PaidSeat = { task_id: string; attempt: number; certificate: SignedCertificate }

/** The tasks of the landed charges that an epoch takes, in the order of the charges and of the tasks within each. */
const readTasks = async (queries: Queries, epoch: number): Promise<SettledTask[]> => {
  const charges = await queries.query<{ index: number; body: LogBody<'charge'> }>(
    `SELECT index, log.body FROM charges JOIN log USING (index)
     WHERE epoch > $1 AND epoch <= $2 AND state = 'landed' ORDER BY index`,
    [await readEpochBefore(queries, epoch), epoch],
  )
  const order = charges.flatMap(({ body }) => body.task_ids)
  const verdicts = await queries.query<ChargedTask>(
    `SELECT task_id, log.body AS verdict FROM tasks JOIN log ON log.index = tasks.verdict_index
     WHERE charge_index = ANY($1::int8[])`,
    [charges.map(({ index }) => index)],
  )
  const seats = await queries.query<PaidSeat>(
    `SELECT task_id, attempt, seats.certificate FROM seats JOIN tasks USING (task_id)
     WHERE charge_index = ANY($1::int8[]) AND agreed`,
    [charges.map(({ index }) => index)],
  )
  const verdictOf = new Map(verdicts.map((row) => [row.task_id, row.verdict]))
  const addressOf = new Map(
    seats.map((seat) => [`${seat.task_id}/${seat.attempt}`, seat.certificate.certificate.payout_address]),
  )
  return order.map((taskId) => {
    const verdict = verdictOf.get(taskId)
    if (verdict === undefined) throw new Error(`task ${taskId} was charged without a verdict`)
    return {
      verdict,
      payoutAddress: (attempt) => {
        const address = addressOf.get(`${taskId}/${attempt}`)
        if (address === undefined) throw new Error(`attempt ${attempt} of task ${taskId} is paid without a certificate`)
        return address
      },
    }
  })
}

/** What the last commit before an epoch left unpaid. */
const readOwed = async (queries: Queries, epoch: number): Promise<Payout[]> => {
  const [last] = await queries.query<{ body: LogBody<'commit'>; unpaid_from: string | null }>(
    `SELECT log.body, unpaid_from FROM commits JOIN log USING (index)
     WHERE epoch = $1 AND state IN ${COUNTED_STATES}`,
    [await readEpochBefore(queries, epoch)],
  )
  if (last === undefined) return []
  const unpaid = last.unpaid_from === null ? [] : unpaidPayouts(last.body, last.unpaid_from)
  if (unpaid === undefined) throw new Error(`the epoch before ${epoch} has no batch ${last.unpaid_from}`)
  return [...last.body.owed, ...unpaid]
}

/** Settles an epoch from what is stored. */
export const readEpoch = async (
  queries: Queries,
  epoch: number,
  parameters: PaymentContext['parameters'],
): Promise<Settlement> =>
  settleEpoch({
    tasks: await readTasks(queries, epoch),
    owedBefore: await readOwed(queries, epoch),
    minimumPayoutNano: BigInt(parameters.minimum_payout_nano),
    operatorAddress: parameters.operator_address,
  })
