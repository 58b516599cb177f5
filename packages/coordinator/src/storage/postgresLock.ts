import { setTimeout as delay } from 'node:timers/promises'
import { GstdError } from '@gstd/sdk'
import type { Queries } from './database.ts'

/** "gstd" in ASCII. A lock belongs to one database of a server, and to the session that took it. */
const LOCK = 0x67737464
const POLL_MS = 100

/** Of a coordinator that was killed just now, the server may still finish a statement. */
const WAIT_MS = 5_000

const locked = (where: string): GstdError =>
  new GstdError('STATE_LOCKED', `another coordinator uses ${where}`, {
    details: { database: where },
    hint: 'stop it first: its database is opened by one process',
  })

const acquire = async (session: Queries, where: string): Promise<void> => {
  const deadlineMs = performance.now() + WAIT_MS
  for (;;) {
    const [row] = await session.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [LOCK])
    if (row?.taken === true) return
    if (performance.now() > deadlineMs) throw locked(where)
    await delay(POLL_MS)
  }
}

/**
 * Takes a database for this coordinator. The lock goes with the session.
 *
 * @returns the number of this coordinator: how many have had the database
 * @throws GstdError `STATE_LOCKED`
 */
export const takeDatabase = async (session: Queries, where: string): Promise<number> => {
  await acquire(session, where)
  await session.query(
    'CREATE TABLE IF NOT EXISTS coordinators (single boolean PRIMARY KEY CHECK (single), number int8 NOT NULL)',
  )
  const [row] = await session.query<{ number: number }>(
    `INSERT INTO coordinators VALUES (true, 1)
     ON CONFLICT (single) DO UPDATE SET number = coordinators.number + 1 RETURNING number`,
  )
  return row?.number ?? 0
}

/**
 * Takes the database again after the session was lost. Another coordinator may have had it in between, and have gone
 * again: what this one has in memory of the log is then old, and it must not write.
 *
 * @throws GstdError `STATE_LOCKED`
 */
export const retakeDatabase = async (session: Queries, number: number, where: string): Promise<void> => {
  await acquire(session, where)
  const [row] = await session.query<{ number: number }>('SELECT number FROM coordinators')
  if (row?.number !== number) throw locked(where)
}
