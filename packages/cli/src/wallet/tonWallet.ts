import { createSigner, type Signer, toHex } from '@gstd/sdk'
import { Address } from '@ton/core'
import { type KeyPair, mnemonicNew, mnemonicToPrivateKey } from '@ton/crypto'
import { WalletContractV4, WalletContractV5R1 } from '@ton/ton'
import type { WalletFields } from './walletFile.ts'

export type WalletVersion = WalletFields['wallet']

/** A wallet that can sign: one of TON's standard wallet contracts, and its key. */
export type TonWallet = {
  readonly version: WalletVersion
  readonly contract: WalletContractV5R1 | WalletContractV4
  readonly keyPair: KeyPair
  /** Raw address. */
  readonly address: string
  /** Signs with the wallet's key: certificates, not messages to the chain. */
  readonly signer: Signer
}

const SEED_BYTES = 32

const contractOf = (version: WalletVersion, publicKey: Buffer, network: number) =>
  version === 'v4r2'
    ? WalletContractV4.create({ workchain: 0, publicKey })
    : WalletContractV5R1.create({ workchain: 0, publicKey, walletId: { networkGlobalId: network } })

/** Derives keys and address from 24 words. A v5r1 wallet has the network's global id in its address. */
export const walletFromMnemonic = async (
  mnemonic: readonly string[],
  network: number,
  version: WalletVersion,
): Promise<TonWallet> => {
  const keyPair = await mnemonicToPrivateKey([...mnemonic])
  const contract = contractOf(version, keyPair.publicKey, network)
  const seed = new Uint8Array(keyPair.secretKey.subarray(0, SEED_BYTES))
  return { version, contract, keyPair, address: contract.address.toRawString(), signer: createSigner(toHex(seed)) }
}

/** @returns 24 new words. */
export const newMnemonic = (): Promise<string[]> => mnemonicNew(24)

/** @returns the public fields of a wallet's file. */
export const fieldsOf = (wallet: TonWallet, network: number): WalletFields => ({
  version: 2,
  kind: 'wallet',
  network,
  address: wallet.address,
  public_key: wallet.signer.publicKey,
  wallet: wallet.version,
})

/** @returns a raw address as wallets and explorers show it. */
export const friendlyAddress = (address: string, network: number): string =>
  Address.parseRaw(address).toString({ bounceable: false, testOnly: network === -3 })
