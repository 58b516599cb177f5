import { readEpochBefore } from '../payments/readEpochBefore.ts'
import type { Queries } from '../storage/database.ts'

/** Executions that earned something, of the tasks of the landed charges that an epoch took. */
const PAID_SEATS = `SELECT seat->>'device_id' AS device_id, (seat->>'reward_nano')::int8 AS reward_nano
  FROM charges JOIN tasks ON tasks.charge_index = charges.index JOIN log ON log.index = tasks.verdict_index
    CROSS JOIN LATERAL json_array_elements(log.body->'seats') AS seat
  WHERE charges.epoch > $3 AND charges.epoch <= $1 AND charges.state = 'landed'
    AND (seat->>'agreed')::bool AND (seat->>'reward_nano')::int8 > 0`

/**
 * Notes what an epoch has paid, once all of it is paid.
 *
 * @param executedAtMs - unix ms
 */
export const recordEpoch = async (queries: Queries, epoch: number, executedAtMs: number): Promise<void> => {
  await queries.query(
    `INSERT INTO epochs (epoch, executed_at, tasks, devices, rewards_nano, begun_at, funded_from)
     SELECT $1, $2,
       (SELECT count(*) FROM tasks JOIN charges ON charges.index = tasks.charge_index
          WHERE charges.epoch > $3 AND charges.epoch <= $1 AND charges.state = 'landed'),
       count(DISTINCT device_id), coalesce(sum(reward_nano), 0)::int8,
       (SELECT coalesce(min(log.at), $2) FROM log WHERE index IN (SELECT index FROM charges WHERE epoch > $3 AND epoch <= $1
          UNION ALL SELECT index FROM commits WHERE epoch > $3 AND epoch <= $1)),
       $3::int8 + 1
     FROM (${PAID_SEATS}) AS paid ON CONFLICT (epoch) DO NOTHING`,
    [epoch, executedAtMs, await readEpochBefore(queries, epoch)],
  )
}
