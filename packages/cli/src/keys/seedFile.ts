import { createSigner, GstdError, randomHex } from '@gstd/sdk'
import { z } from 'zod'
import type { Keyring } from '../keystore/createKeyring.ts'
import { openSecret, type Secret, writeSecret } from '../keystore/openSecret.ts'
import { sealedSchema } from '../keystore/sealed.ts'
import { readPrivateJsonFile } from '../state/jsonFile.ts'

const hex32 = z.string().regex(/^[0-9a-f]{64}$/)

/** What version 1 wrote: the seed in plain. */
const plainSchema = z.strictObject({ version: z.literal(1), seed: hex32, public_key: hex32 })

const encryptedSchema = z.strictObject({
  version: z.literal(2),
  kind: z.literal('seed'),
  public_key: hex32,
  sealed: sealedSchema,
})

const seedFileSchema = z.discriminatedUnion('version', [plainSchema, encryptedSchema])

type SeedFields = Omit<z.output<typeof encryptedSchema>, 'sealed'>

/** An Ed25519 key that signs documents, not messages to the chain: the coordinator's, the auditor's. */
export type Seed = { seed: string; public_key: string }

/** A key's file, not yet opened. */
export type SeedFile = { fields: SeedFields; secret: Secret }

const fieldsOf = (public_key: string): SeedFields => ({ version: 2, kind: 'seed', public_key })

/** @throws GstdError `STATE_CORRUPT` when the file cannot be used, `STATE_EXPOSED` when others may read it */
export const readSeedFile = async (file: string): Promise<SeedFile | undefined> => {
  const found = await readPrivateJsonFile(file, seedFileSchema, 'the key’s file')
  if (found === undefined) return undefined
  const secret: Secret = found.version === 2 ? { sealed: found.sealed } : { plain: found.seed }
  return { fields: fieldsOf(found.public_key), secret }
}

/** @throws GstdError `KEYSTORE_LOCKED`, `CONFIG_MISSING` without a passphrase, `STATE_CORRUPT` */
export const unlockSeed = ({ fields, secret }: SeedFile, file: string, keyring: Keyring): Promise<Seed> =>
  openSecret(file, fields, secret, keyring, (seed) => {
    if (!hex32.safeParse(seed).success || createSigner(seed).publicKey !== fields.public_key) {
      throw new GstdError('STATE_CORRUPT', `the seed in ${file} does not belong to its public key`, {
        details: { file },
      })
    }
    return { seed, public_key: fields.public_key }
  })

/** Opens a key, and makes it when it is not there. */
export const openOrMakeSeed = async (file: string, keyring: Keyring): Promise<Seed> => {
  const known = await readSeedFile(file)
  if (known !== undefined) return unlockSeed(known, file, keyring)
  const seed = randomHex(32)
  const { publicKey } = createSigner(seed)
  await writeSecret(file, fieldsOf(publicKey), seed, keyring)
  return { seed, public_key: publicKey }
}
