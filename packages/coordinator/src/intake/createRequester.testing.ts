import {
  canonicalBytes,
  createSigner,
  descriptorDocument,
  type KnownAnswer,
  type NetworkParameters,
  type Origin,
  randomHex,
  referenceCommitmentOf,
  sha256,
  signAuthorisation,
  signBatch,
  type Signer,
  type TaskDescriptor,
  toBase64,
  toHex,
} from '@gstd/sdk'
import type { EscrowState, RequesterChain } from './requesterView.ts'

export type SignedItem = { descriptor: TaskDescriptor; known_answer?: KnownAnswer }

/** A requester with a session key, and its escrow as the chain would show it. */
export type RequesterForTests = {
  address: string
  sessionKey: Signer
  /** May be changed by a test, as the chain changes. */
  escrow: EscrowState
  /** Answers for this requester only. */
  chain: RequesterChain
  item(nowMs: number, changes?: Partial<TaskDescriptor>, knownAnswer?: unknown[]): SignedItem
  /** @returns the bytes of a submission, authorised for more than the escrow holds */
  sign(items: readonly SignedItem[], parameters: NetworkParameters, nowMs: number): Promise<Uint8Array<ArrayBuffer>>
}

const TON = 1_000_000_000n

/** @returns an inline input. */
const inlineInput = (bytes: Uint8Array) => ({
  source: 'inline' as const,
  hash: `sha256:${toHex(sha256(bytes))}`,
  data: toBase64(bytes),
})

/** A requester that exists elsewhere, such as on a chain. */
export type KnownRequester = { address: string; escrow: string; sessionKey: Signer }

/** Makes a requester with 100 TON in its escrow. */
export const createRequester = (origin: Origin, known?: KnownRequester): RequesterForTests => {
  const address = known?.address ?? `0:${randomHex(32)}`
  const sessionKey = known?.sessionKey ?? createSigner(randomHex(32))
  const session = { key: sessionKey.publicKey, capNano: 1000n * TON, expiresAtSec: 4_000_000_000 }
  const escrow: EscrowState = {
    address: known?.escrow ?? `0:${randomHex(32)}`,
    session,
    previousSession: { key: '0'.repeat(64), capNano: 0n, expiresAtSec: 0 },
    balanceNano: 100n * TON,
    chargedNano: 0n,
    tasks: 0,
    closeAtSec: 0,
  }
  return {
    address,
    sessionKey,
    escrow,
    chain: {
      readEscrow: async (requester) => (requester === address ? escrow : undefined),
      readGstdBalance: async () => 5000n * TON,
    },
    item: (nowMs, changes = {}, value) => {
      const known = value && { value, salt: randomHex(32) }
      const descriptor: TaskDescriptor = {
        version: 1,
        ...origin,
        task_id: crypto.randomUUID(),
        task_type: 'inference',
        operation: 'ocr',
        model: 'pp-ocrv4-rec',
        input: inlineInput(new Uint8Array([1, 2, 3])),
        params: {},
        constraints: { time_limit_sec: 5, max_energy_mwh: 20 },
        reward: { amount_ton: '0.01' },
        validation: 'reference',
        reference_commitment: known === undefined ? randomHex(32) : referenceCommitmentOf(known),
        requester: { address, public_key: sessionKey.publicKey },
        nonce: randomHex(16),
        created_at: nowMs,
        ...changes,
      }
      return { descriptor, ...(known !== undefined && { known_answer: known }) }
    },
    sign: async (items, parameters, nowMs) => {
      const { batch } = await signBatch({
        kind: 'descriptor',
        origin,
        signer: sessionKey,
        recipient: parameters.coordinator_key,
        hashes: items.map(({ descriptor }) => descriptorDocument.hash(descriptor)),
        timestamp: nowMs,
      })
      const maxCumulativeNano = 2n * (escrow.chargedNano + escrow.balanceNano)
      const authorisation = await signAuthorisation(
        { network: origin.network, escrow: escrow.address, maxCumulativeNano },
        sessionKey,
      )
      return canonicalBytes({ batch, authorisation, items })
    },
  }
}
