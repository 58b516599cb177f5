import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'
import { bodiesOf, readLog } from './support/readLog.ts'
import { type Parties, picture, type RunningAuditor, startParties } from './support/startParties.ts'
import { until } from './support/until.ts'

/** More than two tasks earn a device, less than three. */
const MINIMUM_NANO = 3_000_000n
const REWARD_TON = '0.001'
const WINDOW_SEC = 2
const NO_BATCH = '0'.repeat(64)

let net: TestNetwork
let parties: Parties
let auditor: RunningAuditor
beforeAll(async () => {
  net = await openNetwork(pino({ level: 'silent' }), { minimum_payout_nano: MINIMUM_NANO.toString(), epoch_ms: 300 })
  parties = await startParties(net, 2)
  auditor = await parties.startAuditor()
})
afterAll(async () => {
  await parties.stop()
  await net.close()
})

const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, amount) => total + BigInt(amount), 0n)

it('carries small sums over epochs that pay nobody, and pays them in one', async () => {
  const { client, devices, payoutsTo, chain } = parties
  const windows: number[] = []
  for (const epoch of [1, 2, 3]) {
    const task = { operation: 'image-moderation', model: 'nsfw-mobilenet-v2', input: picture(epoch) }
    const { taskId } = await client.submit({ ...task, rewardTon: REWARD_TON })
    await until(`the commit of epoch ${epoch}`, async () => (await chain.vault())?.epoch === epoch)
    const vault = await chain.vault()
    windows.push(vault?.current.validFromSec ?? 0)
    if (epoch < 3) {
      expect(vault).toMatchObject({ paidNano: 0n, current: { next: NO_BATCH, remainingNano: 0n } })
      // Nothing is to be executed, but the window is open: until it is over, nothing counts as paid.
      expect((await client.get(taskId)).status).toBe('accepted')
    }
    await client.wait([taskId], { until: 'paid', timeoutMs: 30_000 })
    const closedSec = net.nowSec()
    if (epoch < 3) expect(closedSec).toBeGreaterThanOrEqual(windows.at(-1) ?? 0)
  }

  const entries = await readLog(net.network.coordinator)
  expect(bodiesOf(entries, 'refusal')).toEqual([])
  expect(auditor.events.filter(({ type }) => type === 'refused')).toEqual([])
  const [first, second, third, ...others] = bodiesOf(entries, 'commit')
  expect(others).toEqual([])
  const verdicts = bodiesOf(entries, 'verdict')
  const charged = verdicts.map(({ charged_nano }) => BigInt(charged_nano))
  expect(first).toMatchObject({ head: NO_BATCH, total_nano: '0', owed_after_nano: String(charged[0]), payouts: [] })
  const twoNano = (charged[0] ?? 0n) + (charged[1] ?? 0n)
  expect(second).toMatchObject({ head: NO_BATCH, total_nano: '0', owed_after_nano: String(twoNano), payouts: [] })
  expect(second?.owed.map(({ address }) => address)).toEqual(first?.owed.map(({ address }) => address))
  const tariffNano = sum(verdicts.map(({ tariff_nano }) => tariff_nano))
  expect(third?.owed).toEqual([{ address: net.network.operator_address, amount_nano: tariffNano.toString() }])

  const seats = verdicts.flatMap((verdict) => verdict.seats)
  for (const { worker, payoutAddress } of devices) {
    const earned = seats.filter(({ device_id }) => device_id === worker.deviceId).map(({ reward_nano }) => reward_nano)
    expect(earned).toHaveLength(3)
    await until('the payout', async () => (await payoutsTo(payoutAddress)).length > 0)
    expect(await payoutsTo(payoutAddress)).toEqual([sum(earned)])
  }
  const vault = await chain.vault()
  expect(vault).toMatchObject({ epoch: 3, fundedNextNano: 0n, owedNano: tariffNano })
  expect(vault?.paidNano).toBe(sum(seats.map(({ reward_nano }) => reward_nano)))
  // Each window was over before the next epoch was committed.
  expect((windows[1] ?? 0) - (windows[0] ?? 0)).toBeGreaterThanOrEqual(WINDOW_SEC)
})
