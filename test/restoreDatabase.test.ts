import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GstdError } from '@gstd/sdk'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'
import { bodiesOf, readLog } from './support/readLog.ts'
import { type Parties, picture, type RunningAuditor, startParties } from './support/startParties.ts'
import { until } from './support/until.ts'

let net: TestNetwork
let parties: Parties
let auditor: RunningAuditor
beforeAll(async () => {
  net = await openNetwork(pino({ level: 'silent' }), { epoch_ms: 300 })
  parties = await startParties(net, 2)
  auditor = await parties.startAuditor()
})
afterAll(async () => {
  await parties.stop()
  await net.close()
})

const pay = async (index: number): Promise<void> => {
  const task = { operation: 'image-moderation', model: 'nsfw-mobilenet-v2', rewardTon: '0.001', input: picture(index) }
  const { taskId } = await parties.client.submit(task)
  const [view] = await parties.client.wait([taskId], { until: 'paid', timeoutMs: 120_000 })
  expect(view?.status).toBe('paid')
}

const copyTo = (name: string): Promise<void> => cp(net.databaseDir, join(net.directory, name), { recursive: true })
const restore = async (name: string): Promise<void> => {
  await rm(net.databaseDir, { recursive: true })
  await cp(join(net.directory, name), net.databaseDir, { recursive: true })
}

const stopAndCopy = async (name: string): Promise<void> => {
  await net.stopCoordinator()
  await copyTo(name)
}

it('pays nothing from an old backup, says what is wrong, and goes on with the newest copy', async () => {
  await pay(1)
  await stopAndCopy('before the second epoch')
  await net.startCoordinator()
  await pay(2)
  await stopAndCopy('after the second epoch')
  const paidBefore = (await parties.chain.vault())?.paidNano

  // Older than the vault's last commit: nothing is even written.
  await restore('before the second epoch')
  const thrown: unknown = await net.startCoordinator().catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(GstdError)
  expect(thrown).toMatchObject({ code: 'STATE_BEHIND', details: { vault_epoch: 2, database_epoch: 1 } })
  expect(thrown).toHaveProperty('hint', expect.stringMatching(/newest copy/))

  // Older than the auditor's head only: the auditor tells.
  await restore('after the second epoch')
  await net.startCoordinator()
  const sizeBefore = auditor.auditor.size
  const { taskId } = await parties.client.submit({
    operation: 'image-moderation',
    model: 'nsfw-mobilenet-v2',
    rewardTon: '0.001',
    input: picture(3),
  })
  await parties.client.wait([taskId], { until: 'delivered', timeoutMs: 120_000 })
  await until('a head that covers more', async () => auditor.auditor.size > sizeBefore)
  await stopAndCopy('newest')
  const { size } = auditor.auditor
  await restore('after the second epoch')
  await net.startCoordinator()
  await until('the auditor’s word', async () =>
    auditor.events.some(
      (event) =>
        event.type === 'stalled' && event.code === 'AUDITOR_REFUSED' && /not the one|shorter/.test(event.message),
    ),
  )
  expect(auditor.auditor.size).toBe(size)
  expect((await parties.chain.vault())?.paidNano).toBe(paidBefore)

  await net.stopCoordinator()
  await restore('newest')
  await net.startCoordinator()
  await parties.client.wait([taskId], { until: 'paid', timeoutMs: 120_000 })
  const entries = await readLog(net.network.coordinator)
  expect(bodiesOf(entries, 'refusal')).toEqual([])
  const verdicts = bodiesOf(entries, 'verdict')
  expect(verdicts).toHaveLength(3)
  const chargedNano = verdicts.reduce((sum, { charged_nano }) => sum + BigInt(charged_nano), 0n)
  expect(await parties.chain.vault()).toMatchObject({ fundedNextNano: 0n, owedNano: 0n, paidNano: chargedNano })
  const seats = verdicts.flatMap((verdict) => verdict.seats)
  for (const { worker, payoutAddress } of parties.devices) {
    const earned = seats.filter(({ device_id }) => device_id === worker.deviceId)
    const earnedNano = earned.reduce((sum, { reward_nano }) => sum + BigInt(reward_nano), 0n)
    const received = async () => (await parties.payoutsTo(payoutAddress)).reduce((sum, amount) => sum + amount, 0n)
    await until('the payouts', async () => (await received()) >= earnedNano)
    expect(await received()).toBe(earnedNano)
  }
})
