import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type BuiltSubmission, buildSubmission, type SubmissionOptions } from './buildSubmission.ts'
import { createHttp } from './createHttp.ts'
import { createWaiter } from './createWaiter.ts'

export type RequesterOptions = SubmissionOptions & {
  /** Tasks per second; without, a batch follows as soon as there is room for it. */
  ratePerSecond: number | undefined
  onError(thrown: unknown): void
}

export type RequesterCount = {
  delivered: number
  bytes: { submitting: number; waiting: number }
  submitAckMs: number[]
}

/** Tasks that may be open at once where no rate is given. */
const OPEN_TASKS = 1024
const SUBMISSIONS_AT_ONCE = 16

const answerSchema = z.object({ outcomes: z.array(z.object({ status: z.string() })) })

/** Submits tasks in signed batches, and waits until every one of them is delivered. */
export const runRequester = async (options: RequesterOptions): Promise<RequesterCount> => {
  const { network, tasks, batch, ratePerSecond, onError } = options
  const submitting = createHttp(network.coordinator)
  const waiting = createHttp(network.coordinator)
  const waiter = createWaiter({ ...options, http: waiting })
  const submitAckMs: number[] = []
  const sending = new Set<Promise<void>>()
  let unanswered = 0

  const send = async ({ taskIds, body }: BuiltSubmission): Promise<void> => {
    const sentAtMs = performance.now()
    const answer = await submitting.post('/api/v1/tasks', body)
    submitAckMs.push(performance.now() - sentAtMs)
    const { success, data } = answerSchema.safeParse(answer.body)
    const accepted = success ? data.outcomes.filter(({ status }) => status === 'accepted').length : 0
    if (answer.status !== 202 || accepted !== taskIds.length) {
      throw new Error(`a batch was answered with ${answer.status}: ${JSON.stringify(answer.body).slice(0, 1000)}`)
    }
    unanswered -= taskIds.length
    waiter.add(taskIds)
  }

  /** Waits for the moment of the next batch, or for room. */
  const pace = async (submitted: number, count: number, sinceMs: number): Promise<void> => {
    if (ratePerSecond !== undefined) {
      await delay(Math.max(0, sinceMs + (submitted / ratePerSecond) * 1000 - performance.now()))
      return
    }
    while (sending.size >= SUBMISSIONS_AT_ONCE) await Promise.race(sending)
    while (unanswered > 0 && waiter.open + unanswered + count > OPEN_TASKS) await Promise.race(sending)
    await waiter.until(Math.max(0, OPEN_TASKS - unanswered - count))
  }

  const sinceMs = performance.now()
  for (let submitted = 0; submitted < tasks;) {
    const count = Math.min(batch, tasks - submitted)
    await pace(submitted, count, sinceMs)
    const built = await buildSubmission(options, count)
    unanswered += count
    const one: Promise<void> = send(built)
      .catch(onError)
      .finally(() => sending.delete(one))
    sending.add(one)
    submitted += count
  }
  await Promise.all(sending)
  await waiter.until(0)
  for (const http of [submitting, waiting]) http.close()
  const bytes = { submitting: submitting.bytes(), waiting: waiting.bytes() }
  return { delivered: waiter.delivered, bytes, submitAckMs }
}
