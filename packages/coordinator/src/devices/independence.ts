import type { NetworkParameters } from '@gstd/sdk'

/** What tells whether two devices may vouch for each other. */
export type Identity = { deviceId: string; owner: string; fingerprint: string; addressRange: string }

/**
 * Whether two devices may validate each other (protocol §4): never those of one owner; on real networks neither
 * those of one machine or one address range.
 */
export const areIndependent = (a: Identity, b: Identity, policy: NetworkParameters['independence']): boolean =>
  a.deviceId !== b.deviceId &&
  a.owner !== b.owner &&
  (policy === 'owner' || (a.fingerprint !== b.fingerprint && a.addressRange !== b.addressRange))
