import { fromHex } from '../canonical/hex.ts'
import { sha256 } from '../crypto/sha256.ts'
import type { LogBody } from '../log/entries.ts'

/** A device's published reputation, 0..1 in steps of 10⁻⁶. */
export type DeviceReputation = { device_id: string; reputation: number }

/** A requester's published reputation, 0..1 in steps of 10⁻⁶. The requester is named by its raw address. */
export type RequesterReputation = { requester: string; reputation: number }

export type ReputationLeaf = DeviceReputation | RequesterReputation

const encoder = new TextEncoder()
const DEVICE_DOMAIN = encoder.encode('gstd/reputation-leaf/v1\n')
const REQUESTER_DOMAIN = encoder.encode('gstd/requester-reputation-leaf/v1\n')
const MILLION = 1_000_000

const millionthsOf = (reputation: number): Uint8Array => {
  const millionths = new Uint8Array(4)
  new DataView(millionths.buffer).setUint32(0, Math.round(reputation * MILLION))
  return millionths
}

/** @returns the workchain in one byte, and the account's 32 bytes */
const addressBytes = (address: string): Uint8Array[] => {
  const [workchain = '', account = ''] = address.split(':')
  return [Uint8Array.of(Number(workchain)), fromHex(account)]
}

/**
 * Hashes fields of a fixed width, and no JSON: the vault computes the same for devices (`update_reputation`). Requesters
 * have a domain of their own, so that none of them can be proven as a device.
 *
 * @returns SHA-256("gstd/reputation-leaf/v1\n" ‖ 16 bytes of the id ‖ millionths in 4 bytes, big-endian) for a device;
 * SHA-256("gstd/requester-reputation-leaf/v1\n" ‖ workchain in 1 byte ‖ 32 bytes of the account ‖ millionths) for a
 * requester
 */
export const reputationLeafHash = (leaf: ReputationLeaf): Uint8Array<ArrayBuffer> =>
  'device_id' in leaf
    ? sha256(DEVICE_DOMAIN, fromHex(leaf.device_id), millionthsOf(leaf.reputation))
    : sha256(REQUESTER_DOMAIN, ...addressBytes(leaf.requester), millionthsOf(leaf.reputation))

/** @returns the leaves under a commit's `reputation_root`, in their order: devices first, then requesters. */
export const reputationLeavesOf = ({
  reputations,
  requesters,
}: Pick<LogBody<'commit'>, 'reputations' | 'requesters'>): ReputationLeaf[] => [...reputations, ...requesters]
