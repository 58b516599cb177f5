import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'
import { bodiesOf, readLog } from './support/readLog.ts'
import { type Parties, picture, startParties } from './support/startParties.ts'
import { startUnreliableChain, type UnreliableChain } from './support/startUnreliableChain.ts'
import { until } from './support/until.ts'

const TASKS = 6
const GONE_MS = 4_000
const UNRELIABLE_MS = 3_000

let chain: UnreliableChain
let net: TestNetwork
let parties: Parties
beforeAll(async () => {
  net = await openNetwork(pino({ level: 'silent' }), { epoch_ms: 300 }, async (endpoint) => {
    chain = await startUnreliableChain(endpoint)
    return chain.endpoint
  })
  parties = await startParties(net, 2)
  await parties.startAuditor()
})
afterAll(async () => {
  await parties.stop()
  await net.close()
  await chain.stop()
})

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

it('leads to no wrong payment while it is gone, loses, repeats or ages what it is asked', async () => {
  const { client, devices, payoutsTo } = parties
  const submit = async (from: number) => {
    const inputs = Array.from({ length: TASKS / 2 }, (_, index) => picture(from + index))
    const task = { operation: 'image-moderation', model: 'nsfw-mobilenet-v2', rewardTon: '0.001' }
    return (await client.submit(inputs.map((input) => ({ ...task, input })))).map(({ taskId }) => taskId)
  }
  const first = await submit(0)
  await chain.nextMessage()
  chain.behave('gone')
  await delay(GONE_MS)
  chain.behave('unreliable')
  await delay(UNRELIABLE_MS)
  const second = await submit(TASKS)
  await until('every fate', async () => Object.values(chain.met).every((times) => times > 0))
  await delay(UNRELIABLE_MS)
  chain.behave('reliable')

  const ids = [...first, ...second]
  const views = await client.wait(ids, { until: 'paid', timeoutMs: 120_000 })
  expect(views.map(({ status }) => status)).toEqual(ids.map(() => 'paid'))

  const entries = await readLog(net.network.coordinator)
  expect(bodiesOf(entries, 'refusal')).toEqual([])
  const verdicts = bodiesOf(entries, 'verdict')
  const seats = verdicts.flatMap((verdict) => verdict.seats)
  for (const { worker, payoutAddress } of devices) {
    const earned = seats.filter(({ device_id }) => device_id === worker.deviceId)
    const earnedNano = sum(earned.map(({ reward_nano }) => BigInt(reward_nano)))
    await until('the payouts', async () => sum(await payoutsTo(payoutAddress)) >= earnedNano)
    expect(sum(await payoutsTo(payoutAddress))).toBe(earnedNano)
    expect(await payoutsTo(payoutAddress)).toHaveLength(bodiesOf(entries, 'executed').length)
  }
  const chargedNano = sum(verdicts.map(({ charged_nano }) => BigInt(charged_nano)))
  const vault = await parties.chain.vault()
  expect(vault).toMatchObject({ fundedNextNano: 0n, owedNano: 0n, paidNano: chargedNano })
  expect(await client.escrow()).toMatchObject({ charged_nano: chargedNano.toString(), reserved_nano: '0' })
})
