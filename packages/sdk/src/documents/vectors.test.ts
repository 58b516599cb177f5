import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../canonical/canonicalJson.ts'
import { toHex } from '../canonical/hex.ts'
import { verifySettlement } from '../contracts/verifySettlement.ts'
import { createSigner } from '../crypto/ed25519.ts'
import { challengeDocument, inputUnavailableDocument, startedDocument } from '../device/signedNotices.ts'
import { logEntryHash, parseLogEntry } from '../log/logEntry.ts'
import { logHeadDocument } from '../log/logHead.ts'
import { refusalDocument } from '../log/refusal.ts'
import { type TaskLeaf, taskLeafHash } from '../log/taskLeaf.ts'
import { modelHashOf } from '../operations/modelManifest.ts'
import { type ReceiptTrust, verifyReceipt } from '../verification/verifyReceipt.ts'
import { batchDocument } from './batch.ts'
import { certificateDocument } from './certificate.ts'
import { resultHashOf } from './commitment.ts'
import { descriptorDocument } from './descriptor.ts'
import { parametersDocument } from './parameters.ts'
import { proofDocument } from './proof.ts'
import { receiptDocument } from './receipt.ts'
import { signRequest, verifyRequest } from './request.ts'
import { workOrderDocument } from './workOrder.ts'

type Vector = { document: Record<string, unknown>; hash: string }

const source = new URL('../', import.meta.url)
const read = (path: string) => JSON.parse(readFileSync(new URL(path, source), 'utf8'))
const receipt: Vector & { trust: ReceiptTrust } = read('documents/vectors/receipt.json')
const request: Vector & { header: string } = read('documents/vectors/documents.json').request
const golden: Record<string, Vector> = { ...read('documents/vectors/documents.json'), receipt }

/** These two have hashes of their own making: a cell's, and one of concatenated bytes (documents.test.ts). */
const otherwiseHashed = ['authorisation', 'commitment']
const names = Object.keys(golden).filter((name) => !otherwiseHashed.includes(name))

const parsed = [
  descriptorDocument,
  batchDocument,
  workOrderDocument,
  certificateDocument,
  proofDocument,
  parametersDocument,
  receiptDocument,
  challengeDocument,
  startedDocument,
  inputUnavailableDocument,
  logHeadDocument,
  refusalDocument,
].map((kind) => [kind.name, (document: unknown): string => kind.id(kind.parse(document) as never)] as const)

const hashed: [name: string, hash: (document: never) => string][] = [
  ['result', (result: readonly unknown[]) => resultHashOf(result)],
  ['task-leaf', (leaf: TaskLeaf) => toHex(taskLeafHash(leaf))],
  [
    'log-entry',
    ({ version: _version, network, vault, ...entry }: { version: 1; network: number; vault: string }) =>
      toHex(logEntryHash(parseLogEntry(entry), { network, vault })),
  ],
  ['model', () => modelHashOf(parametersDocument.parse(golden['parameters']?.document).models[0] as never)],
]

describe('golden vectors', () => {
  it('exist for every domain that the sources hash under', () => {
    const texts = globSync('**/*.ts', { cwd: fileURLToPath(source) })
      .filter((path) => !/\.(test|testing)\.ts$/.test(path))
      .map((path) => readFileSync(new URL(path, source), 'utf8'))
    const domains = texts.flatMap((text) =>
      [...text.matchAll(/(?:defineDocument|hashDocument)\(\s*'([a-z-]+)'/g)].map(([, name]) => name),
    )
    expect(new Set(domains)).toEqual(new Set(names))
  })

  it.each(names)('%s: SHA-256 over its domain’s name and its canonical bytes', (name) => {
    const { document, hash } = golden[name] as Vector
    expect(canonicalJson(document)).toBe(sortedJson(document))
    expect(
      createHash('sha256')
        .update(`gstd/${name}/v1\n${sortedJson(document)}`)
        .digest('hex'),
    ).toBe(hash)
  })

  it.each([...parsed, ...hashed])('%s: as the SDK hashes it', (name, hash) => {
    expect(hash(golden[name]?.document as never)).toBe(golden[name]?.hash)
  })

  it('are each hashed by the SDK in one of the tests above, or signed in the one below', () => {
    const tested = [...parsed, ...hashed].map(([name]) => name)
    expect([...tested, 'request'].toSorted()).toEqual(names.toSorted())
  })

  it('request: the header that a session key signs', async () => {
    const { document, header } = request
    const { network, vault, requester, method, path, timestamp } = document as {
      network: number
      vault: string
      requester: string
      method: 'GET'
      path: string
      timestamp: number
    }
    const signer = createSigner('07'.repeat(32))
    expect(await signRequest({ origin: { network, vault }, requester, signer, method, path, timestamp })).toBe(header)
    expect(await verifyRequest(header, { network, vault, method, path, nowMs: timestamp })).toEqual(document)
  })

  it('receipt: one that an earlier version wrote still proves its task and its payment', async () => {
    const document = receiptDocument.parse(receipt.document)
    expect(await verifyReceipt(document, receipt.trust)).toMatchObject({
      outcome: 'accepted',
      rewards: [{ attempt: 2 }],
      paidInEpoch: 7,
    })
    await verifySettlement(document, receipt.trust)
  })
})

/** Canonical JSON for documents whose keys are ASCII, written apart from the library that the SDK uses. */
const sortedJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, child]) => `${JSON.stringify(key)}:${sortedJson(child)}`).join(',')}}`
}
