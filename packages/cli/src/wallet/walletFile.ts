import { z } from 'zod'
import type { Secret } from '../keystore/openSecret.ts'
import { sealedSchema } from '../keystore/sealed.ts'
import { readPrivateJsonFile } from '../state/jsonFile.ts'
import { walletFile } from '../state/paths.ts'

const publicFields = {
  /** Global id of the network: it is part of a v5r1 wallet's address. */
  network: z.int(),
  address: z.string().regex(/^(?:0|-1):[0-9a-f]{64}$/),
  public_key: z.string().regex(/^[0-9a-f]{64}$/),
}

/** What version 1 wrote: the words in plain. */
const plainSchema = z.strictObject({
  version: z.literal(1),
  ...publicFields,
  mnemonic: z.array(z.string().min(1)).length(24),
})

const encryptedSchema = z.strictObject({
  version: z.literal(2),
  kind: z.literal('wallet'),
  ...publicFields,
  wallet: z.enum(['v5r1', 'v4r2']),
  /** The 24 words, separated by spaces. */
  sealed: sealedSchema,
})

const walletFileSchema = z.discriminatedUnion('version', [plainSchema, encryptedSchema])

/** The public fields of a wallet's file; the secret is authenticated with them. */
export type WalletFields = Omit<z.output<typeof encryptedSchema>, 'sealed'>

export type WalletFile = { fields: WalletFields; secret: Secret }

/**
 * Reads a wallet's file without opening it.
 *
 * @throws GstdError `STATE_CORRUPT` when it cannot be used, `STATE_EXPOSED` when others may read it
 */
export const readWalletAt = async (file: string): Promise<WalletFile | undefined> => {
  const found = await readPrivateJsonFile(file, walletFileSchema, 'the wallet’s file')
  if (found === undefined) return undefined
  if (found.version === 2) {
    const { sealed, ...fields } = found
    return { fields, secret: { sealed } }
  }
  const { network, address, public_key } = found
  const fields = { version: 2, kind: 'wallet', network, address, public_key, wallet: 'v5r1' } as const
  return { fields, secret: { plain: found.mnemonic.join(' ') } }
}

/** Reads the file of a wallet of the state folder as `readWalletAt` does. */
export const readWalletFile = (stateDir: string, name: string): Promise<WalletFile | undefined> =>
  readWalletAt(walletFile(stateDir, name))
