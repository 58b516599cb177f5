import { beginCell, internal, storeMessage } from '@ton/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestClient, type TestClient, walletOf } from '../devnetForTests/openTestClient.ts'
import { type Devnet, startDevnet } from '../index.ts'
import { methods } from '../rpc/methods.ts'

let devnet: Devnet
let test: TestClient
let base: string
const errors: unknown[] = []
beforeAll(async () => {
  const onError = (thrown: unknown) => errors.push(thrown)
  devnet = await startDevnet({ listen: { host: '127.0.0.1', port: 0 }, blockMs: 20, onError })
  test = openTestClient(devnet)
  base = new URL(devnet.endpoint).origin
})
afterAll(() => devnet.stop())

const address = walletOf('anybody').address.toString()
const boc = (message: Parameters<typeof internal>[0]) =>
  beginCell()
    .store(storeMessage({ ...internalMessage(message) }))
    .endCell()
    .toBoc()
    .toString('base64')
const internalMessage = (message: Parameters<typeof internal>[0]) => {
  const { info, body } = internal(message)
  if (info.type !== 'internal') throw new Error('not internal')
  return { info: { ...info, src: walletOf('forger').address }, body }
}

describe('a request that makes no sense', () => {
  it.each([
    ['unknownMethod', {}, 404],
    ['constructor', {}, 404],
    ['getAddressInformation', {}, 422],
    ['getAddressInformation', { address: 'nonsense' }, 422],
    ['getAddressInformation', { address: 7 }, 422],
    ['getAddressInformation', { address: `0:${'g'.repeat(64)}` }, 422],
    ['getAddressInformation', { address: `${address.slice(0, -1)}A` }, 422],
    ['getTransactions', { address, limit: -1 }, 422],
    ['getTransactions', { address, limit: 1.5 }, 422],
    ['getTransactions', { address, lt: '1' }, 422],
    ['getTransactions', { address, lt: '-1', hash: '00'.repeat(32) }, 422],
    ['getTransactions', { address, lt: '9'.repeat(20), hash: '00'.repeat(32) }, 422],
    ['getTransactions', { address, lt: '1', hash: 'zz' }, 422],
    ['getTransactions', { address, lt: '1', hash: '00'.repeat(32) }, 500],
    ['runGetMethod', { address, method: 'seqno', stack: 'none' }, 422],
    ['runGetMethod', { address, method: '', stack: [] }, 422],
    ['runGetMethod', { address, method: 'seqno', stack: Array.from({ length: 300 }, () => ['num', '1']) }, 422],
    ['sendBoc', {}, 422],
    ['sendBoc', { boc: '' }, 422],
    ['sendBoc', { boc: 'AAAA' }, 422],
    ['sendBoc', { boc: 'ß' }, 422],
    ['sendBoc', { boc: 'A'.repeat(100_000) }, 422],
    ['sendBoc', { boc: beginCell().endCell().toBoc().toString('base64') }, 500],
    ['sendBoc', { boc: boc({ to: walletOf('anybody').address, value: 10n ** 9n }) }, 500],
    ['estimateFee', { address, body: 'x' }, 422],
    ['tryLocateTx', { source: address, destination: address, created_lt: '5' }, 404],
    ['shards', { seqno: 0 }, 422],
    ['shards', { seqno: 2_000_000 }, 404],
    ['getBlockTransactions', { workchain: 5, shard: '0', seqno: 1 }, 422],
    ['getConfigParam', {}, 422],
    ['getConfigParam', { config_id: 999 }, 404],
    ['lookupBlock', { workchain: 0, shard: '0' }, 422],
  ])('%s %j is refused in toncenter’s shape', async (method, params, status) => {
    const refused = await test.rpc(method, params)
    expect(refused).toEqual({
      status,
      body: { ok: false, error: expect.stringMatching(/./), code: status, jsonrpc: '2.0', id: '1' },
    })
  })

  it.each([
    ['not JSON', 'application/json', '{', 422],
    ['empty', 'application/json', '', 422],
    ['an array', 'application/json', '[]', 422],
    ['null', 'application/json', 'null', 422],
    ['without a method', 'application/json', '{"id":1}', 422],
    ['with parameters that are no object', 'application/json', '{"method":"shards","params":[1]}', 422],
    ['not declared as JSON', 'text/html', '{"method":"shards"}', 415],
    ['too large', 'application/json', JSON.stringify({ method: 'x', params: { x: 'y'.repeat(2_000_000) } }), 413],
  ])('with a body that is %s', async (_what, type, body, status) => {
    const response = await fetch(devnet.endpoint, { method: 'POST', headers: { 'content-type': type }, body })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ ok: false, code: status })
  })

  it.each([
    ['PUT', '/api/v2/getMasterchainInfo', 405],
    ['GET', '/api/v2/jsonRPC', 405],
    ['GET', '/elsewhere', 404],
    ['GET', '/api/v2/none', 404],
    ['POST', '/faucet', 422],
    ['POST', '/devnet/advance', 422],
    ['GET', '/api/v2/%ff', 422],
  ])('%s %s', async (method, path, status) => {
    const response = await fetch(`${base}${path}`, { method })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ ok: false, code: status })
  })

  it.each([
    { address, amount_nano: '0' },
    { address, amount_nano: '-5' },
    { address, amount_nano: 5 },
    { address, amount_nano: '9'.repeat(19) },
    { address: 'x', amount_nano: '5' },
    { amount_nano: '5' },
  ])('to the faucet: %j', async (body) => {
    const response = await test.post(devnet.faucet, body)
    expect({ status: response.status, body: await response.json() }).toMatchObject({ status: 422, body: { ok: false } })
  })

  it.each([{ seconds: -1 }, { seconds: 'x' }, { seconds: 1e12 }, {}])('to move the time: %j', async (body) => {
    expect((await test.post(devnet.advanceUrl, body)).status).toBe(422)
  })

  it('never fails by the server’s fault, whatever the parameters are', async () => {
    const words = [
      'address',
      'method',
      'stack',
      'boc',
      'lt',
      'hash',
      'seqno',
      'workchain',
      'source',
      'config_id',
      'body',
    ]
    const value = fc.oneof(fc.constant(address), fc.jsonValue(), fc.base64String(), fc.integer())
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...methods.keys()),
        fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string()), value),
        async (method, params) => {
          const { body } = await test.rpc(method, params)
          expect(body).toMatchObject({ ok: expect.any(Boolean), jsonrpc: '2.0', id: '1' })
          expect(errors).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })

  it('leaves out parameters nobody knows, however they are named', async () => {
    const known = await test.rpc('getAddressInformation', { address })
    for (const name of ['__proto__', 'constructor', 'unheard_of']) {
      const params = Object.fromEntries([
        ['address', address],
        [name, { prototype: address }],
      ])
      const { body } = await test.rpc('getAddressInformation', params)
      expect(body).toMatchObject({ ok: true, id: '1' })
      expect(Object.keys(body)).toEqual(Object.keys(known.body))
    }
  })
})

describe('the plain methods under /api/v2', () => {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${base}/api/v2/${path}`)
    const body: unknown = await response.json()
    expect({ status: response.status, body }).toMatchObject({ status: 200, body: { ok: true } })
    return (body as { result: unknown }).result
  }

  it('answer to GET with a query', async () => {
    const wallet = walletOf('plain')
    await test.fund(wallet.address, '1')
    expect(await get(`getAddressBalance?address=${wallet.address.toString()}`)).toBe('1000000000')
    expect(await get(`getAddressState?address=${wallet.address.toRawString()}`)).toBe('uninitialized')
    expect(await get(`getTransactions?address=${wallet.address.toString()}&limit=5&archival=true`)).toHaveLength(1)
    expect(await get(`getExtendedAddressInformation?address=${wallet.address.toString()}`)).toMatchObject({
      '@type': 'fullAccountState',
      account_state: { '@type': 'uninited.accountState' },
    })
    expect(await get(`unpackAddress?address=${wallet.address.toString()}`)).toBe(wallet.address.toRawString())
    expect(await get(`packAddress?address=${wallet.address.toRawString()}`)).toBe(
      wallet.address.toString({ urlSafe: false }),
    )
    const text = wallet.address.toString({ bounceable: false, testOnly: true })
    expect(await get(`detectAddress?address=${text}`)).toMatchObject({
      raw_form: wallet.address.toRawString(),
      given_type: 'friendly_non_bounceable',
      test_only: true,
      non_bounceable: { b64url: text },
    })
  })

  it('show blocks by number, time and logical time', async () => {
    const wallet = walletOf('blocks')
    await test.fund(wallet.address, '1')
    const [transaction] = await test.client.getTransactions(wallet.address, { limit: 1 })
    const lookup = (query: string) => get(`lookupBlock?workchain=0&shard=-9223372036854775808&${query}`)
    const block = await lookup(`lt=${transaction?.lt}`)
    const { seqno } = block as { seqno: number }
    expect(await lookup(`seqno=${seqno}`)).toEqual(block)
    expect(await lookup(`unixtime=${(transaction?.now ?? 0) + 1}`)).toMatchObject({ workchain: 0 })
    const header = await get(`getBlockHeader?workchain=0&shard=-9223372036854775808&seqno=${seqno}`)
    expect(header).toMatchObject({ id: block, global_id: -3, gen_utime: transaction?.now })
    const listed = await get(`getBlockTransactionsExt?workchain=0&shard=-9223372036854775808&seqno=${seqno}`)
    expect(listed).toMatchObject({
      incomplete: false,
      transactions: [{ transaction_id: { lt: transaction?.lt.toString() }, in_msg: { value: '1000000000' } }],
    })
    const part = await get(
      `getBlockTransactions?workchain=0&shard=-9223372036854775808&seqno=${seqno}&after_lt=${transaction?.lt}`,
    )
    expect(part).toMatchObject({ transactions: [] })
    expect(await get('getConsensusBlock')).toMatchObject({ consensus_block: expect.any(Number) })
  })

  it('show the configuration', async () => {
    const all = (await get('getConfigAll')) as { config: { bytes: string } }
    const one = (await get('getConfigParam?config_id=19')) as { config: { bytes: string } }
    expect(all.config.bytes.length).toBeGreaterThan(1000)
    expect(one.config.bytes).toBe(beginCell().storeInt(-3, 32).endCell().toBoc().toString('base64'))
  })

  it('let web pages of every origin in', async () => {
    const preflight = await fetch(devnet.endpoint, { method: 'OPTIONS' })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type')
  })
})

it('has met no error of its own', () => {
  expect(errors).toEqual([])
})
