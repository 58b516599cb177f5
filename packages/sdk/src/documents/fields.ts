import { z } from 'zod'

const hex = (byteCount: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${byteCount * 2}}$`), `expected ${byteCount} bytes in lower-case hex`)

/** 16 bytes: nonces, device ids. */
export const hex16 = hex(16)
/** 32 bytes: hashes, public keys, salts. */
export const hex32 = hex(32)
/** 64 bytes: signatures. */
export const hex64 = hex(64)

/** A raw TON address in its only spelling. */
export const rawAddress = z.string().regex(/^(?:0|-1):[0-9a-f]{64}$/, 'expected a raw address, 0:<64 lower-case hex>')

/** A raw address that the vault can pay to: batches name accounts of the basechain only. */
export const basechainAddress = z
  .string()
  .regex(/^0:[0-9a-f]{64}$/, 'expected a raw address of the basechain, 0:<64 lower-case hex>')

/** `sha256:` and 32 bytes of hex, over bytes as sent. */
export const contentHash = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256:<64 lower-case hex>')

/** An amount in nano as a decimal string. */
export const nanoString = z.string().regex(/^(?:0|[1-9]\d{0,26})$/, 'expected an integer amount in nano')

/** An amount in TON or GSTD as a decimal string. */
export const decimalAmount = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,9})(?:\.\d{1,9})?$/, 'expected a decimal amount with at most nine decimals')

export const unixMs = z.int().nonnegative()
export const count = z.int().nonnegative()

/** Global id of the TON network: −239 mainnet, −3 testnet and devnet. */
export const globalId = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1)

/** What every signed document carries, so that nothing replays on another network or vault. */
export const origin = { version: z.literal(1), network: globalId, vault: rawAddress }

/** The network and vault that a document is made for. */
export type Origin = { network: number; vault: string }
