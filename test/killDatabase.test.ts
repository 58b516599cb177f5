import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '@gstd/postgres-for-tests'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { checkPayments } from './support/checkPayments.ts'
import { type LiveNetwork, startLiveNetwork } from './support/liveNetwork.ts'
import { picture } from './support/startParties.ts'

const TASKS = 24
const KILLS = 2

let server: PostgresServer
let live: LiveNetwork
beforeAll(async () => {
  server = await startPostgres({ fsync: true })
  // The address has a password, and reaches the coordinator as it should: by the environment.
  vi.stubEnv('GSTD_DATABASE', server.urlOf('postgres'))
  live = await startLiveNetwork(['alice', 'bob'])
})
afterAll(async () => {
  await live.close()
  await server.stop()
  vi.unstubAllEnvs()
})

it('pays every task once when coordinator and PostgreSQL server are killed in turn', async () => {
  const { client } = live
  const submitted = await client.submit(
    Array.from({ length: TASKS }, (_, index) => ({
      operation: 'image-moderation',
      model: 'nsfw-mobilenet-v2',
      input: picture(index),
      rewardTon: '0.001',
    })),
  )
  const ids = submitted.map(({ taskId }) => taskId)
  const crash = async (kill: number): Promise<void> => {
    if (kill % 2 === 0) return live.restartCoordinator()
    await server.kill()
    await server.restart()
  }
  let kills = 0
  let moved = 0
  let crashing: Promise<void> = Promise.resolve()
  const views = await client.wait(ids, {
    until: 'paid',
    timeoutMs: 300_000,
    onUpdate: ({ status }) => {
      moved += status === 'queued' ? 0 : 1
      if (kills >= KILLS || moved < ((kills + 1) * TASKS * 3) / (KILLS + 1)) return
      const kill = ++kills
      crashing = crashing.then(() => crash(kill))
    },
  })
  await crashing
  expect(kills).toBe(KILLS)
  expect(views.filter(({ status }) => status !== 'paid').map(({ status, error }) => ({ status, error }))).toEqual([])
  await checkPayments(live, ids)
  // Nothing went into an embedded database beside it.
  await expect(readFile(join(live.stateDir, 'coordinator', 'pg', 'PG_VERSION'))).rejects.toMatchObject({
    code: 'ENOENT',
  })
})
