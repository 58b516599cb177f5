import { beginCell, type Cell } from '@ton/core'
import { GstdError } from '../errors/GstdError.ts'

/** @returns a cell with a 64-byte signature given in lower-case hex. */
export const signatureCell = (signatureHex: string): Cell =>
  beginCell().storeBuffer(Buffer.from(signatureHex, 'hex'), 64).endCell()

/** @returns 32 bytes in lower-case hex as the integer a contract stores. */
export const hexToInt = (hex: string): bigint => BigInt(`0x${hex}`)

/** @returns a 256-bit integer as lower-case hex. */
export const intToHex = (value: bigint): string => value.toString(16).padStart(64, '0')

/** 32 zero bytes: no hash, no key. */
export const NO_HASH = '0'.repeat(64)

/**
 * Reads what a get-method or a cell says, and turns a misfit into an error of the project.
 *
 * @throws GstdError `CHAIN_STATE_INVALID`
 */
export const readChecked = <Result>(what: string, read: () => Result): Result => {
  try {
    return read()
  } catch (cause) {
    throw new GstdError('CHAIN_STATE_INVALID', `${what} is not what its code can produce`, { cause })
  }
}
