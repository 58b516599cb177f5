import { type Devnet, startDevnet } from '@gstd/devnet'
import { Address, toNano } from '@ton/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newMnemonic, type TonWallet, walletFromMnemonic } from '../wallet/tonWallet.ts'
import { chainAccessFromEnv } from './chainAccess.ts'
import { type FlakyEndpoint, startFlakyEndpoint, type Treatment } from './startFlakyEndpoint.testing.ts'
import { openChain } from './openChain.ts'
import { requestFaucet } from './requestFaucet.ts'
import { waitUntil } from './waitUntil.ts'

const nobody = `0:${'7'.repeat(64)}`
const signal = AbortSignal.timeout(600_000)

let devnet: Devnet
let flaky: FlakyEndpoint
beforeAll(async () => {
  devnet = await startDevnet({ listen: { host: '127.0.0.1', port: 0 }, blockMs: 20 })
})
afterAll(() => devnet.stop())
beforeEach(async () => {
  flaky = await startFlakyEndpoint(devnet.endpoint)
})
afterEach(() => flaky.stop())

const open = (access = {}, name = 'devnet') => openChain({ name, endpoint: flaky.endpoint }, access)
const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const startMs = performance.now()
  await run()
  return performance.now() - startMs
}

describe('an endpoint that is busy or ill', () => {
  it.each<[string, Treatment[]]>([
    ['says 429', [{ status: 429 }]],
    ['says 500, 502, 503 and 504', [500, 502, 503, 504].map((status) => ({ status }))],
    ['drops connections', ['drop', 'lose the answer']],
    ['answers with something else', [{ status: 503, body: '<html>' }]],
  ])('that %s is asked again', async (_name, treatments) => {
    flaky.next(...treatments)
    expect(await open().balance(nobody)).toBe(0n)
    expect(flaky.requests).toHaveLength(treatments.length + 1)
  })

  it('is left alone for as long as it asks, by all who use it', async () => {
    const chain = open({ requestsPerSecond: 500 })
    flaky.next({ status: 429, retryAfter: '1' })
    const tookMs = await timed(async () => {
      const first = chain.balance(nobody)
      await expect.poll(() => flaky.requests.length, { interval: 5 }).toBe(1)
      await waitUntil(async () => (flaky.requests.length > 0 ? true : undefined), { what: 'a request', signal })
      await Promise.all([first, chain.isDeployed(nobody)])
    })
    expect(tookMs).toBeGreaterThan(990)
    expect(flaky.requests.filter(({ atMs }) => atMs - (flaky.requests[0]?.atMs ?? 0) < 900).length).toBeLessThan(3)
  })

  it('is told of when it stays so, with what to do', async () => {
    flaky.next(...Array.from({ length: 6 }, () => ({ status: 429 })))
    await expect(open().balance(nobody)).rejects.toMatchObject({
      code: 'CHAIN_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('asks for fewer requests: HTTP 429'),
      hint: expect.stringContaining('GSTD_TON_API_KEY'),
    })
    expect(flaky.requests).toHaveLength(6)
  })

  it('is not waited for when it wants more time than a command has', async () => {
    flaky.next({ status: 429, retryAfter: '3600' })
    expect(await timed(() => expect(open().balance(nobody)).rejects.toThrow('429'))).toBeLessThan(5_000)
    expect(flaky.requests).toHaveLength(1)
  })

  it.each([401, 403, 404, 422])('is not asked again after %i', async (status) => {
    flaky.next({ status })
    await expect(open().balance(nobody)).rejects.toThrow(`HTTP ${status}`)
    expect(flaky.requests).toHaveLength(1)
  })

  it('is not asked again when nobody is there, or when it refused the message itself', async () => {
    const other = await startFlakyEndpoint(devnet.endpoint)
    await other.stop()
    const gone = openChain({ name: 'devnet', endpoint: other.endpoint }, {})
    expect(await timed(() => expect(gone.balance(nobody)).rejects.toThrow('ECONNREFUSED'))).toBeLessThan(2_000)
    const wallet = await walletFromMnemonic(await newMnemonic(), -3, 'v5r1')
    const chain = open()
    const transfer = { seqno: 0, secretKey: wallet.keyPair.secretKey, messages: [], sendMode: 3 }
    const send = () => chain.call(() => chain.client.open(wallet.contract).sendTransfer(transfer))
    await expect(send()).rejects.toThrow('cannot apply external message')
    expect(flaky.requests.filter(({ method }) => method === 'sendBoc')).toHaveLength(1)
  })
})

describe('the limit', () => {
  it('spaces requests, also those of another client of the same endpoint', async () => {
    const clients = [open({ requestsPerSecond: 20 }), open({ requestsPerSecond: 20 })]
    const all = () => Promise.all(Array.from({ length: 5 }, () => clients.map((each) => each.balance(nobody))).flat())
    expect(await timed(all)).toBeGreaterThan(9 * 50 - 10)
  })

  it('is one request a second on a network that is no devnet, ten with a key', async () => {
    const slow = open({}, 'testnet')
    expect(await timed(() => Promise.all([slow.balance(nobody), slow.balance(nobody)]))).toBeGreaterThan(990)
    const keyed = open({ apiKey: 'k' }, 'testnet')
    const tookMs = await timed(() => Promise.all([keyed.balance(nobody), keyed.balance(nobody)]))
    expect(tookMs).toBeGreaterThan(90)
    expect(tookMs).toBeLessThan(900)
  })
})

describe('the key', () => {
  it('is sent with every request, and never in the clear beyond this machine', async () => {
    await open({ apiKey: 'secret-key' }).balance(nobody)
    await open().balance(nobody)
    expect(flaky.requests.map(({ headers }) => headers['x-api-key'])).toEqual(['secret-key', undefined])
    const elsewhere = { name: 'testnet', endpoint: 'http://ton.example/api/v2/jsonRPC' }
    expect(() => openChain(elsewhere, { apiKey: 'secret-key' })).toThrow('in the clear')
  })

  it('comes from the environment, with the limit', () => {
    expect(chainAccessFromEnv({ GSTD_TON_API_KEY: 'k', GSTD_TON_REQUESTS_PER_SECOND: '0.5' })).toEqual({
      apiKey: 'k',
      requestsPerSecond: 0.5,
    })
    expect(chainAccessFromEnv({ GSTD_TON_API_KEY: '' })).toEqual({ apiKey: undefined })
    for (const text of ['0', '-1', 'many', 'Infinity']) {
      expect(() => chainAccessFromEnv({ GSTD_TON_REQUESTS_PER_SECOND: text })).toThrow('GSTD_TON_REQUESTS_PER_SECOND')
    }
    expect(() => chainAccessFromEnv({ GSTD_TON_API_KEY: 'a\nb' })).toThrow('GSTD_TON_API_KEY')
  })
})

describe.each(['v5r1', 'v4r2'] as const)('a message of a wallet %s', (version) => {
  let wallet: TonWallet
  beforeEach(async () => {
    wallet = await walletFromMnemonic(await newMnemonic(), -3, version)
    await requestFaucet({ name: 'devnet', faucet: devnet.faucet }, wallet.address, toNano('5'), signal)
    const arrived = async () => ((await open().balance(wallet.address)) > 0n ? true : undefined)
    await waitUntil(arrived, { what: 'the TON', signal })
  })

  const received = async (address: string): Promise<bigint[]> => {
    const transactions = await open().client.getTransactions(Address.parseRaw(address), { limit: 20 })
    return transactions.flatMap(({ inMessage }) =>
      inMessage?.info.type === 'internal' ? [inMessage.info.value.coins] : [],
    )
  }
  const newAddress = () => `0:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')}`
  const messageTo = (to: string, ton: string) => ({ to: Address.parseRaw(to), value: toNano(ton), bounce: false })
  const waitFor = (to: string, count: number) =>
    expect.poll(async () => (await received(to)).length, { timeout: 20_000 }).toBe(count)

  it('is paid once when the answer to it is lost', async () => {
    const to = newAddress()
    flaky.nextOf('sendBoc', 'lose the answer')
    await open().send(wallet, [messageTo(to, '0.5')], signal)
    await waitFor(to, 1)
    await open().send(wallet, [messageTo(to, '0.25')], signal)
    await waitFor(to, 2)
    expect(new Set(await received(to))).toEqual(new Set([toNano('0.25'), toNano('0.5')]))
  })

  it('and those of others at the same time all arrive, each once', async () => {
    const to = [newAddress(), newAddress(), newAddress()]
    await Promise.all(to.map((each) => open().send(wallet, [messageTo(each, '0.1')], signal)))
    for (const each of to) await waitFor(each, 1)
  })
})
