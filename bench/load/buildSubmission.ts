import {
  canonicalJson,
  descriptorDocument,
  type KnownAnswer,
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
import { agreedResult } from './agreedResult.ts'
import type { RequestersJob } from './jobs.ts'

export type SubmissionOptions = Omit<RequestersJob, 'requesters' | 'ratePerSecond'> & {
  requester: string
  escrow: string
  sessionKey: Signer
}

export type BuiltSubmission = { taskIds: string[]; body: string }

const inputBytes = new TextEncoder().encode('one line')
const input = {
  source: 'inline' as const,
  hash: `sha256:${toHex(sha256(inputBytes))}`,
  data: toBase64(inputBytes),
}

const describe = (options: SubmissionOptions): Submission['items'][number] => {
  const known: KnownAnswer | undefined = options.knownAnswers ? { value: agreedResult, salt: randomHex(32) } : undefined
  const descriptor: TaskDescriptor = {
    version: 1,
    network: options.network.network,
    vault: options.network.vault,
    task_id: crypto.randomUUID(),
    task_type: 'inference',
    operation: 'ocr',
    model: 'pp-ocrv4-rec',
    input,
    params: {},
    constraints: { time_limit_sec: 5, max_energy_mwh: 20 },
    reward: { amount_ton: options.rewardTon },
    validation: options.validation,
    reference_commitment: known === undefined ? randomHex(32) : referenceCommitmentOf(known),
    requester: { address: options.requester, public_key: options.sessionKey.publicKey },
    nonce: randomHex(16),
    created_at: Date.now(),
  }
  return { descriptor, ...(known !== undefined && { known_answer: known }) }
}

/** Describes tasks and signs them with one signature. */
export const buildSubmission = async (options: SubmissionOptions, count: number): Promise<BuiltSubmission> => {
  const { network, sessionKey } = options
  const items = Array.from({ length: count }, () => describe(options))
  const { batch } = await signBatch({
    kind: 'descriptor',
    origin: { network: network.network, vault: network.vault },
    signer: sessionKey,
    recipient: network.coordinator_key,
    hashes: items.map(({ descriptor }) => descriptorDocument.hash(descriptor)),
    timestamp: Date.now(),
  })
  const authorisation = await signAuthorisation(
    { network: network.network, escrow: options.escrow, maxCumulativeNano: BigInt(options.maxCumulativeNano) },
    sessionKey,
  )
  const submission: Submission = { batch, authorisation, items }
  return { taskIds: items.map(({ descriptor }) => descriptor.task_id), body: canonicalJson(submission) }
}
