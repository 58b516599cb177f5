import { describe, expect, it } from 'vitest'
import { toHex } from '../canonical/hex.ts'
import { alterationsOf } from '../verification/alterations.testing.ts'
import { auditor, coordinator, hashOf, origin } from '../verification/receiptParties.testing.ts'
import { type LogEntryKind, logEntrySchema } from './entries.ts'
import { type LogEntry, logEntryHash, parseLogEntry } from './logEntry.ts'
import { type LogHead, logHeadDocument, signedHeadSchema, signHead, verifyHead } from './logHead.ts'
import { type Refusal, signRefusal, signedRefusalSchema, verifyRefusal } from './refusal.ts'
import { taskLeafHash } from './taskLeaf.ts'

const malformed = expect.objectContaining({ code: 'DOCUMENT_MALFORMED' })
const unsigned = expect.objectContaining({ code: 'SIGNATURE_INVALID' })

const task_id = '00000000-0000-4000-8000-000000000001'
const commitment: LogEntry = {
  index: 7,
  at: 1_790_000_000_000,
  kind: 'commitment',
  body: { task_id, attempt: 2, device_id: 'ab'.repeat(16), commitment: 'cd'.repeat(32), observed_ms: 412.5 },
}

describe('log entries', () => {
  it('are read as they are written', () => {
    expect(parseLogEntry(JSON.parse(JSON.stringify(commitment)))).toEqual(commitment)
  })

  it.each([
    ['an unknown kind', { ...commitment, kind: 'gossip' }],
    ['another kind’s body', { ...commitment, kind: 'executed' }],
    ['an unknown field', { ...commitment, body: { ...commitment.body, note: '' } }],
    ['an unknown field beside the body', { ...commitment, seen: true }],
    ['a negative index', { ...commitment, index: -1 }],
    ['no body', { index: 1, at: 1, kind: 'executed' }],
    ['nothing', undefined],
  ])('are refused with %s', (_name, value) => {
    expect(() => parseLogEntry(value)).toThrow(malformed)
  })

  it('hash every field, their place, and the network and vault they are for', () => {
    const hashes = [...alterationsOf(commitment)].flatMap(({ value }) => {
      const parsed = logEntrySchema.safeParse({ kind: (value as LogEntry).kind, body: (value as LogEntry).body })
      return parsed.success ? [toHex(logEntryHash(value as LogEntry, origin))] : []
    })
    expect(hashes.length).toBeGreaterThan(10)
    const own = toHex(logEntryHash(commitment, origin))
    expect(hashes).not.toContain(own)
    expect(toHex(logEntryHash(commitment, { ...origin, network: -239 }))).not.toBe(own)
    expect(toHex(logEntryHash(commitment, { ...origin, vault: `0:${'22'.repeat(32)}` }))).not.toBe(own)
  })

  it('are of these kinds', () => {
    const kinds: LogEntryKind[] = logEntrySchema.options.map(({ shape }) => shape.kind.value)
    expect(kinds).toEqual([
      'parameters',
      'device',
      'task',
      'dispatch',
      'commitment',
      'reveal',
      'attestation',
      'seat_end',
      'verdict',
      'charge',
      'commit',
      'unfreeze',
      'uncommit',
      'cosignature',
      'refusal',
      'cancelled',
      'executed',
      'vetoed',
      'uncommitted',
      'reclaimed',
    ])
  })
})

describe('heads', () => {
  const head: LogHead = {
    version: 1,
    ...origin,
    size: 12,
    root: hashOf('root'),
    drawn: [hashOf('a'), hashOf('b')],
    timestamp: 1_790_000_000_000,
  }

  it('are the auditor’s, whole and unaltered', async () => {
    const signed = await signHead(head, auditor)
    await verifyHead(signedHeadSchema.parse(signed), auditor.publicKey)
    await expect(verifyHead(signed, coordinator.publicKey)).rejects.toThrow(unsigned)
    await expect(verifyHead(await signHead(head, coordinator), auditor.publicKey)).rejects.toThrow(unsigned)
    const posing = { ...(await signHead(head, coordinator)), auditor_key: auditor.publicKey }
    await expect(verifyHead(posing, auditor.publicKey)).rejects.toThrow(unsigned)
    for (const { value } of alterationsOf(signed)) {
      const parsed = signedHeadSchema.safeParse(value)
      if (parsed.success) await expect(verifyHead(parsed.data, auditor.publicKey)).rejects.toThrow(unsigned)
    }
  })

  it('hash what was drawn, in its order', () => {
    const reversed = { ...head, drawn: head.drawn.toReversed() }
    expect(logHeadDocument.id(reversed)).not.toBe(logHeadDocument.id(head))
  })
})

describe('refusals', () => {
  const refusal: Refusal = { version: 1, ...origin, hash: hashOf('entry'), reason: 'the sums differ' }

  it('are the auditor’s, whole and unaltered', async () => {
    const signed = await signRefusal(refusal, auditor)
    await verifyRefusal(signedRefusalSchema.parse(signed), auditor.publicKey)
    await expect(verifyRefusal(signed, coordinator.publicKey)).rejects.toThrow(unsigned)
    for (const { value } of alterationsOf(signed)) {
      const parsed = signedRefusalSchema.safeParse(value)
      if (parsed.success) await expect(verifyRefusal(parsed.data, auditor.publicKey)).rejects.toThrow(unsigned)
    }
  })
})

describe('task leaves', () => {
  it('hash every field', () => {
    const leaf = {
      task_id,
      device_id: 'ab'.repeat(16),
      attempt: 1,
      amount_nano: '11',
      result_hash: hashOf('result'),
      proof_hash: hashOf('proof'),
    }
    const own = toHex(taskLeafHash(leaf))
    const others = [...alterationsOf(leaf)].map(({ value }) => toHex(taskLeafHash(value as typeof leaf)))
    expect(others.length).toBeGreaterThan(15)
    expect(others).not.toContain(own)
  })
})
