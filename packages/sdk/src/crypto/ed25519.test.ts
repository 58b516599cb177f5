import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../canonical/hex.ts'
import { createSigner, verifySignature } from './ed25519.ts'
import { randomHex } from './randomHex.ts'

/** RFC 8032 §7.1, test 3. */
const vector = {
  seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
  publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
  message: 'af82',
  signature:
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
}

const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

/** The same signature with the group's order added to its scalar: valid to a careless verifier. */
const malleable = (signatureHex: string): string => {
  const bytes = fromHex(signatureHex)
  const scalar = BigInt(`0x${toHex(bytes.slice(32).toReversed())}`) + GROUP_ORDER
  const encoded = fromHex(scalar.toString(16).padStart(64, '0')).toReversed()
  return toHex(bytes.slice(0, 32)) + toHex(encoded)
}

describe('Ed25519', () => {
  it('signs and verifies the RFC’s vector', async () => {
    const signer = createSigner(vector.seed)
    expect(signer.publicKey).toBe(vector.publicKey)
    expect(await signer.sign(fromHex(vector.message))).toBe(vector.signature)
    expect(await verifySignature(vector.publicKey, fromHex(vector.message), vector.signature)).toBe(true)
  })

  it.each(['', 'ab', vector.seed.toUpperCase(), undefined])('makes no signer of %j, and does not repeat it', (seed) => {
    expect(() => createSigner(seed as string)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    expect(() => createSigner(seed as string)).not.toThrow(vector.seed.toUpperCase())
  })

  it('refuses another message, key or signature', async () => {
    const message = fromHex(vector.message)
    expect(await verifySignature(vector.publicKey, fromHex('af83'), vector.signature)).toBe(false)
    expect(await verifySignature(createSigner(randomHex(32)).publicKey, message, vector.signature)).toBe(false)
    expect(await verifySignature(vector.publicKey, message, randomHex(64))).toBe(false)
  })

  it('refuses a malleable signature, upper-case hex and wrong lengths', async () => {
    const message = fromHex(vector.message)
    for (const signature of [
      malleable(vector.signature),
      vector.signature.toUpperCase(),
      '',
      vector.signature.slice(2),
    ]) {
      expect(await verifySignature(vector.publicKey, message, signature)).toBe(false)
    }
    expect(await verifySignature('', message, vector.signature)).toBe(false)
    expect(await verifySignature('zz', message, vector.signature)).toBe(false)
  })
})
