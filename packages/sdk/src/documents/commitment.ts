import { fromHex, toHex } from '../canonical/hex.ts'
import { sha256 } from '../crypto/sha256.ts'
import { hashDocument } from './hashDocument.ts'

/** What a device binds itself to before anybody sees its result. Each field is lower-case hex. */
export type CommitmentFields = { resultHash: string; deviceId: string; salt: string }

/** @returns SHA-256(result_hash ‖ device_id ‖ salt), protocol §5. */
export const commitmentOf = ({ resultHash, deviceId, salt }: CommitmentFields): string =>
  toHex(sha256(fromHex(resultHash), fromHex(deviceId), fromHex(salt)))

/** @returns the hash of a result: a canonical array with one output or coded error for each item. */
export const resultHashOf = (result: readonly unknown[]): string => toHex(hashDocument('result', result))
