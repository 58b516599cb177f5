import { GstdError } from '@gstd/sdk'
import { mnemonicValidate } from '@ton/crypto'
import type { Keyring } from '../keystore/createKeyring.ts'
import { writeSecret } from '../keystore/openSecret.ts'
import { fieldsOf, type TonWallet, walletFromMnemonic, type WalletVersion } from './tonWallet.ts'

const WORDS = 24
const VERSIONS: readonly WalletVersion[] = ['v5r1', 'v4r2']

/**
 * Makes a wallet's file of its words.
 *
 * @param expected - raw address that the words must lead to, by one of the wallet contracts that are known
 * @throws GstdError `USAGE_INVALID` for words that are no wallet's, or another's; what the keyring throws
 */
export const importWallet = async (
  file: string,
  text: string,
  expected: string | undefined,
  keyring: Keyring,
): Promise<TonWallet> => {
  const words = text.trim().toLowerCase().split(/\s+/)
  if (words.length !== WORDS) {
    throw new GstdError(
      'USAGE_INVALID',
      `a wallet has ${WORDS} words, these are ${text.trim() === '' ? 0 : words.length}`,
    )
  }
  if (!(await mnemonicValidate(words))) {
    throw new GstdError('USAGE_INVALID', 'these words are no TON wallet’s: one of them is wrong, or their order is', {
      hint: 'words that need a password of their own, and those of other chains, cannot be imported',
    })
  }
  const { network } = keyring.network
  const candidates = await Promise.all(VERSIONS.map((version) => walletFromMnemonic(words, network, version)))
  const wallet = expected === undefined ? candidates[0] : candidates.find(({ address }) => address === expected)
  if (wallet === undefined) {
    throw new GstdError('USAGE_INVALID', 'the words do not lead to this address', {
      details: { expected, ...Object.fromEntries(candidates.map(({ version, address }) => [version, address])) },
      hint: 'wallets v5r1 (of this network) and v4r2 are known: check words, address and --network',
    })
  }
  await writeSecret(file, fieldsOf(wallet, network), words.join(' '), keyring)
  return wallet
}
