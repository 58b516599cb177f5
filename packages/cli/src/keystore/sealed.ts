import { createCipheriv, createDecipheriv, hkdf, randomBytes, scrypt, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'
import { canonicalBytes, GstdError } from '@gstd/sdk'
import { z } from 'zod'

const hex = (minBytes: number, maxBytes = minBytes) =>
  z.string().regex(new RegExp(`^(?:[0-9a-f]{2}){${minBytes},${maxBytes}}$`))

/** Below this a passphrase is guessed too cheaply, above it a file would take the machine's memory: 16 MiB to 1 GiB. */
const SCRYPT_N = { least: 2 ** 14, used: 2 ** 17, most: 2 ** 20 } as const
/** Kept to what is used: memory is 128·n·r bytes. */
const SCRYPT_R = 8
const isPowerOfTwo = (value: number): boolean => (value & (value - 1)) === 0

const kdfSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('scrypt'),
    n: z.int().min(SCRYPT_N.least).max(SCRYPT_N.most).refine(isPowerOfTwo, 'must be a power of two'),
    r: z.literal(SCRYPT_R),
    p: z.int().min(1).max(4),
    salt: hex(32),
  }),
  /** For keys that are random already: a devnet's key file. */
  z.strictObject({ name: z.literal('hkdf-sha256'), salt: hex(32) }),
])

/** A secret as it lies on disk: AES-256-GCM under a key that a passphrase or a key file gives. */
export const sealedSchema = z.strictObject({
  kdf: kdfSchema,
  cipher: z.literal('aes-256-gcm'),
  nonce: hex(12),
  ciphertext: hex(1, 1024),
  tag: hex(16),
})

export type Sealed = z.output<typeof sealedSchema>
type Kdf = Sealed['kdf']

/** What seals and opens: a passphrase, which is stretched, or 32 random bytes, which are not. */
export type KeyMaterial = { from: 'passphrase'; passphrase: string } | { from: 'file'; key: Uint8Array }

const KEY_BYTES = 32
const deriveScrypt = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)
const deriveHkdf = promisify(hkdf)

const newKdf = (material: KeyMaterial): Kdf => {
  const salt = randomBytes(32).toString('hex')
  return material.from === 'file'
    ? { name: 'hkdf-sha256', salt }
    : { name: 'scrypt', n: SCRYPT_N.used, r: SCRYPT_R, p: 1, salt }
}

const deriveKey = async (kdf: Kdf, material: KeyMaterial): Promise<Buffer | undefined> => {
  const salt = Buffer.from(kdf.salt, 'hex')
  if (kdf.name === 'hkdf-sha256') {
    if (material.from !== 'file') return undefined
    return Buffer.from(await deriveHkdf('sha256', material.key, salt, 'gstd/keystore/v2', KEY_BYTES))
  }
  if (material.from !== 'passphrase') return undefined
  const { n: N, r, p } = kdf
  // OpenSSL counts a little more than the 128·N·r bytes of the algorithm.
  return deriveScrypt(material.passphrase.normalize('NFKC'), salt, KEY_BYTES, { N, r, p, maxmem: 192 * N * r * p })
}

const requireKey = (key: Buffer | undefined): Buffer => {
  if (key === undefined) throw new TypeError('the file is sealed with another kind of key')
  return key
}

/**
 * Seals a secret. The fields that stand beside it in plain are authenticated with it.
 *
 * @param beside - the file's public fields
 */
export const seal = async (secret: string, beside: object, material: KeyMaterial): Promise<Sealed> => {
  const kdf = newKdf(material)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', requireKey(await deriveKey(kdf, material)), nonce)
  cipher.setAAD(canonicalBytes(beside))
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return {
    kdf,
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('hex'),
    ciphertext: ciphertext.toString('hex'),
    tag: cipher.getAuthTag().toString('hex'),
  }
}

/**
 * Opens a sealed secret.
 *
 * @param beside - the file's public fields, as when it was sealed
 * @throws GstdError `KEYSTORE_LOCKED` for another key, a changed secret or changed public fields: which, cannot be told
 */
export const unseal = async (sealed: Sealed, beside: object, material: KeyMaterial, file: string): Promise<string> => {
  const key = requireKey(await deriveKey(sealed.kdf, material))
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'hex'), { authTagLength: 16 })
  decipher.setAAD(canonicalBytes(beside))
  decipher.setAuthTag(Buffer.from(sealed.tag, 'hex'))
  try {
    return Buffer.concat([decipher.update(sealed.ciphertext, 'hex'), decipher.final()]).toString('utf8')
  } catch (cause) {
    const what = material.from === 'passphrase' ? 'the passphrase' : 'the devnet’s key file'
    throw new GstdError('KEYSTORE_LOCKED', `${what} does not open ${file}`, {
      details: { file },
      hint:
        material.from === 'passphrase'
          ? 'type the passphrase that this file was made with; a file that was changed cannot be opened either'
          : 'keys/devnet.key must be the one that was there when the file was made',
      cause,
    })
  }
}
