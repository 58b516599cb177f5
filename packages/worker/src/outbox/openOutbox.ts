import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GstdError, toGstdError } from '@gstd/sdk'
import { readJsonFile } from '../stateDir/readJsonFile.ts'
import { writeDurably } from '../stateDir/writeDurably.ts'
import { type FinishedAnswer, type OutboxAnswer, type OutboxRecord, outboxRecordSchema } from './outboxRecord.ts'

/** What is kept in memory of a record; results stay on disk. */
export type OutboxEntry = Pick<
  OutboxRecord,
  'order_hash' | 'task_id' | 'stage' | 'sequence' | 'proof_hash' | 'finished_at'
>

/** Finished results until the coordinator acknowledges them; every change is on disk when its promise resolves. */
export type Outbox = {
  /** Oldest first. */
  entries(): OutboxEntry[]
  get(orderHash: string): OutboxEntry | undefined
  /** Keeps a new result. */
  add(answer: Omit<FinishedAnswer, 'version' | 'stage' | 'sequence'>): Promise<void>
  /** @throws GstdError `ORDER_UNKNOWN` when the order has no result here (any more), `STATE_CORRUPT` */
  readAnswer(orderHash: string): Promise<OutboxAnswer>
  /** The result is about to be shown to the coordinator. */
  markRevealing(orderHash: string): Promise<OutboxAnswer>
  /** The coordinator has the result on disk: only the proof's hash is still needed. */
  markRevealed(orderHash: string): Promise<void>
  remove(orderHash: string): Promise<void>
}

const RECORD_NAME = /^[0-9a-f]{64}\.json$/
const HINT = 'the file was set aside with the ending .corrupt; the task will be given to another device'

const toEntry = ({ order_hash, task_id, stage, sequence, proof_hash, finished_at }: OutboxRecord): OutboxEntry => ({
  order_hash,
  task_id,
  stage,
  sequence,
  proof_hash,
  finished_at,
})

/**
 * Opens the results kept in `directory`: one file for each order. A file that cannot be read is set aside and reported,
 * the others are kept.
 *
 * @param onCorrupt - told of every file that was set aside
 */
export const openOutbox = async (directory: string, onCorrupt: (error: GstdError) => void): Promise<Outbox> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const entries = new Map<string, OutboxEntry>()
  const fileOf = (orderHash: string) => join(directory, `${orderHash}.json`)

  for (const name of await readdir(directory)) {
    const file = join(directory, name)
    if (name.endsWith('.tmp')) await rm(file, { force: true })
    if (!RECORD_NAME.test(name)) continue
    try {
      const record = await readJsonFile(file, outboxRecordSchema, HINT)
      if (record === undefined) continue
      if (`${record.order_hash}.json` !== name) {
        throw new GstdError('STATE_CORRUPT', `${file} holds the result of another order`, {
          details: { file },
          hint: HINT,
        })
      }
      entries.set(record.order_hash, toEntry(record))
    } catch (error) {
      await rename(file, `${file}.corrupt`)
      onCorrupt(toGstdError(error))
    }
  }
  let nextSequence = Math.max(-1, ...[...entries.values()].map((entry) => entry.sequence)) + 1

  const put = async (record: OutboxRecord): Promise<void> => {
    await writeDurably(fileOf(record.order_hash), JSON.stringify(record))
    entries.set(record.order_hash, toEntry(record))
  }

  const readAnswer = async (orderHash: string): Promise<OutboxAnswer> => {
    const record = entries.has(orderHash) ? await readJsonFile(fileOf(orderHash), outboxRecordSchema, HINT) : undefined
    if (record === undefined || record.stage === 'revealed') {
      throw new GstdError('ORDER_UNKNOWN', 'no result of this order is kept here', {
        details: { order_hash: orderHash },
      })
    }
    return record
  }

  return {
    entries: () => [...entries.values()].sort((a, b) => a.sequence - b.sequence),
    get: (orderHash) => entries.get(orderHash),
    add: async (answer) => put({ version: 1, stage: 'finished', sequence: nextSequence++, ...answer }),
    readAnswer,
    markRevealing: async (orderHash) => {
      const answer = await readAnswer(orderHash)
      const revealing: OutboxAnswer = { ...answer, stage: 'revealing' }
      if (answer.stage !== 'revealing') await put(revealing)
      return revealing
    },
    markRevealed: async (orderHash) => {
      const entry = entries.get(orderHash)
      if (entry === undefined || entry.stage === 'revealed') return
      const { task_id, sequence, finished_at, proof_hash, operation } = await readAnswer(orderHash)
      await put({
        version: 1,
        stage: 'revealed',
        order_hash: orderHash,
        task_id,
        operation,
        sequence,
        finished_at,
        proof_hash,
      })
    },
    remove: async (orderHash) => {
      entries.delete(orderHash)
      await rm(fileOf(orderHash), { force: true })
    },
  }
}
