import { type DeviceMessage, fromHex, type Origin, signBatch, type Signer } from '@gstd/sdk'

export type ProofGatherer = {
  /** A proof was revealed. */
  add(proofHash: string): void
  /** The coordinator waits for signatures. */
  request(): void
}

export type GathererOptions = {
  origin: Origin
  key: Signer
  coordinatorKey: string
  maxProofs: number
  /** @returns whether further proofs of this device are on their way */
  isBusy(): boolean
  send(message: DeviceMessage): void
  onError(thrown: unknown): void
}

/** Proofs wait at most this long for others under the same signature. */
const GATHER_MS = 100

/** Signs proofs once they are asked for: as many with one signature as there are within a moment. */
export const createProofGatherer = (options: GathererOptions): ProofGatherer => {
  let waiting: string[] = []
  let isRequested = false
  let timer: NodeJS.Timeout | undefined

  const signSome = async (): Promise<void> => {
    const hashes = waiting.slice(0, options.maxProofs)
    waiting = waiting.slice(options.maxProofs)
    const { batch } = await signBatch({
      kind: 'proof',
      origin: options.origin,
      signer: options.key,
      recipient: options.coordinatorKey,
      hashes: hashes.map(fromHex),
      timestamp: Date.now(),
    })
    options.send({ type: 'attest', batch, proof_hashes: hashes })
  }
  const signAll = (): void => {
    clearTimeout(timer)
    timer = undefined
    isRequested = false
    while (waiting.length > 0) signSome().catch(options.onError)
  }
  const look = (): void => {
    if (!isRequested || waiting.length === 0) return
    if (waiting.length >= options.maxProofs || !options.isBusy()) signAll()
    else timer ??= setTimeout(signAll, GATHER_MS)
  }

  return {
    add: (proofHash) => {
      waiting.push(proofHash)
      look()
    },
    request: () => {
      isRequested = true
      look()
    },
  }
}
