import { type LogEntry, parseLogEntry } from '@gstd/sdk'
import { z } from 'zod'
import { agreedResultHash } from './agreedResult.ts'

/** What the coordinator's log says of a run. */
export type LogSummary = {
  entries: number
  tasks: number
  executions: number
  descriptorBatches: number
  orderBatches: number
  attestations: number
  /** Under all attestations together. */
  proofs: number
  /** From the requester's description of a task to its first dispatch, in ms. */
  createToDispatchMs: number[]
  /** From the first task taken to the last verdict, in ms. */
  durationMs: number
}

const pageSchema = z.object({ entries: z.array(z.unknown()), size: z.int() })

async function* readLog(coordinator: string): AsyncGenerator<LogEntry> {
  for (let from = 0, size = 1; from < size;) {
    const answer = await fetch(`${coordinator}/api/v1/log?from=${from}&limit=1000`)
    const page = pageSchema.parse(await answer.json())
    if (page.entries.length === 0) throw new Error(`the log ends at ${from}, its size is ${page.size}`)
    for (const entry of page.entries) yield parseLogEntry(entry)
    from += page.entries.length
    size = page.size
  }
}

/**
 * Reads the whole log of a coordinator that had no other tasks.
 *
 * @param expected - how many tasks there are, and how many answers each of them takes
 * @throws Error unless every task was taken and decided once, for the agreed result, by as many devices as expected
 */
export const summariseLog = async (
  coordinator: string,
  expected: { tasks: number; answers: number },
): Promise<LogSummary> => {
  const createdAt = new Map<string, number>()
  const dispatched = new Set<string>()
  const decided = new Set<string>()
  const descriptorBatches = new Set<string>()
  const orderBatches = new Set<string>()
  const createToDispatchMs: number[] = []
  const counts = { entries: 0, executions: 0, attestations: 0, proofs: 0 }
  let firstMs = Infinity
  let lastMs = 0

  const take = ({ kind, body, at }: LogEntry): void => {
    counts.entries += 1
    if (kind === 'task') {
      const { descriptor, batch } = body
      if (createdAt.has(descriptor.task_id)) throw new Error(`task ${descriptor.task_id} was taken twice`)
      createdAt.set(descriptor.task_id, descriptor.created_at)
      descriptorBatches.add(batch.signature)
      firstMs = Math.min(firstMs, at)
    } else if (kind === 'dispatch') {
      const { task_id } = body.order
      counts.executions += 1
      orderBatches.add(body.batch.signature)
      if (dispatched.has(task_id)) return
      dispatched.add(task_id)
      createToDispatchMs.push(at - (createdAt.get(task_id) ?? at))
    } else if (kind === 'attestation') {
      counts.attestations += 1
      counts.proofs += body.proof_hashes.length
    } else if (kind === 'verdict') {
      const { task_id, outcome, reason, result_hash, seats } = body
      if (outcome !== 'accepted') throw new Error(`task ${task_id} failed: ${reason ?? 'no reason'}`)
      if (decided.has(task_id)) throw new Error(`task ${task_id} was decided twice`)
      if (!createdAt.has(task_id)) throw new Error(`task ${task_id} was decided and never taken`)
      if (result_hash !== agreedResultHash) throw new Error(`task ${task_id} has another result: ${result_hash}`)
      const agreed = new Set(seats.filter((seat) => seat.agreed).map(({ device_id }) => device_id))
      if (agreed.size !== expected.answers || seats.length !== agreed.size) {
        throw new Error(`task ${task_id} was decided by ${agreed.size} of ${seats.length} answers`)
      }
      decided.add(task_id)
      lastMs = Math.max(lastMs, at)
    }
  }

  for await (const entry of readLog(coordinator)) take(entry)
  if (createdAt.size !== expected.tasks || decided.size !== expected.tasks) {
    throw new Error(`${createdAt.size} tasks were taken and ${decided.size} decided, not ${expected.tasks}`)
  }
  return {
    ...counts,
    tasks: decided.size,
    descriptorBatches: descriptorBatches.size,
    orderBatches: orderBatches.size,
    createToDispatchMs,
    durationMs: lastMs - firstMs,
  }
}
