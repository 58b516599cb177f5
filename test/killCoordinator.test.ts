import { openChainReader } from '@gstd/sdk/contracts'
import { encode } from 'fast-png'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkPayments } from './support/checkPayments.ts'
import { type LiveNetwork, startLiveNetwork } from './support/liveNetwork.ts'

const TASKS = 200
const BATCH = 50
const KILLS = 4

/** A small picture that is like no other of this run. */
const picture = (index: number): Uint8Array => {
  const data = new Uint8Array(24 * 24 * 3).map((_, at) => (at * 31 + index * 97) % 256)
  return encode({ width: 24, height: 24, channels: 3, depth: 8, data })
}

let live: LiveNetwork
beforeAll(async () => {
  live = await startLiveNetwork(['alice', 'bob', 'carol'])
})
afterAll(() => live.close())

it('loses no task and pays none twice when the coordinator is killed at any moment', async () => {
  const { client, network } = live
  const ids: string[] = []
  for (let begun = 0; begun < TASKS; begun += BATCH) {
    const tasks = Array.from({ length: BATCH }, (_, index) => ({
      operation: 'image-moderation',
      model: 'nsfw-mobilenet-v2',
      input: picture(begun + index),
      rewardTon: '0.001',
      validation: index % 10 === 0 ? ('majority' as const) : ('reference' as const),
    }))
    const submitted = await client.submit(tasks)
    ids.push(...submitted.map(({ taskId }) => taskId))
  }

  let kills = 0
  let moved = 0
  let restarting: Promise<void> = Promise.resolve()
  const views = await client.wait(ids, {
    until: 'paid',
    timeoutMs: 300_000,
    // Kills fall into every phase: while tasks run, while they are charged, while an epoch is paid.
    onUpdate: ({ status }) => {
      moved += status === 'queued' ? 0 : 1
      if (kills >= KILLS || moved < ((kills + 1) * TASKS * 4) / (KILLS + 1)) return
      kills += 1
      restarting = restarting.then(() => live.restartCoordinator())
    },
  })
  await restarting
  expect(kills).toBe(KILLS)
  expect(views).toHaveLength(TASKS)
  expect(
    views.filter(({ status }) => status !== 'paid').map(({ status, error, seats }) => ({ status, error, seats })),
  ).toEqual([])

  const rewards = await checkPayments(live, ids)
  const charged = views.reduce((sum, { charged_nano }) => sum + BigInt(charged_nano ?? 0), 0n)
  const chain = openChainReader({ endpoint: network.endpoint, vault: network.vault, gstdMaster: network.gstd_master })
  const vault = await chain.vault()
  expect(vault?.paidNano).toBe(charged)
  expect(vault).toMatchObject({ fundedNextNano: 0n, owedNano: 0n })
  const parameters = await client.parameters()
  expect(charged - rewards).toBe(BigInt(TASKS) * BigInt(parameters.tariff_nano))
  const escrow = await client.escrow()
  expect(escrow).toMatchObject({ charged_nano: charged.toString(), accepted_nano: '0', reserved_nano: '0' })
})
