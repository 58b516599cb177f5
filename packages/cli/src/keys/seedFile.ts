import { createSigner, randomHex } from '@gstd/sdk'
import { z } from 'zod'
import { readJsonFile, writeJsonFile } from '../state/jsonFile.ts'

const hex32 = z.string().regex(/^[0-9a-f]{64}$/)

/** An Ed25519 key that signs documents, not messages to the chain: the coordinator's, the auditor's. */
export const seedFileSchema = z.strictObject({ version: z.literal(1), seed: hex32, public_key: hex32 })

export type SeedFile = z.output<typeof seedFileSchema>

/** @throws GstdError `STATE_CORRUPT` when the file cannot be used */
export const readSeedFile = (file: string): Promise<SeedFile | undefined> =>
  readJsonFile(file, seedFileSchema, 'STATE_CORRUPT', 'the key’s file')

/** Reads a key, and makes it when it is not there. */
export const openOrMakeSeed = async (file: string): Promise<SeedFile> => {
  const known = await readSeedFile(file)
  if (known !== undefined) return known
  const seed = randomHex(32)
  const made: SeedFile = { version: 1, seed, public_key: createSigner(seed).publicKey }
  await writeJsonFile(file, made, 'private')
  return made
}
