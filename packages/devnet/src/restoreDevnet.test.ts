import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SendMode, toNano } from '@ton/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codes, deploy, openTestClient, transfer, walletOf } from './devnetForTests/openTestClient.ts'
import { type DevnetOptions, startDevnet } from './index.ts'

let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-devnet-'))
})
afterEach(() => rm(stateDir, { recursive: true, force: true }))

const start = async (options: Partial<DevnetOptions> = {}) => {
  const devnet = await startDevnet({ listen: { host: '127.0.0.1', port: 0 }, blockMs: 20, stateDir, ...options })
  return { devnet, test: openTestClient(devnet) }
}

describe('a devnet over the same folder', () => {
  it('shows the same accounts, contracts, transactions and blocks, and goes on', async () => {
    const wallet = walletOf('restored')
    const first = await start()
    expect(first.devnet.restored).toBe(false)
    await first.test.fund(wallet.address, '5')
    const contract = await deploy(first.test, wallet, codes.globalId, '1')
    const { client } = first.test
    const before = {
      state: await client.getContractState(wallet.address),
      history: await client.getTransactions(wallet.address, { limit: 100 }),
      block: await client.getMasterchainInfo(),
    }
    await first.devnet.stop()

    const { devnet, test } = await start()
    expect(devnet.restored).toBe(true)
    const { balance, code, data, lastTransaction } = await test.client.getContractState(wallet.address)
    expect({ balance, code, data, lastTransaction }).toEqual({
      balance: before.state.balance,
      code: before.state.code,
      data: before.state.data,
      lastTransaction: before.state.lastTransaction,
    })
    const history = await test.client.getTransactions(wallet.address, { limit: 100 })
    expect(history.map((transaction) => transaction.hash())).toEqual(
      before.history.map((transaction) => transaction.hash()),
    )
    expect((await test.client.getMasterchainInfo()).latestSeqno).toBeGreaterThanOrEqual(before.block.latestSeqno)
    expect((await test.client.runMethod(contract, 'anything')).stack.readNumber()).toBe(-3)
    await transfer(test, wallet, [{ to: wallet.address, value: 1n, bounce: false }])
    await devnet.stop()
  })

  it('keeps its time ahead of the machine’s, and does not fall back when the machine’s clock does', async () => {
    const first = await start()
    const ahead = await first.devnet.advance(1000)
    await first.devnet.stop()
    const second = await start()
    expect(second.devnet.nowSec()).toBeGreaterThanOrEqual(ahead)
    await second.devnet.stop()
    const third = await start({ machineMs: () => Date.now() - 86_400_000 })
    expect(third.devnet.nowSec()).toBeGreaterThanOrEqual(ahead)
    const wallet = walletOf('late')
    await third.test.fund(wallet.address, '1')
    await transfer(third.test, wallet, [{ to: wallet.address, value: 1n, bounce: false }])
    await third.devnet.stop()
  })

  it('applies what was taken before it stopped', async () => {
    const { devnet, test } = await start({ blockMs: 400 })
    const wallet = walletOf('last')
    await test.fund(wallet.address, '1')
    const opened = test.client.open(wallet.contract)
    const { secretKey } = wallet
    const sendMode = SendMode.PAY_GAS_SEPARATELY
    await opened.send(wallet.contract.createTransfer({ seqno: 0, secretKey, messages: [], sendMode }))
    await devnet.stop()
    const again = await start()
    expect(await again.test.client.open(wallet.contract).getSeqno()).toBe(1)
    await again.devnet.stop()
  })

  it('charges the prices it is started with', async () => {
    const cost = async (prices: NonNullable<DevnetOptions['prices']>, name: string) => {
      const { devnet, test } = await start({ prices })
      const wallet = walletOf(name)
      await test.fund(wallet.address, '1')
      await transfer(test, wallet, [])
      const left = await test.client.getBalance(wallet.address)
      await devnet.stop()
      return Number(toNano('1') - left)
    }
    const [now, before] = [await cost('2026-06', 'now'), await cost('2025-12', 'before')]
    expect(before / now).toBeGreaterThan(4)
    expect(before / now).toBeLessThan(8)
  })

  it('is refused when it belongs to another network or is none', async () => {
    const { devnet } = await start()
    await devnet.stop()
    await expect(start({ globalId: -239 })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    const file = join(stateDir, 'chain.sqlite')
    const bytes = await readFile(file)
    await writeFile(file, 'this is not a database, but long enough to be looked at as one '.repeat(20))
    await expect(start()).rejects.toMatchObject({ code: 'STATE_CORRUPT' })
    await writeFile(file, bytes)
    const again = await start()
    expect(again.devnet.restored).toBe(true)
    await again.devnet.stop()
  })
})

describe('a port', () => {
  it('that is used, or that cannot be, is named', async () => {
    const { devnet } = await start()
    const { port } = new URL(devnet.endpoint)
    const listen = { host: '127.0.0.1', port: Number(port) }
    const other = { listen, blockMs: 20 }
    await expect(startDevnet(other)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      hint: expect.stringContaining('port'),
    })
    await expect(startDevnet({ ...other, listen: { host: '192.0.2.1', port: 1 } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
    await devnet.stop()
    await (await startDevnet(other)).stop()
  })
})
