import { randomBytes } from 'node:crypto'
import { createSigner, type NetworkConfig, randomHex, type Submission, type TaskDescriptor, toHex } from '@gstd/sdk'
import { makeBody, makeItem, inlineInput, type SubmissionOptions } from './buildSubmission.ts'
import type { FundedRequester } from './fundRequesters.ts'

/** What intake must refuse, and how. */
export type BadSubmission = {
  name: string
  code: string
  /** Path of the wrong field, where there is one. */
  path?: string
  body: (context: BadContext) => Promise<string | Uint8Array<ArrayBuffer>>
}

export type BadContext = { network: NetworkConfig; rich: FundedRequester; other: FundedRequester }

const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
const elsewhere = `0:${'99'.repeat(32)}`
const minutes = (count: number) => count * 60_000

/** The same point with a scalar of another spelling, which Ed25519 must not take (RFC 8032 §5.1.7). */
const malleable = (signature: string): string => {
  const reversed = (hex: string) => toHex(new Uint8Array(Buffer.from(hex, 'hex')).toReversed())
  const scalar = BigInt(`0x${reversed(signature.slice(64))}`) + GROUP_ORDER
  return signature.slice(0, 64) + reversed(scalar.toString(16).padStart(64, '0'))
}

/** One task with a field that is wrong. */
const field = (name: string, code: string, changes: object, path?: string): BadSubmission => ({
  name,
  code,
  ...(path !== undefined && { path }),
  body: ({ network, rich }) => makeBody({ network, requester: rich, items: [makeItem(network, rich, changes)] }),
})

/** One good task in a submission that is wrong. */
const envelope = (
  name: string,
  code: string,
  change: (context: BadContext) => Partial<SubmissionOptions>,
  path?: string,
): BadSubmission => ({
  name,
  code,
  ...(path !== undefined && { path }),
  body: (context) => {
    const { network, rich } = context
    return makeBody({ network, requester: rich, items: [makeItem(network, rich)], ...change(context) })
  },
})

const bytes = (
  name: string,
  code: string,
  make: (good: string) => string | Uint8Array<ArrayBuffer>,
): BadSubmission => ({
  name,
  code,
  body: async ({ network, rich }) =>
    make(await makeBody({ network, requester: rich, items: [makeItem(network, rich)] })),
})

const inBatch = (alter: (batch: Submission['batch']) => object) => ({
  alter: (submission: Submission) => ({ ...submission, batch: alter(submission.batch) }),
})

export const badBytes: BadSubmission[] = [
  bytes('no body', 'DOCUMENT_MALFORMED', () => ''),
  bytes('half a document', 'DOCUMENT_MALFORMED', (good) => good.slice(0, -20)),
  bytes('bytes that are no UTF-8', 'DOCUMENT_MALFORMED', () => new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])),
  bytes('null', 'DOCUMENT_MALFORMED', () => 'null'),
  bytes('a list', 'DOCUMENT_MALFORMED', () => '[]'),
  bytes('an empty object', 'DOCUMENT_MALFORMED', () => '{}'),
  bytes('very deep nesting', 'DOCUMENT_MALFORMED', () => '['.repeat(100_000) + ']'.repeat(100_000)),
  bytes('white space', 'DOCUMENT_NOT_CANONICAL', (good) => JSON.stringify(JSON.parse(good), undefined, 1)),
  bytes('another order of keys', 'DOCUMENT_NOT_CANONICAL', (good) => {
    const { authorisation, ...rest } = JSON.parse(good)
    return JSON.stringify({ ...rest, authorisation })
  }),
  bytes('a key twice', 'DOCUMENT_NOT_CANONICAL', (good) => good.replace('{', '{"authorisation":{},')),
  bytes('more than 4 MiB', 'DOCUMENT_TOO_LARGE', (good) => good + ' '.repeat(4 * 1024 * 1024)),
  {
    name: 'more than 1,024 tasks',
    code: 'DOCUMENT_TOO_LARGE',
    path: 'items',
    body: ({ network, rich }) =>
      makeBody({ network, requester: rich, items: Array.from({ length: 1025 }, () => makeItem(network, rich)) }),
  },
  envelope('an unknown field of the submission', 'DOCUMENT_MALFORMED', () => ({
    alter: (submission) => ({ ...submission, surprise: 1 }),
  })),
]

export const badSignatures: BadSubmission[] = [
  envelope('no signature', 'SIGNATURE_MISSING', () => inBatch(({ header }) => ({ header }))),
  envelope('a signature of another key', 'SIGNATURE_INVALID', () => ({ signer: createSigner(randomHex(32)) })),
  envelope('a signature of other bytes', 'SIGNATURE_INVALID', () =>
    inBatch((batch) => ({ ...batch, header: { ...batch.header, timestamp: batch.header.timestamp + 1 } })),
  ),
  envelope('a malleable signature', 'SIGNATURE_INVALID', () =>
    inBatch(({ header, signature }) => ({ header, signature: malleable(signature) })),
  ),
  envelope(
    'a signature in upper case',
    'DOCUMENT_MALFORMED',
    () => inBatch(({ header, signature }) => ({ header, signature: signature.replace(/.$/, 'A') })),
    'batch.signature',
  ),
  envelope('a batch of somebody else', 'SIGNATURE_INVALID', ({ other }) => ({
    header: { signer: other.sessionKey.publicKey },
    signer: other.sessionKey,
  })),
  envelope('tasks of two requesters', 'SIGNATURE_INVALID', ({ network, rich, other }) => ({
    items: [makeItem(network, rich), makeItem(network, { ...other, sessionKey: rich.sessionKey })],
  })),
  envelope('another root', 'MERKLE_PROOF_INVALID', () => ({ header: { root: randomHex(32) } })),
  envelope('another count', 'MERKLE_PROOF_INVALID', () => ({ header: { count: 2 } })),
  envelope('a task that was changed after it was signed', 'MERKLE_PROOF_INVALID', () => ({
    alter: (submission) => {
      const [item] = submission.items
      return { ...submission, items: [{ ...item, descriptor: { ...item?.descriptor, nonce: randomHex(16) } }] }
    },
  })),
  envelope('another network', 'NETWORK_MISMATCH', () => ({ header: { network: -239 } }), 'header.network'),
  envelope('another vault', 'NETWORK_MISMATCH', () => ({ header: { vault: elsewhere } }), 'header.vault'),
  envelope(
    'another recipient',
    'NETWORK_MISMATCH',
    () => ({ header: { recipient: randomHex(32) } }),
    'header.recipient',
  ),
  envelope('a batch of proofs', 'NETWORK_MISMATCH', () => ({ header: { kind: 'proof' } }), 'header.kind'),
  field('a task of another network', 'NETWORK_MISMATCH', { network: -239 }),
  field('a task of another vault', 'NETWORK_MISMATCH', { vault: elsewhere }),
  envelope(
    'a batch of ten minutes ago',
    'CLOCK_SKEWED',
    () => ({ header: { timestamp: Date.now() - minutes(10) } }),
    'batch.header.timestamp',
  ),
  field('a task of ten minutes ago', 'CLOCK_SKEWED', { created_at: Date.now() - minutes(10) }, 'created_at'),
  field('a task of the future', 'CLOCK_SKEWED', { created_at: Date.now() + minutes(20) }, 'created_at'),
  field('a deadline that is over', 'DESCRIPTOR_EXPIRED', { deadline: Date.now() - 1 }, 'deadline'),
]

const limit = (path: string, changes: object) =>
  field(`${path} out of range: ${JSON.stringify(changes)}`, 'LIMITS_OUT_OF_RANGE', changes, path)
const constraint = (changes: Partial<TaskDescriptor['constraints']>) => ({
  constraints: { time_limit_sec: 5, max_energy_mwh: 20, ...changes },
})
const majority = (changes: object) => ({ validation: 'majority', ...changes })
const http = (uri: string) => ({ input: { source: 'http', hash: `sha256:${'00'.repeat(32)}`, uri } })
const notOffered = (changes: object, path: string) =>
  field(`not offered: ${JSON.stringify(changes)}`, 'FEATURE_NOT_OFFERED', changes, path)
const refused = (uri: string) => field(`input from ${uri}`, 'INPUT_SOURCE_REFUSED', http(uri))

export const badDescriptors: BadSubmission[] = [
  field('an unknown field', 'DESCRIPTOR_INVALID', { surprise: 1 }, 'surprise'),
  field('an unknown field inside', 'DESCRIPTOR_INVALID', { reward: { amount_ton: '1', tip: '1' } }, 'reward.tip'),
  field('a key in upper case', 'DESCRIPTOR_INVALID', { nonce: 'A'.repeat(32) }, 'nonce'),
  field('an id that is no uuid v4', 'DESCRIPTOR_INVALID', { task_id: 'task-1' }, 'task_id'),
  field(
    'a reward with ten decimals',
    'DESCRIPTOR_INVALID',
    { reward: { amount_ton: '0.0000000001' } },
    'reward.amount_ton',
  ),
  field('a reward in exponents', 'DESCRIPTOR_INVALID', { reward: { amount_ton: '1e3' } }, 'reward.amount_ton'),
  field('a negative reward', 'DESCRIPTOR_INVALID', { reward: { amount_ton: '-1' } }, 'reward.amount_ton'),
  field('no inputs', 'DESCRIPTOR_INVALID', { input: [] }),
  field('an unknown operation', 'OPERATION_UNKNOWN', { operation: 'mine-bitcoin' }, 'operation'),
  field('an operation named like a property', 'OPERATION_UNKNOWN', { operation: '__proto__' }, 'operation'),
  field('an unknown model', 'MODEL_UNKNOWN', { model: 'gpt-9' }, 'model'),
  field('a model of another operation', 'MODEL_NOT_ALLOWED', { model: 'nsfw-mobilenet-v2' }, 'model'),
  field('unknown params', 'PARAMS_INVALID', { params: { speed: 'fast' } }, 'speed'),
  field('a wrong param', 'PARAMS_INVALID', { params: { layout: 'page' } }, 'layout'),
  limit('constraints.time_limit_sec', constraint({ time_limit_sec: 0.5 })),
  limit('constraints.time_limit_sec', constraint({ time_limit_sec: 5.1 })),
  limit('constraints.max_energy_mwh', constraint({ max_energy_mwh: 0.9 })),
  limit('constraints.max_energy_mwh', constraint({ max_energy_mwh: 51 })),
  limit('reward.amount_ton', { reward: { amount_ton: '0' } }),
  limit('redundancy', majority({ redundancy: 2 })),
  limit('redundancy', majority({ redundancy: 16 })),
  limit('max_devices', majority({ redundancy: 5, max_devices: 4 })),
  limit('max_devices', majority({ max_devices: 16 })),
  limit('redundancy', { redundancy: 3 }),
  limit('redundancy', { max_devices: 6 }),
  limit('deadline', { deadline: Date.now() + minutes(25 * 60) }),
  notOffered({ task_type: 'human' }, 'task_type'),
  notOffered({ task_type: 'agent' }, 'task_type'),
  notOffered({ task_type: 'validation' }, 'task_type'),
  notOffered({ validation: 'ai_check' }, 'validation'),
  notOffered({ validation: 'human' }, 'validation'),
  notOffered({ encryption: { scheme: 'x' } }, 'encryption'),
  field(
    'inline data of more than 32 KiB',
    'DOCUMENT_TOO_LARGE',
    { input: inlineInput(randomBytes(32 * 1024 + 1)) },
    'input.0.data',
  ),
  field('a descriptor of more than 64 KiB', 'DOCUMENT_TOO_LARGE', {
    input: Array.from({ length: 40 }, () => http(`https://example.org/${'x'.repeat(1900)}`).input),
  }),
  field(
    'inline data of another hash',
    'INPUT_HASH_MISMATCH',
    {
      input: { ...inlineInput(randomBytes(10)), hash: `sha256:${'00'.repeat(32)}` },
    },
    'input.0.hash',
  ),
  field('inline input without data', 'INPUT_HASH_MISMATCH', {
    input: { source: 'inline', hash: inlineInput(randomBytes(1)).hash },
  }),
  refused('http://example.org/cat.jpg'),
  refused('https://10.0.0.1/cat.jpg'),
  refused('https://192.168.1.1/cat.jpg'),
  refused('https://169.254.169.254/latest/meta-data'),
  refused('https://[fe80::1]/cat.jpg'),
  refused('https://intranet/cat.jpg'),
  refused('https://user:password@example.org/cat.jpg'),
  refused('file:///etc/passwd'),
  field('a CID that is none', 'INPUT_SOURCE_REFUSED', {
    input: { source: 'ipfs', hash: `sha256:${'00'.repeat(32)}`, uri: 'ipfs://nothing' },
  }),
]

const answered = (
  name: string,
  changes: object,
  value: unknown[],
  alter?: (item: object) => object,
): BadSubmission => ({
  name,
  code: 'REFERENCE_INVALID',
  body: ({ network, rich }) =>
    makeBody({
      network,
      requester: rich,
      items: [makeItem(network, rich, changes, value)],
      ...(alter !== undefined && {
        alter: (submission) => ({ ...submission, items: submission.items.map((item) => alter(item)) }),
      }),
    }),
})

export const badAnswers: BadSubmission[] = [
  answered('a known answer of another commitment', { reference_commitment: randomHex(32) }, [{ text: 'a' }]),
  answered('a known answer with too many outputs', {}, [{ text: 'a' }, { text: 'b' }]),
  answered('a known answer for majority', { validation: 'majority' }, [{ text: 'a' }]),
  answered('a known answer that was changed', {}, [{ text: 'a' }], (item) => ({
    ...item,
    known_answer: { value: [{ text: 'b' }], salt: randomHex(32) },
  })),
]
