import { rm, cp } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'

/** What payments, replays and later verdicts depend on, table by table; what no log holds is left out. */
const QUERIES = {
  log: 'SELECT index, hash FROM log ORDER BY index',
  tasks: `SELECT task_id, descriptor_hash, requester, escrow, status, deadline, dispatch_until, tariff_nano,
    reserved_nano, charged_nano, result_hash, verdict_index, charge_index, ended_at IS NULL AS is_open, paid FROM tasks
    ORDER BY task_id`,
  seats: `SELECT task_id, seat, tries, state, attempt, device_id, owner, order_hash, device_reputation, observed_ms,
    commitment, salt, result_hash, proof_hash, proof_inclusion::text, end_reason, agreed, reward_nano
    FROM seats ORDER BY task_id, attempt, seat, tries`,
  nonces: 'SELECT requester, nonce FROM nonces ORDER BY requester, nonce',
  authorisations: 'SELECT escrow, public_key, max_cumulative FROM authorisations ORDER BY escrow, public_key',
  requesters: 'SELECT * FROM requesters ORDER BY requester',
  devices: `SELECT device_id, owner, payout_address, revision, independence_id, committed_reputation, successful, failed,
    validations, passes, response_score_sum, energy_score_sum FROM devices ORDER BY device_id`,
  skills: 'SELECT * FROM device_skills ORDER BY device_id, operation, model',
  // What is under way the chain decides.
  charges: `SELECT index, escrow, epoch, cumulative_nano, cell_hash, auditor_signature,
    CASE WHEN epoch IN (SELECT epoch FROM commits WHERE state = 'executed') THEN state END AS state
    FROM charges ORDER BY index`,
  commits: `SELECT index, epoch, cell_hash, auditor_signature, CASE state WHEN 'open' THEN 'landed' ELSE state END AS state
    FROM commits ORDER BY index`,
} as const

export type Tables = Record<keyof typeof QUERIES, unknown[]>

/** Reads the tables of a stopped coordinator's database, from a copy that is gone afterwards. */
export const readTables = async (databaseDir: string): Promise<Tables> => {
  const copy = `${databaseDir}-read`
  await cp(join(databaseDir, 'pg'), copy, { recursive: true })
  const pglite = await PGlite.create(copy)
  try {
    const tables: Record<string, unknown[]> = {}
    for (const [name, sql] of Object.entries(QUERIES)) tables[name] = (await pglite.query(sql)).rows
    return tables as Tables
  } finally {
    await pglite.close()
    await rm(copy, { recursive: true })
  }
}
