import { readFileSync } from 'node:fs'
import { Address, type Cell } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { toHex } from '../canonical/hex.ts'
import { authorisationHash } from '../documents/authorisation.ts'
import { buildAuthorise } from './chargeBody.ts'
import { chargeCellOf, commitCellOf, payoutBatchesOf } from './settlementBodies.ts'

const vectors = JSON.parse(readFileSync(new URL('./vectors/cells.json', import.meta.url), 'utf8'))
const hashOf = (cell: Cell): string => cell.hash().toString('hex')
const tooLarge = expect.objectContaining({ code: 'DOCUMENT_MALFORMED' })

const {
  origin,
  fields: charge,
}: { origin: Parameters<typeof chargeCellOf>[1]; fields: Parameters<typeof chargeCellOf>[0] } = vectors.charge
const commit: Parameters<typeof commitCellOf>[0] = vectors.commit.fields

/** Another value of the same shape, for each number and text in turn. */
const changedFields = <Fields extends object>(fields: Fields): [field: string, changed: Fields][] =>
  Object.entries(fields).flatMap(([field, value]): [string, Fields][] => {
    if (typeof value === 'number') return [[field, { ...fields, [field]: value + 1 }]]
    if (typeof value !== 'string') return []
    return [[field, { ...fields, [field]: value.replace(/.$/, (last) => (last === '1' ? '2' : '1')) }]]
  })

describe('commitCellOf', () => {
  it('has the hash of its golden vector', () => {
    expect(hashOf(commitCellOf(commit, origin))).toBe(vectors.commit.hash)
  })

  it('binds every field, the network and the vault', () => {
    const cells = changedFields(commit).map(([, changed]) => commitCellOf(changed, origin))
    const elsewhere = [
      commitCellOf(commit, { ...origin, network: -239 }),
      commitCellOf(commit, { ...origin, vault: `0:${'77'.repeat(32)}` }),
    ]
    const hashes = [commitCellOf(commit, origin), ...cells, ...elsewhere].map(hashOf)
    expect(new Set(hashes).size).toBe(Object.keys(commit).length + 3)
  })

  it.each([{ epoch: 2 ** 32 }, { valid_until_sec: 2 ** 32 }, { total_nano: `1${'0'.repeat(40)}` }])(
    'refuses what its cell cannot hold: %j',
    (change) => {
      expect(() => commitCellOf({ ...commit, ...change }, origin)).toThrow(tooLarge)
    },
  )
})

describe('chargeCellOf', () => {
  it('has the hash of its golden vector', () => {
    expect(hashOf(chargeCellOf(charge, origin))).toBe(vectors.charge.hash)
  })

  it('binds everything but the list of tasks, for which the root stands, and the requester, for whom the escrow does', () => {
    const unbound = changedFields(charge)
      .filter(([, changed]) => hashOf(chargeCellOf(changed, origin)) === vectors.charge.hash)
      .map(([field]) => field)
    expect(unbound).toEqual(['requester'])
    expect(hashOf(chargeCellOf({ ...charge, task_ids: [] }, origin))).toBe(vectors.charge.hash)
    const higher = { ...charge.authorisation, max_cumulative_nano: '900000001' }
    const unsigned = { ...charge.authorisation, signature: '00'.repeat(64) }
    for (const authorisation of [higher, unsigned]) {
      expect(hashOf(chargeCellOf({ ...charge, authorisation }, origin))).not.toBe(vectors.charge.hash)
    }
  })

  it.each([{ epoch: 2 ** 32 }, { valid_until_sec: 2 ** 33 }])('refuses what its cell cannot hold: %j', (change) => {
    expect(() => chargeCellOf({ ...charge, ...change }, origin)).toThrow(tooLarge)
  })
})

describe('payoutBatchesOf', () => {
  const payout = (byte: string, amount_nano = '5') => ({ address: `0:${byte.repeat(32)}`, amount_nano })

  it('chains the batches, and binds every payout and their order', () => {
    const [a, b] = [payout('aa'), payout('bb')]
    expect(payoutBatchesOf({ payouts: [] })).toEqual({ head: '00'.repeat(32), totalNano: 0n, batches: [] })
    expect(payoutBatchesOf({ payouts: [a, b] }).totalNano).toBe(10n)
    const heads = [[a, b], [b, a], [a], [a, payout('bb', '6')]].map((payouts) => payoutBatchesOf({ payouts }).head)
    expect(new Set(heads).size).toBe(4)
    const many = Array.from({ length: 501 }, (_, index) => payout((index % 256).toString(16).padStart(2, '0')))
    const { batches, head } = payoutBatchesOf({ payouts: many })
    expect(batches).toHaveLength(3)
    const next = batches.map((batch) => batch.beginParse().loadUintBig(256).toString(16).padStart(64, '0'))
    expect([head, ...next]).toEqual([...batches.map(hashOf), '00'.repeat(32)])
  })

  it('refuses an amount over 64 bits, and an address beyond the basechain', () => {
    expect(() => payoutBatchesOf({ payouts: [payout('aa', (2n ** 64n).toString())] })).toThrow(tooLarge)
    expect(() => payoutBatchesOf({ payouts: [{ ...payout('aa'), address: `-1:${'aa'.repeat(32)}` }] })).toThrow(
      expect.objectContaining({ code: 'CHAIN_STATE_INVALID' }),
    )
  })
})

describe('authorisationHash', () => {
  it.each([0n, 1n, 1_234_567_890n, 2n ** 128n - 1n])(
    'is the hash of the cell it stands for: %s',
    (maxCumulativeNano) => {
      for (const escrow of [`0:${'ab'.repeat(32)}`, `-1:${'cd'.repeat(32)}`]) {
        for (const network of [-239, -3]) {
          const cell = buildAuthorise({ network, escrow: Address.parseRaw(escrow), maxCumulativeNano })
          expect(toHex(authorisationHash({ network, escrow, maxCumulativeNano }))).toBe(hashOf(cell))
        }
      }
    },
  )
})
