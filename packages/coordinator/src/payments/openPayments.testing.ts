import { setTimeout as delay } from 'node:timers/promises'
import type { CosignedKind } from '@gstd/sdk'
import { type Logger, pino } from 'pino'
import { createChainClient, type ChainClient } from '../chain/createChainClient.ts'
import { type DeviceForTests, textResult } from '../dispatch/connectDevice.testing.ts'
import { type Bench, openBench } from '../dispatch/openBench.testing.ts'
import { answer } from '../dispatch/play.testing.ts'
import type { Heads } from '../log/heads.ts'
import { createPayments, type Payments } from './createPayments.ts'
import { type ChainForTests, openChain } from './openChain.testing.ts'
import { createReaper, mortalChain, mortalJournal, type Reaper } from './reaper.testing.ts'

/** A coordinator's payments over a real database and a real chain; the test is the auditor. */
export type PaymentsForTests = {
  chain: ChainForTests
  bench: Bench
  client: ChainClient
  /** Unix ms, as far on as the chain was advanced. */
  clock(): number
  /** Moves the clocks of chain and coordinator on. */
  advance(seconds: number): Promise<void>
  /** Starts the payments as a new process would. */
  open(reaper?: Reaper, logger?: Logger): Payments
}

const TICK_MS = 20
const known = textResult('known')

export const openPayments = async (
  options: { challengeWindowSec?: number; through?: (chain: ChainClient) => ChainClient } = {},
): Promise<PaymentsForTests> => {
  const chain = await openChain(options)
  const { coordinator: signer, requester, vault, endpoint, operator } = chain
  const bench = await openBench(
    { endpoint, vault, operator_address: operator.address, auditor_key: chain.auditor.publicKey, epoch_ms: 1 },
    { signer, requester, startMs: Date.now() },
  )
  let aheadMs = 0
  const clock = () => Date.now() + aheadMs
  const through = options.through ?? ((client: ChainClient) => client)
  const openClient = () => createChainClient({ endpoint, vault, gstdMaster: bench.parameters.gstd_master }, clock)
  return {
    chain,
    bench,
    client: openClient(),
    clock,
    advance: async (seconds) => {
      await chain.advance(seconds)
      aheadMs += seconds * 1000
      await bench.pass(seconds * 1000)
    },
    open: (reaper = createReaper(), logger = pino({ level: 'silent' })) =>
      createPayments({
        journal: mortalJournal(bench.journal, reaper),
        heads: { size: Number.MAX_SAFE_INTEGER } as Heads,
        parameters: bench.parameters,
        chain: mortalChain(through(openClient()), reaper),
        signer,
        wallet: operator,
        clock,
        logger,
        onChange: () => undefined,
      }),
  }
}

/** The auditor's part: everything that is logged is final, and signed once. */
const cosign = async (payments: Payments, { bench, chain }: PaymentsForTests): Promise<void> => {
  const rows = await bench.journal.query<{ of: CosignedKind; cell_hash: string }>(
    `SELECT 'charge' AS of, cell_hash FROM charges WHERE auditor_signature IS NULL AND state = 'open' UNION ALL
     SELECT 'commit', cell_hash FROM commits WHERE auditor_signature IS NULL AND state = 'open' UNION ALL
     SELECT kind, cell_hash FROM guard_messages WHERE auditor_signature IS NULL AND state = 'open'`,
  )
  for (const { of, cell_hash: hash } of rows) {
    const auditor_signature = await chain.auditor.sign(Uint8Array.from(Buffer.from(hash, 'hex')))
    await payments.acceptCosignature({ of, hash, auditor_signature })
  }
}

/** A finished task for each device, to be paid in the next epoch. */
export const deliver = async ({ bench }: PaymentsForTests, devices: readonly DeviceForTests[]): Promise<void> => {
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

/** @returns whether an epoch is in a state, such as `executed`. */
export const isCommit = async ({ bench }: PaymentsForTests, epoch: number, state: string): Promise<boolean> => {
  const rows = await bench.journal.query('SELECT 1 FROM commits WHERE epoch = $1 AND state = $2', [epoch, state])
  return rows.length > 0
}

/**
 * Ticks until something has come about.
 *
 * @param killAfter - the steps after which the process is ended, and another one started from the disk; counted anew
 * in each process
 * @returns the steps of each process
 */
export const tickUntil = async (
  all: PaymentsForTests,
  isThere: () => Promise<boolean>,
  killAfter: readonly number[] = [],
): Promise<string[][]> => {
  const lives: string[][] = []
  while (!(await isThere())) {
    const reaper = createReaper(killAfter[lives.length])
    lives.push(reaper.steps)
    const payments = all.open(reaper)
    try {
      while (!(await isThere())) {
        await payments.tick()
        await cosign(payments, all)
        await delay(TICK_MS)
      }
    } catch (thrown) {
      if (!reaper.isDead) throw thrown
      await all.bench.restart()
    }
  }
  return lives
}

/** Ticks until an epoch is paid. */
export const pay = (all: PaymentsForTests, epoch: number, killAfter: readonly number[] = []): Promise<string[][]> =>
  tickUntil(all, () => isCommit(all, epoch, 'executed'), killAfter)
