import { setTimeout as delay } from 'node:timers/promises'
import { MAX_PAYOUTS_PER_BATCH } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createChainClient, type ChainClient } from '../chain/createChainClient.ts'
import { type DeviceForTests, textResult } from '../dispatch/connectDevice.testing.ts'
import { logged } from '../dispatch/inspect.testing.ts'
import { type Bench, openBench } from '../dispatch/openBench.testing.ts'
import { answer, connectDevices } from '../dispatch/play.testing.ts'
import type { Heads } from '../log/heads.ts'
import type { Journal } from '../log/journal.ts'
import { createPayments, type Payments } from './createPayments.ts'
import { type ChainForTests, openChain } from './openChain.testing.ts'

const known = textResult('known')
const TICK_MS = 20
/** A dozen restarts, on a machine that runs other tests at the same time. */
const TIMEOUT_MS = 180_000

/** Thrown where a process would have been killed; nothing that comes after it happens. */
class Killed extends Error {}

/** Counts what leaves a trace, and ends the process it stands for right after a given one. */
const createReaper = (killAfter: number) => {
  const steps: string[] = []
  let isDead = false
  const step = async <Result>(name: string, act: () => Promise<Result>): Promise<Result> => {
    if (isDead) throw new Killed()
    const result = await act()
    steps.push(name)
    isDead = steps.length === killAfter
    if (isDead) throw new Killed()
    return result
  }
  return {
    steps,
    step,
    get isDead() {
      return isDead
    },
  }
}

type Reaper = ReturnType<typeof createReaper>

const mortalJournal = (journal: Journal, { step }: Reaper): Journal => ({
  query: journal.query,
  entries: journal.entries,
  onAppend: journal.onAppend,
  tree: journal.tree,
  write: (work) => step('write', () => journal.write(work)),
})

const mortalChain = (chain: ChainClient, { step }: Reaper): ChainClient => {
  const { client } = chain
  const mortal = new Proxy(client, {
    get: (target, property) => {
      if (property === 'sendFile') return (boc: Buffer) => step('send', () => target.sendFile(boc))
      const value: unknown = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { ...chain, client: mortal }
}

/** The auditor's part: everything that is logged is final, and signed once. */
const cosign = async (payments: Payments, bench: Bench, { auditor }: ChainForTests): Promise<void> => {
  for (const of of ['charge', 'commit'] as const) {
    const rows = await bench.journal.query<{ cell_hash: string }>(
      `SELECT cell_hash FROM ${of}s WHERE auditor_signature IS NULL AND state = 'open'`,
    )
    for (const { cell_hash: hash } of rows) {
      const auditor_signature = await auditor.sign(Uint8Array.from(Buffer.from(hash, 'hex')))
      await payments.acceptCosignature({ of, hash, auditor_signature })
    }
  }
}

const openAll = async () => {
  const chain = await openChain()
  const { coordinator: signer, requester, vault, endpoint, operator } = chain
  const bench = await openBench(
    {
      endpoint,
      vault,
      operator_address: operator.address,
      auditor_key: chain.auditor.publicKey,
      epoch_ms: 1,
    },
    { signer, requester, startMs: Date.now() },
  )
  const open = (reaper: Reaper): Payments => {
    const client = createChainClient({ endpoint, vault, gstdMaster: bench.parameters.gstd_master }, Date.now)
    const { journal } = bench
    const heads = { size: Number.MAX_SAFE_INTEGER } as Heads
    return createPayments({
      journal: mortalJournal(journal, reaper),
      heads,
      parameters: bench.parameters,
      chain: mortalChain(client, reaper),
      signer,
      wallet: operator,
      clock: Date.now,
      logger: pino({ level: 'silent' }),
      onChange: () => undefined,
    })
  }
  return { chain, bench, open }
}

type All = Awaited<ReturnType<typeof openAll>>

/** A finished task for each device, to be paid in the next epoch. */
const deliver = async (bench: Bench, devices: readonly DeviceForTests[]): Promise<void> => {
  const { requester, parameters } = bench
  const items = devices.map(() => requester.item(bench.now(), {}, known))
  await bench.submitBytes(await requester.sign(items, parameters, bench.now()))
  const left = new Set(items.map(({ descriptor }) => descriptor.task_id))
  while (left.size > 0) {
    await bench.dispatcher.tick()
    for (const device of devices) {
      const taskId = device.heardOf('order').at(-1)?.order.task_id ?? ''
      if (left.delete(taskId)) await answer(device, known)
    }
  }
}

const isPaid = async ({ journal }: Bench, epoch: number): Promise<boolean> => {
  const rows = await journal.query(`SELECT 1 FROM commits WHERE epoch = $1 AND state = 'executed'`, [epoch])
  return rows.length > 0
}

/**
 * Ticks until an epoch is paid.
 *
 * @param killAfter - the steps after which the process is ended, and another one started from the disk; counted anew
 * in each process
 * @returns the steps of each process
 */
const pay = async ({ bench, chain, open }: All, epoch: number, killAfter: readonly number[]): Promise<string[][]> => {
  const lives: string[][] = []
  while (!(await isPaid(bench, epoch))) {
    const reaper = createReaper(killAfter[lives.length] ?? Number.POSITIVE_INFINITY)
    lives.push(reaper.steps)
    const payments = open(reaper)
    try {
      while (!(await isPaid(bench, epoch))) {
        await payments.tick()
        await cosign(payments, bench, chain)
        await delay(TICK_MS)
      }
    } catch (thrown) {
      if (!reaper.isDead) throw thrown
      await bench.restart()
    }
  }
  return lives
}

const total = (amounts: readonly string[]): bigint => amounts.reduce((sum, amount) => sum + BigInt(amount), 0n)

/** Compares what the chain holds with what the verdicts say: every execution is paid, and once. */
const checkPaidOnce = async ({ bench, chain }: All, devices: readonly DeviceForTests[], epochs: number) => {
  const verdicts = await logged(bench, 'verdict')
  const charges = await logged(bench, 'charge')
  expect(charges.flatMap(({ task_ids }) => task_ids).toSorted()).toEqual(
    verdicts.map(({ task_id }) => task_id).toSorted(),
  )
  expect(await logged(bench, 'executed')).toEqual(Array.from({ length: epochs }, (_, index) => ({ epoch: index + 1 })))
  const seats = verdicts.flatMap((verdict) => verdict.seats)
  for (const { deviceId, identity } of devices) {
    const earned = seats.filter(({ device_id }) => device_id === deviceId).map(({ reward_nano }) => reward_nano)
    const payout = Address.parseRaw(identity.certificate.certificate.payout_address)
    await expect.poll(() => chain.receivedNano(payout), { message: deviceId, timeout: 10_000 }).toBe(total(earned))
  }
  const vault = await chain.readVault()
  expect(vault).toMatchObject({ epoch: epochs, fundedNextNano: 0n, owedNano: 0n })
  expect(vault?.paidNano).toBe(total(verdicts.map(({ charged_nano }) => charged_nano)))
}

it('pays once, whichever step of a payout the coordinator is killed after', { timeout: TIMEOUT_MS }, async () => {
  const all = await openAll()
  const devices = await connectDevices(all.bench, 2)
  let epoch = 0
  for (let isKilled = true; isKilled;) {
    epoch += 1
    await deliver(all.bench, devices)
    const lives = await pay(all, epoch, [epoch])
    isKilled = lives.length > 1
    await checkPaidOnce(all, devices, epoch)
    if (isKilled) for (const device of devices) await device.reconnect()
  }
  // Charge, co-signature, stored, sent, landed; the same for the commit; the payout stored, sent, seen.
  expect(epoch).toBeGreaterThan(12)
})

it(
  'pays once when it is killed after every single step, over several batches of payouts',
  { timeout: TIMEOUT_MS },
  async () => {
    const all = await openAll()
    const devices = await connectDevices(all.bench, MAX_PAYOUTS_PER_BATCH + 10)
    await deliver(all.bench, devices)
    const lives = await pay(
      all,
      1,
      Array.from({ length: 100 }, () => 1),
    )
    expect(lives.flat().length).toBeGreaterThan(15)
    await checkPaidOnce(all, devices, 1)
  },
)
