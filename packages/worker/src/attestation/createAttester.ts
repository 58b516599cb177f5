import { type DeviceMessage, fromHex, type Origin, signBatch, type Signer } from '@gstd/sdk'
import type { Outbox } from '../outbox/openOutbox.ts'

/** Signs for revealed proofs, many at once: a signature for each would cost more than a core at 10,000 tasks/s. */
export type Attester = {
  /** Signs all revealed proofs that no signature on this connection covers yet. */
  attestNew(): Promise<void>
  /** Signs all revealed proofs that the coordinator has not acknowledged; if one is on its way, once it is there. */
  attestAll(): Promise<void>
  /** A proof has become attestable. */
  onRevealed(idle: boolean): Promise<void>
  /** @returns how many results are over with this */
  onAttested(proofHashes: readonly string[]): Promise<number>
  /** A new connection knows nothing of the signatures sent over the old one. */
  onConnected(): Promise<void>
}

export type AttesterOptions = {
  outbox: Outbox
  signer: Signer
  origin: Origin
  /** The coordinator's public key, the reader of the batches. */
  coordinatorKey: string
  /** Coordinator time, unix ms. */
  now(): number
  send(message: DeviceMessage): boolean
}

const MAX_PROOFS = 1024

/** Creates the attester of one worker. */
export const createAttester = (options: AttesterOptions): Attester => {
  const { outbox, signer, origin, coordinatorKey } = options
  const sent = new Set<string>()
  let requested = false

  const attest = async (proofHashes: readonly string[]): Promise<void> => {
    for (let start = 0; start < proofHashes.length; start += MAX_PROOFS) {
      const part = proofHashes.slice(start, start + MAX_PROOFS)
      const { batch } = await signBatch({
        kind: 'proof',
        origin,
        signer,
        recipient: coordinatorKey,
        hashes: part.map(fromHex),
        timestamp: options.now(),
      })
      if (!options.send({ type: 'attest', batch, proof_hashes: part })) return
      for (const hash of part) sent.add(hash)
    }
  }
  const revealed = (): string[] =>
    outbox.entries().flatMap(({ stage, proof_hash }) => (stage === 'revealed' ? [proof_hash] : []))
  const attestNew = () => attest(revealed().filter((hash) => !sent.has(hash)))

  return {
    attestNew,
    attestAll: async () => {
      requested = outbox.entries().some(({ stage }) => stage === 'revealing')
      await attest(revealed())
    },
    onRevealed: async (idle) => {
      if (!idle && !requested) return
      requested = false
      await attestNew()
    },
    onAttested: async (proofHashes) => {
      const over = new Set(proofHashes)
      let count = 0
      for (const { stage, proof_hash, order_hash } of outbox.entries()) {
        if (stage === 'finished' || !over.has(proof_hash)) continue
        sent.delete(proof_hash)
        await outbox.remove(order_hash)
        count += 1
      }
      return count
    },
    onConnected: async () => {
      sent.clear()
      await attestNew()
    },
  }
}
