import { describe, expect, it } from 'vitest'
import { type KeyMaterial, seal, type Sealed, sealedSchema, unseal } from './sealed.ts'

const secret = 'a seed, or 24 words'
const beside = { version: 2, kind: 'seed', public_key: '11'.repeat(32) }
const words: KeyMaterial = { from: 'passphrase', passphrase: 'correct horse battery' }
const file: KeyMaterial = { from: 'file', key: Buffer.alloc(32, 7) }
const locked = { code: 'KEYSTORE_LOCKED' }
let stretched: Promise<Sealed> | undefined
const flip = (hex: string) => `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`

describe('a sealed secret', () => {
  it.each([words, file])('opens with what sealed it ($from), and does not show', async (material) => {
    const sealed = await seal(secret, beside, material)
    expect(sealedSchema.parse(sealed)).toEqual(sealed)
    expect(await unseal(sealed, beside, material, 'x.json')).toBe(secret)
    const again = await seal(secret, beside, material)
    expect(again.ciphertext).not.toBe(sealed.ciphertext)
    expect(again.nonce).not.toBe(sealed.nonce)
  })

  it('opens with a passphrase however its accents are composed', async () => {
    const sealed = await seal(secret, beside, { from: 'passphrase', passphrase: 'caf\u00e9 au lait' })
    expect(await unseal(sealed, beside, { from: 'passphrase', passphrase: 'cafe\u0301 au lait' }, 'x')).toBe(secret)
  })

  it('stays closed for another key', async () => {
    const sealed = await seal(secret, beside, words)
    const other: KeyMaterial = { from: 'passphrase', passphrase: 'correct horse batterY' }
    await expect(unseal(sealed, beside, other, 'x.json')).rejects.toMatchObject({
      ...locked,
      details: { file: 'x.json' },
    })
    const byFile = await seal(secret, beside, file)
    await expect(unseal(byFile, beside, { from: 'file', key: Buffer.alloc(32, 8) }, 'x')).rejects.toMatchObject(locked)
  })

  it('stays closed when anything of it or beside it was changed', async () => {
    const sealed = await seal(secret, beside, file)
    const changed = [
      { ...sealed, nonce: flip(sealed.nonce) },
      { ...sealed, tag: flip(sealed.tag) },
      { ...sealed, ciphertext: flip(sealed.ciphertext) },
      { ...sealed, ciphertext: sealed.ciphertext.slice(2) },
      { ...sealed, kdf: { ...sealed.kdf, salt: flip(sealed.kdf.salt) } },
    ]
    for (const each of changed) await expect(unseal(each, beside, file, 'x')).rejects.toMatchObject(locked)
    for (const key of ['version', 'kind', 'public_key']) {
      await expect(unseal(sealed, { ...beside, [key]: 3 }, file, 'x')).rejects.toMatchObject(locked)
    }
    await expect(unseal(sealed, { ...beside, more: 1 }, file, 'x')).rejects.toMatchObject(locked)
  })

  it('takes 128 MiB and a salt of its own for every try at a passphrase', async () => {
    const { kdf } = await (stretched ??= seal(secret, beside, words))
    expect(kdf).toMatchObject({ name: 'scrypt', n: 2 ** 17, r: 8, p: 1 })
  })

  it.each([
    { n: 2 ** 13 },
    { n: 2 ** 21 },
    { n: 2 ** 17 + 1 },
    { n: 2 ** 52 },
    { n: -1 },
    { r: 1 },
    { r: 4096 },
    { p: 0 },
    { p: 1000 },
    { salt: '' },
    { name: 'none' },
    { surprise: 1 },
  ])('is refused with %j, before anything is computed', async (change) => {
    const sealed = await (stretched ??= seal(secret, beside, words))
    expect(sealedSchema.safeParse({ ...sealed, kdf: { ...sealed.kdf, ...change } }).success).toBe(false)
  })

  it.each([{ cipher: 'none' }, { tag: '00' }, { nonce: '00'.repeat(8) }, { ciphertext: 'zz' }])(
    'is refused with %j',
    async (change) => {
      const sealed = await seal(secret, beside, file)
      expect(sealedSchema.safeParse({ ...sealed, ...change }).success).toBe(false)
    },
  )
})
