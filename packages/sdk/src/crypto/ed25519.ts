import nacl from 'tweetnacl'
import { fromHex, toHex } from '../canonical/hex.ts'
import { hex32 } from '../documents/fields.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { nodeCrypto } from './nodeCrypto.ts'

/** Signs 32-byte hashes; the secret stays inside. */
export type Signer = {
  /** 32 bytes, lower-case hex. */
  readonly publicKey: string
  /** @returns a 64-byte Ed25519 signature (RFC 8032), lower-case hex. */
  sign(message: Uint8Array): Promise<string>
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const jwk = (publicKey: Uint8Array, seed?: Uint8Array) => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: toBase64Url(publicKey),
  ...(seed !== undefined && { d: toBase64Url(seed) }),
})

/** Order of the base point; a signature whose scalar is not below it is malleable (RFC 8032 §5.1.7). */
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

const hasCanonicalScalar = (signature: Uint8Array): boolean =>
  BigInt(`0x${toHex(signature.slice(32).toReversed())}`) < GROUP_ORDER

/** WebCrypto's Ed25519 is younger than some browsers; `tweetnacl` serves there, about 80 times slower. */
const importForBrowser = async (key: JsonWebKey, usage: 'sign' | 'verify') => {
  try {
    return await crypto.subtle.importKey('jwk', key, { name: 'Ed25519' }, false, [usage])
  } catch {
    return undefined
  }
}

/**
 * Makes a signer from a 32-byte Ed25519 seed.
 *
 * @param seedHex - 32 bytes, lower-case hex
 * @throws GstdError `CONFIG_INVALID` for anything else
 */
export const createSigner = (seedHex: string): Signer => {
  const seed = fromHex(parseWith(hex32, seedHex, 'CONFIG_INVALID', 'the seed'))
  const pair = nacl.sign.keyPair.fromSeed(seed)
  const publicKey = toHex(pair.publicKey)
  if (nodeCrypto !== undefined) {
    const native = nodeCrypto
    const key = native.createPrivateKey({ key: jwk(pair.publicKey, seed), format: 'jwk' })
    return { publicKey, sign: async (message) => native.sign(null, message, key).toString('hex') }
  }
  const imported = importForBrowser(jwk(pair.publicKey, seed), 'sign')
  return {
    publicKey,
    sign: async (message) => {
      const key = await imported
      const bytes = new Uint8Array(message)
      return toHex(
        key === undefined
          ? nacl.sign.detached(bytes, pair.secretKey)
          : new Uint8Array(await crypto.subtle.sign('Ed25519', key, bytes)),
      )
    },
  }
}

/** Keys come back often (one coordinator, few requesters), and importing one costs a fifth of a check. */
const importedKeys = new Map<string, import('node:crypto').KeyObject>()
const MAX_IMPORTED_KEYS = 4096

const nativeKey = (native: typeof import('node:crypto'), publicKeyHex: string) => {
  const known = importedKeys.get(publicKeyHex)
  if (known !== undefined) return known
  const key = native.createPublicKey({ key: jwk(fromHex(publicKeyHex)), format: 'jwk' })
  if (importedKeys.size >= MAX_IMPORTED_KEYS) importedKeys.clear()
  importedKeys.set(publicKeyHex, key)
  return key
}

/**
 * Checks an Ed25519 signature natively; malformed keys and malleable signatures are simply invalid.
 *
 * @param publicKeyHex - 32 bytes, lower-case hex
 * @param signatureHex - 64 bytes, lower-case hex
 */
export const verifySignature = async (
  publicKeyHex: string,
  message: Uint8Array,
  signatureHex: string,
): Promise<boolean> => {
  try {
    const signature = fromHex(signatureHex)
    if (signature.length !== 64 || publicKeyHex.length !== 64 || !hasCanonicalScalar(signature)) return false
    if (nodeCrypto !== undefined)
      return nodeCrypto.verify(null, message, nativeKey(nodeCrypto, publicKeyHex), signature)
    const publicKey = fromHex(publicKeyHex)
    const key = await importForBrowser(jwk(publicKey), 'verify')
    const bytes = new Uint8Array(message)
    return key === undefined
      ? nacl.sign.detached.verify(bytes, signature, publicKey)
      : await crypto.subtle.verify('Ed25519', key, signature, bytes)
  } catch {
    return false
  }
}
