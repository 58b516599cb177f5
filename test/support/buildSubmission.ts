import {
  type BatchHeader,
  batchDocument,
  canonicalJson,
  descriptorDocument,
  type KnownAnswer,
  type NetworkConfig,
  randomHex,
  referenceCommitmentOf,
  sha256,
  signAuthorisation,
  signBatch,
  type Signer,
  type Submission,
  type TaskDescriptor,
  toBase64,
  toHex,
} from '@gstd/sdk'
import type { FundedRequester } from './fundRequesters.ts'

export type SubmissionItem = { descriptor: TaskDescriptor; known_answer?: KnownAnswer }

/** @returns an inline input of the given bytes */
export const inlineInput = (bytes: Uint8Array) => ({
  source: 'inline' as const,
  hash: `sha256:${toHex(sha256(bytes))}`,
  data: toBase64(bytes),
})

/** Makes a task that intake takes; `changes` may make it one that it does not. */
export const makeItem = (
  network: NetworkConfig,
  requester: Pick<FundedRequester, 'address' | 'sessionKey'>,
  changes: object = {},
  knownAnswer?: unknown[],
): SubmissionItem => {
  const known = knownAnswer && { value: knownAnswer, salt: randomHex(32) }
  const descriptor = {
    version: 1,
    network: network.network,
    vault: network.vault,
    task_id: crypto.randomUUID(),
    task_type: 'inference',
    operation: 'ocr',
    model: 'pp-ocrv4-rec',
    input: inlineInput(new TextEncoder().encode('one line')),
    params: {},
    constraints: { time_limit_sec: 5, max_energy_mwh: 20 },
    reward: { amount_ton: '0.01' },
    validation: 'reference',
    reference_commitment: known === undefined ? randomHex(32) : referenceCommitmentOf(known),
    requester: { address: requester.address, public_key: requester.sessionKey.publicKey },
    nonce: randomHex(16),
    created_at: Date.now(),
    ...changes,
  } as TaskDescriptor
  return { descriptor, ...(known !== undefined && { known_answer: known }) }
}

export type SubmissionOptions = {
  network: NetworkConfig
  requester: FundedRequester
  items: readonly SubmissionItem[]
  /** Put into the header before it is signed. */
  header?: Partial<BatchHeader>
  /** Signs the header in place of the session key. */
  signer?: Signer
  authorisation?: { maxCumulativeNano?: bigint; escrow?: string; signer?: Signer }
  /** Alters the finished document. */
  alter?: (submission: Submission) => unknown
}

/** @returns the body of `POST /api/v1/tasks`, signed after all changes but `alter`'s */
export const makeBody = async (options: SubmissionOptions): Promise<string> => {
  const { network, requester, items, authorisation: asked = {} } = options
  const { batch } = await signBatch({
    kind: 'descriptor',
    origin: { network: network.network, vault: network.vault },
    signer: requester.sessionKey,
    recipient: network.coordinator_key,
    hashes: items.map(({ descriptor }) => descriptorDocument.hash(descriptor)),
    timestamp: Date.now(),
  })
  const header = { ...batch.header, ...options.header }
  const signature = await (options.signer ?? requester.sessionKey).sign(batchDocument.hash(header))
  const authorisation = await signAuthorisation(
    {
      network: network.network,
      escrow: asked.escrow ?? requester.escrow,
      maxCumulativeNano: asked.maxCumulativeNano ?? 900_000_000_000n,
    },
    asked.signer ?? requester.sessionKey,
  )
  const submission: Submission = { batch: { header, signature }, authorisation, items: [...items] }
  return canonicalJson(options.alter?.(submission) ?? submission)
}
