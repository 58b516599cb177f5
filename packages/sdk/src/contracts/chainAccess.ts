/** How an endpoint may be used: what a network's operator or a user knows of it, never part of `network.json`. */
export type ChainAccess = {
  /** Sent as `X-API-Key`. */
  apiKey?: string | undefined
  /** Most requests per second; undefined for no limit, as on one's own node. */
  requestsPerSecond?: number | undefined
}

/** What public endpoints of TON allow without a key and with one. */
const PUBLIC_PER_SECOND = { withoutKey: 1, withKey: 10 } as const

/**
 * Fills in how fast an endpoint may be asked: as public ones allow, unless it is said otherwise. A devnet has no limit.
 *
 * @param name - of the network
 */
export const chainAccessOf = (name: string, given: ChainAccess = {}): ChainAccess => {
  if (given.requestsPerSecond !== undefined || name === 'devnet') return given
  const { withKey, withoutKey } = PUBLIC_PER_SECOND
  return { ...given, requestsPerSecond: given.apiKey === undefined ? withoutKey : withKey }
}
