import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Address, toNano, type Transaction } from '@ton/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codes, deploy, openTestClient, type TestClient, transfer, walletOf } from './devnetForTests/openTestClient.ts'
import { startDevnet } from './index.ts'

const script = fileURLToPath(new URL('devnetForTests/devnetProcess.ts', import.meta.url))

let stateDir: string
let processes: ChildProcessWithoutNullStreams[]
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-devnet-'))
  processes = []
})

const kill = async (child: ChildProcessWithoutNullStreams): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

afterEach(async () => {
  await Promise.all(processes.map(kill))
  await rm(stateDir, { recursive: true, force: true })
})

type Said = { endpoint: string; faucet: string; restored: boolean; code?: string; message?: string }

/** @param limit - a shell's command that is run before the devnet is */
const startProcess = async (limit = 'true') => {
  const settings = JSON.stringify({ stateDir, blockMs: 20 })
  const words = [process.execPath, '--conditions=@gstd/source', script, settings]
  const child = spawn('sh', ['-c', `${limit}; exec "$@"`, 'sh', ...words])
  processes.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const say = async (): Promise<Said> => JSON.parse((await lines.next()).value ?? '')
  const said = await say()
  return { child, said, say, test: openTestClient(said) }
}

/**
 * Reads an account's whole history and checks that each transaction names the one before it, and that the account's
 * state is of one of them.
 */
const readChain = async ({ client }: TestClient, address: Address): Promise<Transaction[]> => {
  const { lastTransaction } = await client.getContractState(address)
  const all: Transaction[] = []
  for (let from: { lt: string; hash: string } | undefined; ;) {
    const page = await client.getTransactions(address, { limit: 100, ...from })
    const last = page.at(-1)
    if (last === undefined) break
    all.push(...page)
    from = { lt: last.lt.toString(), hash: last.hash().toString('base64') }
  }
  for (const [index, { prevTransactionLt }] of all.entries()) expect(prevTransactionLt).toBe(all[index + 1]?.lt ?? 0n)
  expect(all.map(({ lt }) => lt.toString())).toContain(lastTransaction?.lt)
  return all
}

describe('a devnet that is killed', () => {
  it('comes back with every block that anybody has seen', { timeout: 120_000 }, async () => {
    let seen = { seqno: 0, count: 0, balance: 0n }
    const target = walletOf('target').address
    for (let round = 0; round < 3; round++) {
      const { child, said, test } = await startProcess()
      expect(said.restored).toBe(round > 0)
      const { latestSeqno } = await test.client.getMasterchainInfo()
      expect(latestSeqno).toBeGreaterThanOrEqual(seen.seqno)
      const history = round === 0 ? [] : await readChain(test, target)
      expect(history.length).toBeGreaterThanOrEqual(seen.count)
      expect(await test.client.getBalance(target)).toBeGreaterThanOrEqual(seen.balance)

      // Coins for the asking without end, until the process is killed in the middle of it.
      let acknowledged = 0
      const asking = Array.from({ length: 6 }, async () => {
        for (;;) {
          await test.fund(target, '1')
          acknowledged++
        }
      }).map((endless) => endless.catch(() => undefined))
      await expect.poll(() => acknowledged, { timeout: 30_000, interval: 5 }).toBeGreaterThan(10 + round * 7)
      seen = {
        seqno: (await test.client.getMasterchainInfo()).latestSeqno,
        balance: await test.client.getBalance(target),
        count: seen.count,
      }
      await kill(child)
      await Promise.all(asking)
      seen.count += acknowledged
    }
    const { test } = await startProcess()
    const history = await readChain(test, target)
    expect(history.length).toBeGreaterThanOrEqual(seen.count)
    const fees = history.reduce((sum, { totalFees }) => sum + totalFees.coins, 0n)
    expect((await test.client.getBalance(target)) + fees).toBe(toNano(`${history.length}`))
  })

  it('goes on with messages that were on their way', { timeout: 120_000 }, async () => {
    const first = await startProcess()
    const wallet = walletOf('deployer')
    await first.test.fund(wallet.address, '20')
    const address = await deploy(first.test, wallet, codes.selfSender, '3')
    await kill(first.child)

    const second = await startProcess()
    const [latest] = await second.test.client.getTransactions(address, { limit: 1 })
    const newest = async () => (await second.test.client.getTransactions(address, { limit: 1 }))[0]?.lt ?? 0n
    await expect.poll(newest, { timeout: 30_000, interval: 20 }).toBeGreaterThan(latest?.lt ?? 0n)
    await kill(second.child)

    const third = await startProcess()
    const history = await readChain(third.test, address)
    // Each message has led to one transaction: none was lost, none was delivered twice.
    const arrived = history.map(({ inMessage }) =>
      inMessage?.info.type === 'internal' ? inMessage.info.createdLt : 0n,
    )
    const sent = history.flatMap(({ outMessages }) =>
      outMessages.values().map(({ info }) => (info.type === 'internal' ? info.createdLt : 0n)),
    )
    expect(new Set(arrived).size).toBe(arrived.length)
    expect(arrived.slice(0, -1)).toEqual(sent.slice(-arrived.length + 1))
    await transfer(third.test, wallet, [{ to: wallet.address, value: 1n, bounce: false }])
  })

  it('is locked against a second one while it lives, and free afterwards', async () => {
    const { child } = await startProcess()
    const listen = { host: '127.0.0.1', port: 0 }
    await expect(startDevnet({ listen, stateDir })).rejects.toMatchObject({ code: 'STATE_LOCKED' })
    expect((await startProcess()).said.code).toBe('STATE_LOCKED')
    await kill(child)
    const devnet = await startDevnet({ listen, stateDir })
    await devnet.stop()
  })
})

describe('a devnet whose disk is full', () => {
  it('says so and ends, and goes on from its last block once there is room', async () => {
    const { child, said, say, test } = await startProcess('ulimit -f 400')
    expect(said.code).toBeUndefined()
    const target = walletOf('target').address
    const exited = once(child, 'exit')
    let acknowledged = 0
    const ask = async (): Promise<void> => {
      for (;;) {
        await test.fund(target, '1')
        acknowledged++
      }
    }
    await expect(ask()).rejects.toThrow(/./)
    expect(await say()).toMatchObject({ code: 'INTERNAL_ERROR', message: expect.stringContaining('cannot be written') })
    await exited
    expect(child.exitCode).toBe(1)

    const again = await startProcess()
    expect((await readChain(again.test, target)).length).toBeGreaterThanOrEqual(acknowledged)
    await again.test.fund(target, '1')
  })
})
