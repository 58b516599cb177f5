import { beginCell, Cell, external, internal, SendMode, storeMessage, toNano } from '@ton/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  codes,
  deploy,
  openTestClient,
  type TestClient,
  transfer,
  walletOf,
  walletV4Of,
} from './devnetForTests/openTestClient.ts'
import { type Devnet, startDevnet } from './index.ts'

const poll = { timeout: 30_000, interval: 20 }

let devnet: Devnet
let test: TestClient
beforeAll(async () => {
  devnet = await startDevnet({ listen: { host: '127.0.0.1', port: 0 }, blockMs: 50 })
  test = openTestClient(devnet)
})
afterAll(() => devnet.stop())

describe('an unmodified TonClient', () => {
  it.each([
    ['v5r1', walletOf],
    ['v4', walletV4Of],
  ] as const)('funds, deploys and uses a wallet %s', async (version, make) => {
    const { client } = test
    const wallet = make(`wallet ${version}`)
    const opened = client.open(wallet.contract)
    expect(await client.getContractState(wallet.address)).toMatchObject({
      balance: 0n,
      state: 'uninitialized',
      code: null,
      lastTransaction: null,
    })
    await test.fund(wallet.address, '10')
    expect(await opened.getBalance()).toBe(toNano('10'))
    expect(await opened.getSeqno()).toBe(0)

    const friend = walletOf(`friend of ${version}`).address
    await transfer(test, wallet, [{ to: friend, value: toNano('1.5'), bounce: false, body: 'hello' }])
    await expect.poll(() => client.getBalance(friend), poll).toBeGreaterThan(toNano('1.49'))
    expect(await opened.getSeqno()).toBe(1)
    const state = await client.getContractState(wallet.address)
    expect(state.state).toBe('active')
    expect(Cell.fromBoc(state.code ?? Buffer.alloc(0))[0]?.equals(wallet.contract.init.code)).toBe(true)

    await transfer(test, wallet, [{ to: friend, value: 1n, bounce: false }])
    expect(await opened.getSeqno()).toBe(2)
  })

  it('keeps its promise of coins: what was sent is what arrived, and the fees', async () => {
    const { client } = test
    const [from, to] = [walletOf('from'), walletOf('to').address]
    await test.fund(from.address, '5')
    await transfer(test, from, [{ to, value: toNano('2'), bounce: false }])
    await expect.poll(() => client.getBalance(to), poll).toBeGreaterThan(0n)
    const [sent] = await client.getTransactions(from.address, { limit: 1 })
    const [received] = await client.getTransactions(to, { limit: 1 })
    const message = received?.inMessage
    if (message?.info.type !== 'internal') throw new Error('no internal message')
    const balances = (await client.getBalance(from.address)) + (await client.getBalance(to))
    const forwardFee = message.info.forwardFee
    const fees = (sent?.totalFees.coins ?? 0n) + (received?.totalFees.coins ?? 0n) + forwardFee
    const funded = (await client.getTransactions(from.address, { limit: 3 })).at(-1)
    expect(balances + fees + (funded?.totalFees.coins ?? 0n)).toBe(toNano('5'))
  })

  it('estimates what a transfer then costs', async () => {
    const { client } = test
    const wallet = walletOf('estimate')
    const opened = client.open(wallet.contract)
    await test.fund(wallet.address, '3')
    const body = wallet.contract.createTransfer({
      seqno: 0,
      secretKey: wallet.secretKey,
      sendMode: SendMode.PAY_GAS_SEPARATELY,
      messages: [internal({ to: walletOf('nobody').address, value: toNano('1'), bounce: false })],
    })
    const { code: initCode, data: initData } = wallet.contract.init
    const { source_fees: fees } = await client.estimateExternalMessageFee(wallet.address, {
      body,
      initCode,
      initData,
      ignoreSignature: true,
    })
    expect(fees).toMatchObject({ '@type': 'fees', in_fwd_fee: expect.any(Number), gas_fee: expect.any(Number) })
    await opened.send(body)
    await expect.poll(() => opened.getSeqno(), poll).toBe(1)
    const spent = toNano('3') - toNano('1') - (await opened.getBalance())
    const estimated = fees.in_fwd_fee + fees.storage_fee + fees.gas_fee + fees.fwd_fee
    expect(Number(spent)).toBeGreaterThan(0)
    expect(Math.abs(Number(spent) - estimated)).toBeLessThan(estimated * 0.01)
  })

  it('reads pages of transactions, newest first, each once', async () => {
    const { client } = test
    const wallet = walletOf('pages')
    await test.fund(wallet.address, '10')
    for (let count = 0; count < 4; count++) {
      await transfer(test, wallet, [{ to: wallet.address, value: 1n, bounce: false, body: `${count}` }])
    }
    await expect.poll(() => client.getTransactions(wallet.address, { limit: 100 }), poll).toHaveLength(9)
    const all = await client.getTransactions(wallet.address, { limit: 100 })
    const lts = all.map(({ lt }) => lt)
    expect(lts).toEqual(lts.toSorted((a, b) => Number(b - a)))
    for (const [index, { prevTransactionLt, prevTransactionHash }] of all.entries()) {
      const before = all[index + 1]
      expect(prevTransactionLt).toBe(before?.lt ?? 0n)
      const hash = before === undefined ? 0n : BigInt(`0x${before.hash().toString('hex')}`)
      expect(prevTransactionHash).toBe(hash)
    }

    const pages: bigint[] = []
    for (let from: { lt: string; hash: string } | undefined; ;) {
      const page = await client.getTransactions(wallet.address, { limit: 2, ...from })
      const last = page.at(-1)
      if (last === undefined) break
      pages.push(...page.map(({ lt }) => lt))
      from = { lt: last.lt.toString(), hash: last.hash().toString('base64') }
    }
    expect(pages).toEqual(lts)
    const { lt, hash } = { lt: String(lts[2]), hash: all[2]?.hash().toString('base64') ?? '' }
    const inclusive = await client.getTransactions(wallet.address, { limit: 2, lt, hash, inclusive: true })
    expect(inclusive.map((transaction) => transaction.lt)).toEqual(lts.slice(2, 4))
    const recent = await client.getTransactions(wallet.address, { limit: 100, to_lt: String(lts[3]) })
    expect(recent.map((transaction) => transaction.lt)).toEqual(lts.slice(0, 3))
    const one = await client.getTransaction(wallet.address, lt, hash)
    expect(one?.lt).toBe(lts[2])
    await expect(client.getTransaction(wallet.address, '12345', hash)).rejects.toThrow('500')
  })

  it('follows a message from its source to its destination and back', async () => {
    const { client } = test
    const [from, to] = [walletOf('source'), walletOf('destination').address]
    await test.fund(from.address, '5')
    await transfer(test, from, [
      { to, value: toNano('1'), bounce: false },
      { to, value: toNano('2'), bounce: false },
    ])
    await expect.poll(() => client.getTransactions(to, { limit: 10 }), poll).toHaveLength(2)
    const [source] = await client.getTransactions(from.address, { limit: 1 })
    for (const { info } of source?.outMessages.values() ?? []) {
      if (info.type !== 'internal') throw new Error('no internal message')
      const createdLt = info.createdLt.toString()
      const result = await client.tryLocateResultTx(from.address, to, createdLt)
      expect(result.inMessage?.info).toMatchObject({ createdLt: info.createdLt, value: { coins: info.value.coins } })
      const back = await client.tryLocateSourceTx(from.address, to, createdLt)
      expect(back.lt).toBe(source?.lt)
    }
    const itself = to.toString()
    const nowhere = { source: itself, destination: itself, created_lt: '1' }
    expect(await test.rpc('tryLocateResultTx', nowhere)).toMatchObject({ status: 404, body: { ok: false } })
  })

  it('walks the blocks and finds each transaction once, in order', async () => {
    const { client } = test
    const first = (await client.getMasterchainInfo()).latestSeqno
    const wallet = walletOf('walk')
    await test.fund(wallet.address, '5')
    await transfer(test, wallet, [{ to: wallet.address, value: 1n, bounce: false }])
    await expect.poll(() => client.getTransactions(wallet.address, { limit: 9 }), poll).toHaveLength(3)
    const { latestSeqno } = await client.getMasterchainInfo()
    const found: string[] = []
    for (let seqno = first; seqno <= latestSeqno; seqno++) {
      const [shard] = await client.getWorkchainShards(seqno)
      if (shard === undefined) throw new Error('no shard')
      expect(shard).toMatchObject({ workchain: 0, seqno })
      const listed = await client.getShardTransactions(shard.workchain, shard.seqno, shard.shard)
      found.push(...listed.filter(({ account }) => account.equals(wallet.address)).map(({ lt }) => lt))
    }
    const all = await client.getTransactions(wallet.address, { limit: 9 })
    expect(found).toEqual(all.map(({ lt }) => lt.toString()).toReversed())
  })

  it('runs get-methods on the TVM, which knows the network’s id', async () => {
    const { client } = test
    const wallet = walletOf('deployer')
    await test.fund(wallet.address, '5')
    const address = await deploy(test, wallet, codes.globalId, '0.1')
    expect((await client.runMethod(address, 'anything')).stack.readNumber()).toBe(-3)
    const endless = await deploy(test, wallet, codes.endless, '0.1')
    expect(await client.runMethodWithError(endless, 'anything')).toMatchObject({ exit_code: -14 })
    await expect(client.runMethod(wallet.address, 'no_such_method')).rejects.toThrow('exit_code: 11')
    await expect(client.runMethod(walletOf('nowhere').address, 'seqno')).rejects.toThrow('exit_code: -13')
  })
})

describe('sending', () => {
  it('refuses at once what the wallet would not accept, and takes a message twice without applying it twice', async () => {
    const { client } = test
    const wallet = walletOf('refusals')
    const opened = client.open(wallet.contract)
    await test.fund(wallet.address, '5')
    const messageOf = (seqno: number, secretKey = wallet.secretKey) => {
      const messages = [internal({ to: wallet.address, value: 1n, bounce: false })]
      const sendMode = SendMode.PAY_GAS_SEPARATELY
      const body = wallet.contract.createTransfer({ seqno, secretKey, messages, sendMode })
      const init = seqno === 0 ? { init: wallet.contract.init } : {}
      return beginCell()
        .store(storeMessage(external({ to: wallet.address, body, ...init })))
        .endCell()
        .toBoc()
    }
    const first = messageOf(0)
    // Whichever comes after the block that applied it is refused.
    const sent = await Promise.allSettled([client.sendFile(first), client.sendFile(first), client.sendFile(first)])
    expect(sent.map(({ status }) => status)).toContain('fulfilled')
    await expect.poll(() => opened.getSeqno(), poll).toBe(1)
    const refused = { response: { status: 500, data: { ok: false, code: 500 } } }
    await expect(client.sendFile(first)).rejects.toMatchObject(refused)
    await expect(client.sendFile(messageOf(7))).rejects.toMatchObject({
      response: { data: { error: expect.stringContaining('exitcode=133') } },
    })
    await expect(client.sendFile(messageOf(1, walletOf('thief').secretKey))).rejects.toMatchObject(refused)
    await expect.poll(() => client.getTransactions(wallet.address, { limit: 9 }), poll).toHaveLength(3)
  })

  it('applies what many wallets send at the same time', async () => {
    const { client } = test
    const wallets = Array.from({ length: 12 }, (_, index) => walletOf(`many ${index}`))
    await Promise.all(wallets.map(({ address }) => test.fund(address, '5')))
    const target = walletOf('of many').address
    for (let round = 0; round < 3; round++) {
      await Promise.all(wallets.map((wallet) => transfer(test, wallet, [{ to: target, value: 1000n, bounce: false }])))
    }
    await expect.poll(() => client.getTransactions(target, { limit: 100 }), poll).toHaveLength(36)
    const lts = (await client.getTransactions(target, { limit: 100 })).map(({ lt }) => lt)
    expect(new Set(lts).size).toBe(36)
  })

  it('goes on making blocks, and taking messages, while a contract sends to itself without end', async () => {
    const { client } = test
    const [sender, other] = [walletOf('self-sender'), walletOf('bystander')]
    await test.fund(sender.address, '50')
    await test.fund(other.address, '5')
    const address = await deploy(test, sender, codes.selfSender, '20')
    const { latestSeqno } = await client.getMasterchainInfo()
    await transfer(test, other, [{ to: other.address, value: 1n, bounce: false }])
    await expect
      .poll(async () => (await client.getMasterchainInfo()).latestSeqno, poll)
      .toBeGreaterThan(latestSeqno + 5)
    const [latest] = await client.getTransactions(address, { limit: 1 })
    await expect
      .poll(async () => (await client.getTransactions(address, { limit: 1 }))[0]?.lt, poll)
      .toBeGreaterThan(latest?.lt ?? 0n)
  })
})

describe('time', () => {
  it('is this machine’s until it is moved ahead, for contracts too, and never goes back', async () => {
    const { client } = test
    const wallet = walletOf('time')
    await test.fund(wallet.address, '5')
    const address = await deploy(test, wallet, codes.now, '0.1')
    const read = async () => (await client.runMethod(address, 'anything')).stack.readNumber()
    expect(Math.abs((await read()) - Date.now() / 1000)).toBeLessThan(3)
    const response = await test.post(devnet.advanceUrl, { seconds: 72 * 3600 })
    const { now } = (await response.json()) as { now: number }
    expect(Math.abs(now - Date.now() / 1000 - 72 * 3600)).toBeLessThan(3)
    expect(await read()).toBeGreaterThanOrEqual(now)
    expect((await client.getContractState(address)).timestampt).toBeGreaterThanOrEqual(now)
    expect(await devnet.advance(60)).toBeGreaterThanOrEqual(now + 60)
    await transfer(test, wallet, [{ to: wallet.address, value: 1n, bounce: false }])
    const [latest] = await client.getTransactions(wallet.address, { limit: 1 })
    expect(latest?.now).toBeGreaterThanOrEqual(now + 60)
  })
})
