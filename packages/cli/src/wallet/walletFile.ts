import { z } from 'zod'
import { readJsonFile } from '../state/jsonFile.ts'
import { walletFile } from '../state/paths.ts'

/** A wallet v5r1 on disk. The mnemonic is everything: the file is the owner's only. */
export const walletFileSchema = z.strictObject({
  version: z.literal(1),
  /** Global id of the network: it is part of the wallet's address. */
  network: z.int(),
  mnemonic: z.array(z.string().min(1)).length(24),
  address: z.string().regex(/^(?:0|-1):[0-9a-f]{64}$/),
  public_key: z.string().regex(/^[0-9a-f]{64}$/),
})

export type WalletFile = z.output<typeof walletFileSchema>

/** @throws GstdError `STATE_CORRUPT` when the file cannot be used */
export const readWalletFile = (stateDir: string, name: string): Promise<WalletFile | undefined> =>
  readJsonFile(walletFile(stateDir, name), walletFileSchema, 'STATE_CORRUPT', 'the wallet’s file')
