import { Address, Cell } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { buildMerkleTree } from '../merkle/merkleTree.ts'
import { updateReputation } from './accountMessages.ts'
import { buildProposeBody, buildSlashBody, buildUncommitBody, buildUnfreezeBody } from './guardBodies.ts'

const at = (byte: string): Address => Address.parseRaw(`0:${byte.repeat(32)}`)
const signedFor = { network: -3, vault: at('11'), validUntilSec: 1_790_000_000 }
const change = { coordinatorKey: 'c0'.repeat(32), auditorKey: 'a0'.repeat(32), guardian: at('99') }
const slash = {
  account: at('dd'),
  slashSeq: 1,
  amountNano: 1_000_000_000n,
  reason: 'invalid_proof',
  evidenceHash: 'e1'.repeat(32),
} as const

const bodies = {
  unfreeze: (fields = {}) => buildUnfreezeBody({ ...signedFor, frozenAtSec: 1_789_000_000, ...fields }),
  uncommit: (fields = {}) => buildUncommitBody({ ...signedFor, epoch: 7, next: 'ab'.repeat(32), ...fields }),
  propose: (fields = {}) => buildProposeBody({ ...signedFor, number: 3, change, ...fields }),
  slash: (fields = {}) => buildSlashBody({ ...signedFor, ...slash, ...fields }),
}

const ownFields: Record<keyof typeof bodies, object[]> = {
  unfreeze: [{ frozenAtSec: 1 }],
  uncommit: [{ epoch: 8 }, { next: 'ac'.repeat(32) }],
  propose: [
    { number: 4 },
    { change: { ...change, coordinatorKey: 'c1'.repeat(32) } },
    { change: { ...change, auditorKey: 'a1'.repeat(32) } },
    { change: { ...change, guardian: at('98') } },
    { change: { ...change, code: Cell.EMPTY } },
  ],
  slash: [
    { account: at('de') },
    { slashSeq: 2 },
    { amountNano: 1n },
    { reason: 'malicious_behavior' },
    { evidenceHash: 'e2'.repeat(32) },
  ],
}
const shared = [{ network: -239 }, { vault: at('12') }, { validUntilSec: 1 }]

const hashOf = (cell: Cell): string => cell.hash().toString('hex')
const names = Object.keys(bodies) as (keyof typeof bodies)[]

describe('what coordinator and auditor sign beside charges and commits', () => {
  it.each(names)('binds every field: %s', (name) => {
    const changes = [{}, ...shared, ...ownFields[name]]
    expect(new Set(changes.map((fields) => hashOf(bodies[name](fields)))).size).toBe(changes.length)
  })

  it('is never the same for two purposes', () => {
    expect(new Set(names.map((name) => hashOf(bodies[name]()))).size).toBe(names.length)
  })

  it('has the hashes of its golden vectors', () => {
    expect(Object.fromEntries(names.map((name) => [name, hashOf(bodies[name]())]))).toMatchInlineSnapshot(`
      {
        "propose": "e7e926c323ac49165c0af80c9d078f6978835792e6927c9844a81f43fca74498",
        "slash": "bfc5c9fe35975775f1d6ea29d072937e7a1b12be13ce57770a407626c61c82a0",
        "uncommit": "48031d31bc3afbc0d6f19b37a57594677de8893aec251ac01ada614f8835cdfb",
        "unfreeze": "2226a1a65945db89a9bd82475748077827aec87dd3876a418187b24e5fd90d69",
      }
    `)
  })
})

describe('updateReputation', () => {
  const leaves = Array.from({ length: 9 }, (_, index) => new Uint8Array(32).fill(index))
  const { path } = buildMerkleTree(leaves)
  const message = { account: at('dd'), deviceId: 'd1'.repeat(16), reputation: 0.5 }

  it('holds every sibling, at most three to a cell', () => {
    const body = updateReputation({ ...message, position: { index: 3, count: 9, path: path(3) } })
    const counts: number[] = []
    for (let cell = body.refs[0]; cell !== undefined; cell = cell.refs[0]) counts.push(cell.beginParse().loadUint(2))
    expect(counts).toEqual([3, 1])
  })

  it('refuses a path that does not fit its place', () => {
    for (const wrong of [
      path(3).slice(1),
      [...path(3), new Uint8Array(32)],
      [new Uint8Array(31), ...path(3).slice(1)],
    ]) {
      expect(() => updateReputation({ ...message, position: { index: 3, count: 9, path: wrong } })).toThrow(
        expect.objectContaining({ code: 'DOCUMENT_MALFORMED' }),
      )
    }
  })
})
