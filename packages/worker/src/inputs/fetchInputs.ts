import {
  checkInputUri,
  fromBase64,
  GstdError,
  type InputPolicy,
  limits,
  sha256,
  toGstdError,
  toHex,
  type WorkOrder,
} from '@gstd/sdk'
import { fetchHttp, type FetchHttpOptions } from './fetchHttp.ts'

type OrderInput = WorkOrder['input'][number]

export type InputSources = {
  policy: InputPolicy
  /** Base URL of an IPFS gateway that serves raw blocks; the owner's choice, so it may be on this machine. */
  ipfsGateway: string
}

/** One input that the device could not get; `item` is its index. */
export class InputError extends Error {
  readonly item: number
  override readonly cause: GstdError

  constructor(item: number, cause: GstdError) {
    super(cause.message)
    this.name = 'InputError'
    this.item = item
    this.cause = cause
  }
}

/** All inputs of one order together, so that a hostile order cannot fill the memory: 256 × 16 MiB would. */
const MAX_ORDER_BYTES = 64 * 1024 * 1024
const PARALLEL_FETCHES = 4

const fetchBlock = async (cid: string, sources: InputSources, options: FetchHttpOptions): Promise<Uint8Array> => {
  const gateway = new URL(sources.ipfsGateway)
  const base = gateway.href.replace(/\/+$/, '')
  return fetchHttp(`${base}/ipfs/${cid}?format=raw`, {
    ...options,
    trustedHost: gateway,
    headers: { accept: 'application/vnd.ipld.raw' },
  })
}

const fetchInput = async (
  input: OrderInput,
  data: string | null | undefined,
  sources: InputSources,
  options: FetchHttpOptions,
): Promise<Uint8Array> => {
  if (input.source === 'inline') {
    if (typeof data !== 'string') throw new GstdError('INPUT_UNAVAILABLE', 'the order came without its inline bytes')
    return fromBase64(data)
  }
  if (input.uri === undefined) throw new GstdError('INPUT_SOURCE_REFUSED', `an ${input.source} input needs a uri`)
  const checked = checkInputUri({ source: input.source, uri: input.uri, hash: input.hash }, sources.policy)
  return checked.kind === 'http' ? fetchHttp(checked.url, options) : fetchBlock(checked.cid, sources, options)
}

/**
 * Fetches all inputs of an order and checks each against its hash.
 *
 * @param data - inline bytes in base64, in the order of the inputs
 * @throws InputError for the first input that is not there, not allowed, or not what its hash says
 */
export const fetchInputs = async (
  inputs: readonly OrderInput[],
  data: readonly (string | null)[],
  sources: InputSources,
  signal: AbortSignal,
): Promise<Uint8Array[]> => {
  const fetched: Uint8Array[] = []
  const giveUp = new AbortController()
  const options = { policy: sources.policy, signal: AbortSignal.any([signal, giveUp.signal]) }
  let totalBytes = 0
  let next = 0
  const fetchSome = async (): Promise<void> => {
    for (let item = next++; item < inputs.length; item = next++) {
      const input = inputs[item]
      if (input === undefined) return
      try {
        const bytes = await fetchInput(input, data[item], sources, {
          ...options,
          maxBytes: Math.min(limits.fetchedBytes, MAX_ORDER_BYTES - totalBytes),
        })
        totalBytes += bytes.length
        if (totalBytes > MAX_ORDER_BYTES) {
          throw new GstdError('INPUT_UNAVAILABLE', `the inputs have more than ${MAX_ORDER_BYTES} bytes together`)
        }
        const actual = `sha256:${toHex(sha256(bytes))}`
        if (actual !== input.hash) {
          throw new GstdError('INPUT_HASH_MISMATCH', `the bytes have the hash ${actual}, the order says ${input.hash}`)
        }
        fetched[item] = bytes
      } catch (error) {
        throw new InputError(item, toGstdError(error))
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(PARALLEL_FETCHES, inputs.length) }, fetchSome))
  } finally {
    giveUp.abort()
  }
  return fetched
}
