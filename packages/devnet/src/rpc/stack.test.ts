import { beginCell, Cell, type TupleItem } from '@ton/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codes, deploy, openTestClient, type TestClient, walletOf } from '../devnetForTests/openTestClient.ts'
import { type Devnet, startDevnet } from '../index.ts'
import { parseStackEntry, showStackEntry } from './stack.ts'

const int257 = fc.bigInt({ min: -(2n ** 256n), max: 2n ** 256n - 1n })
const build = ([bytes, refs]: [Uint8Array, Cell[]]): Cell => {
  const builder = beginCell().storeBuffer(Buffer.from(bytes))
  for (const ref of refs) builder.storeRef(ref)
  return builder.endCell()
}
const content = fc.uint8Array({ maxLength: 100 })
const { cell } = fc.letrec<{ cell: Cell }>((tie) => ({
  cell: fc.oneof(
    { maxDepth: 3 },
    content.map((bytes) => build([bytes, []])),
    fc.tuple(content, fc.array(tie('cell'), { maxLength: 4 })).map(build),
  ),
}))

const intItem = int257.map((value): TupleItem => ({ type: 'int', value }))
const cellItem = cell.map((value): TupleItem => ({ type: 'cell', cell: value }))
const sliceItem = cell.map((value): TupleItem => ({ type: 'slice', cell: value }))
/** What TonClient can send. */
const sent = fc.oneof(intItem, cellItem, sliceItem)

/** TupleItems with cells by their hashes, to compare them. */
const comparable = (item: TupleItem): unknown =>
  'cell' in item ? { type: item.type, hash: item.cell.hash().toString('hex') } : item

describe('stack entries', () => {
  it('of every kind survive the way out and in', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          sent,
          cell.map((value): TupleItem => ({ type: 'builder', cell: value })),
        ),
        (item) => {
          expect(comparable(parseStackEntry(showStackEntry(item)))).toEqual(comparable(item))
        },
      ),
    )
  })

  it('are numbers in decimal and hexadecimal, negative ones too', () => {
    fc.assert(
      fc.property(int257, (value) => {
        const hex = `${value < 0n ? '-' : ''}0x${(value < 0n ? -value : value).toString(16)}`
        for (const text of [value.toString(), hex]) {
          expect(parseStackEntry(['num', text])).toEqual({ type: 'int', value })
        }
      }),
    )
  })

  it.each([
    ['num', '0x'],
    ['num', 'ten'],
    ['num', ''],
    ['num', '1e3'],
    ['num', { toString: 1 }],
    ['num', (2n ** 256n).toString()],
    ['num', (-(2n ** 256n) - 1n).toString()],
    ['num', '9'.repeat(100_000)],
    ['tvm.Cell', 'not a boc'],
    ['tvm.Cell', 7],
    ['tvm.Slice', null],
    ['tvm.Cell', ''],
    ['tuple', []],
    ['', ''],
  ])('that make no sense are refused: %j', (type, value) => {
    expect(() => parseStackEntry([type, value])).toThrow(expect.objectContaining({ status: 422 }))
  })
})

describe('a get-method', () => {
  let devnet: Devnet
  let test: TestClient
  beforeAll(async () => {
    devnet = await startDevnet({ listen: { host: '127.0.0.1', port: 0 }, blockMs: 20 })
    test = openTestClient(devnet)
    await test.fund(walletOf('deployer').address, '10')
  })
  afterAll(() => devnet.stop())

  it('is given, and gives TonClient, what the TVM holds', async () => {
    const address = await deploy(test, walletOf('deployer'), codes.echo, '0.1')
    await fc.assert(
      fc.asyncProperty(fc.array(sent, { maxLength: 8 }), async (items) => {
        const { stack } = await test.client.runMethod(address, 'anything', items)
        const answer = Array.from({ length: stack.remaining }, () => stack.pop())
        expect(answer.map(comparable)).toEqual(items.map(comparable))
      }),
      { numRuns: 40 },
    )
  })

  it.each([
    ['a continuation', codes.continuation],
    ['not a number', codes.notANumber],
    ['a builder in a tuple', codes.builderInTuple],
  ])('that gives %s has no answer in the dialect', async (_what, code) => {
    const address = await deploy(test, walletOf('deployer'), code, '0.1')
    const refused = await test.rpc('runGetMethod', { address: address.toString(), method: 'anything', stack: [] })
    expect(refused).toMatchObject({ status: 542, body: { ok: false, code: 542 } })
  })

  it('gives null and builders', async () => {
    const mixed = await deploy(test, walletOf('deployer'), codes.nullAndBuilder, '0.1')
    const { stack: answer } = await test.client.runMethod(mixed, 'anything')
    expect([answer.pop().type, answer.pop().type]).toEqual(['null', 'builder'])
  })

  it('gives tuples', async () => {
    const address = await deploy(test, walletOf('deployer'), codes.pair, '0.1')
    await fc.assert(
      fc.asyncProperty(int257, cell, async (value, inside) => {
        const items: TupleItem[] = [
          { type: 'int', value },
          { type: 'cell', cell: inside },
        ]
        const { stack } = await test.client.runMethod(address, 'anything', items)
        const tuple = stack.pop()
        // TonClient leaves what is in a tuple bare.
        const [first, second]: unknown[] = tuple.type === 'tuple' ? tuple.items : []
        expect(first).toBe(value)
        expect(second instanceof Cell && second.equals(inside)).toBe(true)
      }),
      { numRuns: 10 },
    )
  })
})
