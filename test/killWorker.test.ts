import { setTimeout as delay } from 'node:timers/promises'
import { encode } from 'fast-png'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { deviceOf, type LiveNetwork, startLiveNetwork } from './support/liveNetwork.ts'

const LIMIT_SEC = 5

/** Several pictures for one task, so that it runs for a while. */
const pictures = Array.from({ length: 12 }, (_, index) =>
  encode({
    width: 64,
    height: 64,
    channels: 3,
    depth: 8,
    data: new Uint8Array(64 * 64 * 3).map((_value, at) => (at * 7 + index * 53) % 256),
  }),
)
const task = {
  operation: 'image-moderation',
  model: 'nsfw-mobilenet-v2',
  input: pictures,
  timeLimitSec: LIMIT_SEC,
  validation: 'majority' as const,
}

let live: LiveNetwork
beforeAll(async () => {
  live = await startLiveNetwork(['alice', 'bob', 'carol', 'dave'])
})
afterAll(() => live.close())

/** Waits until a device works on the task. @returns its id */
const startedBy = async (taskId: string): Promise<string> => {
  for (;;) {
    const { seats, status, error } = await live.client.get(taskId)
    if (status === 'failed') throw new Error(`the task failed: ${JSON.stringify(error)}`)
    const seat = seats.find(({ state }) => state === 'started')
    if (seat !== undefined) return seat.device_id
    await delay(20)
  }
}

it('gives the task of a killed worker to another one, within its time limit', async () => {
  const warmUp = await live.client.submit(task)
  const [warm] = await live.client.wait([warmUp.taskId], { timeoutMs: 60_000 })
  const executionMs = Math.max(...(warm?.seats ?? []).map(({ execution_time_ms }) => execution_time_ms ?? 0))

  const { taskId } = await live.client.submit(task)
  const deviceId = await startedBy(taskId)
  const killedAt = performance.now()
  await deviceOf(live, deviceId).process.kill()
  const [view] = await live.client.wait([taskId], { timeoutMs: 60_000 })
  const seconds = (performance.now() - killedAt) / 1000

  expect(view?.status).toBe('delivered')
  const answered = view?.seats.filter(({ state }) => state === 'closed').map(({ device_id }) => device_id)
  expect(answered).toHaveLength(3)
  expect(answered).not.toContain(deviceId)
  expect(view?.seats.find(({ device_id }) => device_id === deviceId)?.state).toBe('ended')
  // Time limit, grace, and one more execution; the rest is for a machine that runs everything at once.
  expect(seconds).toBeLessThan(LIMIT_SEC + 2 + (2 * executionMs) / 1000 + 2)
})
