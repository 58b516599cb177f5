import { TonClient } from '@ton/ton'
import { GstdError } from '../errors/GstdError.ts'
import type { ChainAccess } from './chainAccess.ts'
import { type ChainAdapter, createChainAdapter } from './createChainAdapter.ts'
import { createPace } from './createPace.ts'

const REQUEST_TIMEOUT_MS = 15_000

/** The limit is the endpoint's, so all clients of one process share it. */
const adapters = new Map<string, ChainAdapter>()

const adapterOf = (endpoint: string, { apiKey, requestsPerSecond }: ChainAccess): ChainAdapter => {
  const key = JSON.stringify([endpoint, apiKey, requestsPerSecond])
  const known = adapters.get(key)
  if (known !== undefined) return known
  const made = createChainAdapter(createPace(requestsPerSecond))
  adapters.set(key, made)
  return made
}

const isPrivate = (endpoint: string): boolean => {
  const { protocol, hostname } = new URL(endpoint)
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

/**
 * Opens an endpoint of the toncenter v2 dialect. Everything in the project that speaks to the chain does it through
 * this: requests keep the endpoint's limit, and are repeated with growing waits where it is busy or ill.
 *
 * @throws GstdError `CONFIG_INVALID` when a key would travel in the clear
 */
export const openTonClient = (endpoint: string, access: ChainAccess = {}): TonClient => {
  const { apiKey } = access
  if (apiKey !== undefined && !isPrivate(endpoint)) {
    throw new GstdError('CONFIG_INVALID', `the API key would be sent to ${endpoint} in the clear`, {
      details: { endpoint },
      hint: 'use an endpoint with https, or none of its keys',
    })
  }
  return new TonClient({
    endpoint,
    timeout: REQUEST_TIMEOUT_MS,
    httpAdapter: adapterOf(endpoint, access),
    ...(apiKey !== undefined && { apiKey }),
  })
}
