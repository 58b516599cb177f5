import { pino } from 'pino'
import { expect, it } from 'vitest'
import { connectDevices } from '../dispatch/play.testing.ts'
import { deliver, openPayments, pay, type PaymentsForTests } from '../payments/openPayments.testing.ts'
import { createChainClient } from '../chain/createChainClient.ts'
import { createFeeReader } from './createFeeReader.ts'
import { listEpochs } from './listEpochs.ts'

const TIMEOUT_MS = 60_000

const openReader = ({ bench, chain, clock, client }: PaymentsForTests, changes = {}) =>
  createFeeReader({
    journal: bench.journal,
    parameters: bench.parameters,
    chain: client,
    wallet: chain.operator.address,
    clock,
    logger: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    ...changes,
  })

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

it('counts every nano that the payments of each epoch have cost', { timeout: TIMEOUT_MS }, async () => {
  const all = await openPayments()
  const { bench, chain } = all
  const devices = await connectDevices(bench, 3)
  const payees = devices.map(({ identity }) => identity.certificate.certificate.payout_address)
  const accounts = [chain.operator.address, chain.vault, chain.requester.escrow, ...payees]
  const balances = async () => sum(await Promise.all(accounts.map((account) => chain.balanceNano(account))))
  const before = await balances()
  await deliver(all, devices)
  await pay(all, 1)
  await deliver(all, devices)
  await pay(all, 2)

  const reader = openReader(all)
  const read = async () => {
    await reader.tick()
    return listEpochs(bench.journal, { limit: 10 })
  }
  await expect
    .poll(async () => (await read()).filter(({ fees }) => fees !== undefined).length, { timeout: 20_000 })
    .toBe(2)
  const epochs = await listEpochs(bench.journal, { limit: 10 })
  expect(epochs).toMatchObject([
    { epoch: 2, tasks: 3, devices: 3 },
    { epoch: 1, tasks: 3, devices: 3 },
  ])
  const fees = epochs.flatMap(({ fees: spent }) =>
    spent === undefined ? [] : [spent.charges_nano, spent.commit_nano, spent.exec_nano].map(BigInt),
  )
  expect(fees).toHaveLength(6)
  for (const fee of fees) expect(fee).toBeGreaterThan(0n)
  expect(sum(fees)).toBe(before - (await balances()))
  for (const { rewards_nano, fees: spent } of epochs) {
    const spentNano = sum([spent?.charges_nano, spent?.commit_nano, spent?.exec_nano].map((fee) => BigInt(fee ?? 0)))
    expect(spent?.overhead_percent).toBeCloseTo((100 * Number(spentNano)) / Number(rewards_nano), 3)
  }
  expect(await listEpochs(bench.journal, { before: 2, limit: 10 })).toEqual(epochs.slice(1))
  expect(await listEpochs(bench.journal, { limit: 1 })).toEqual(epochs.slice(0, 1))
})

it('asks again later while the chain does not answer', { timeout: TIMEOUT_MS }, async () => {
  const all = await openPayments()
  const devices = await connectDevices(all.bench, 1)
  await deliver(all, devices)
  await pay(all, 1)
  let nowMs = all.clock()
  const gone = createChainClient(
    { endpoint: 'http://127.0.0.1:1/', vault: all.chain.vault, gstdMaster: all.bench.parameters.gstd_master },
    () => nowMs,
  )
  let isGone = true
  let calls = 0
  const chain = {
    get client() {
      return (isGone ? gone : all.client).client
    },
    call: <Result>(run: () => Promise<Result>): Promise<Result> => {
      calls += 1
      return all.client.call(run)
    },
  }
  const reader = openReader(all, { chain, clock: () => nowMs })
  await reader.tick()
  await reader.tick()
  expect(calls).toBe(1)
  expect((await listEpochs(all.bench.journal, { limit: 1 }))[0]?.fees).toBeUndefined()
  isGone = false
  await expect
    .poll(
      async () => {
        nowMs += 10_000
        await reader.tick()
        return (await listEpochs(all.bench.journal, { limit: 1 }))[0]?.fees
      },
      { timeout: 20_000 },
    )
    .toBeDefined()
})
