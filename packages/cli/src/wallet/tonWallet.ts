import { createSigner, type Signer, toHex } from '@gstd/sdk'
import { type KeyPair, mnemonicNew, mnemonicToPrivateKey } from '@ton/crypto'
import { WalletContractV5R1 } from '@ton/ton'
import type { WalletFile } from './walletFile.ts'

/** A wallet that can sign: TON's wallet v5r1 with the network's global id in its address. */
export type TonWallet = {
  readonly contract: WalletContractV5R1
  readonly keyPair: KeyPair
  /** Raw address. */
  readonly address: string
  /** Signs with the wallet's key: certificates, not messages to the chain. */
  readonly signer: Signer
}

const SEED_BYTES = 32

/** Derives keys and address from 24 words. */
export const walletFromMnemonic = async (mnemonic: readonly string[], network: number): Promise<TonWallet> => {
  const keyPair = await mnemonicToPrivateKey([...mnemonic])
  const contract = WalletContractV5R1.create({
    publicKey: keyPair.publicKey,
    walletId: { networkGlobalId: network },
  })
  const seed = new Uint8Array(keyPair.secretKey.subarray(0, SEED_BYTES))
  return { contract, keyPair, address: contract.address.toRawString(), signer: createSigner(toHex(seed)) }
}

/** Makes a new wallet. */
export const newWallet = async (network: number): Promise<WalletFile> => {
  const mnemonic = await mnemonicNew(24)
  const { address, signer } = await walletFromMnemonic(mnemonic, network)
  return { version: 1, network, mnemonic, address, public_key: signer.publicKey }
}

/** @returns the address as wallets and explorers show it. */
export const friendlyAddress = (wallet: Pick<TonWallet, 'contract'>, network: number): string =>
  wallet.contract.address.toString({ bounceable: false, testOnly: network === -3 })
