import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { toHex } from '../canonical/hex.ts'
import { reputationLeafHash } from './reputationLeaf.ts'

const device_id = 'ef'.repeat(16)

describe('reputationLeafHash', () => {
  it.each([
    [0, '00000000'],
    [0.501234, '0007a5f2'],
    [1, '000f4240'],
  ])('hashes %s in bytes that a contract can write', (reputation, millionths) => {
    const expected = createHash('sha256')
      .update('gstd/reputation-leaf/v1\n')
      .update(Buffer.from(device_id + millionths, 'hex'))
      .digest('hex')
    expect(toHex(reputationLeafHash({ device_id, reputation }))).toBe(expected)
  })

  it.each([
    ['0', '00', 0.25, '0003d090'],
    ['-1', 'ff', 1, '000f4240'],
  ])('hashes a requester of workchain %s under a domain of its own', (workchain, byte, reputation, millionths) => {
    const account = 'ab'.repeat(32)
    const expected = createHash('sha256')
      .update('gstd/requester-reputation-leaf/v1\n')
      .update(Buffer.from(byte + account + millionths, 'hex'))
      .digest('hex')
    expect(toHex(reputationLeafHash({ requester: `${workchain}:${account}`, reputation }))).toBe(expected)
  })

  it('tells every step apart', () => {
    const hashes = Array.from({ length: 1000 }, (_, step) =>
      toHex(reputationLeafHash({ device_id, reputation: (step + 123_456) / 1_000_000 })),
    )
    expect(new Set(hashes).size).toBe(1000)
  })
})
