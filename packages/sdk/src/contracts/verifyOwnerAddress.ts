import type { Address } from '@ton/core'
import { WalletContractV4, WalletContractV5R1 } from '@ton/ton'
import type { OwnerSignature, SignedCertificate } from '../documents/certificate.ts'
import { GstdError } from '../errors/GstdError.ts'

/** @returns the address of a key's standard wallet on a network. */
export const walletAddress = (wallet: {
  publicKey: string
  wallet: OwnerSignature['wallet']
  network: number
}): Address => {
  const publicKey = Buffer.from(wallet.publicKey, 'hex')
  return wallet.wallet === 'v4r2'
    ? WalletContractV4.create({ workchain: 0, publicKey }).address
    : WalletContractV5R1.create({ workchain: 0, publicKey, walletId: { networkGlobalId: wallet.network } }).address
}

/**
 * Checks that the key that signed a certificate is the key of the owner's wallet.
 *
 * @throws GstdError `CERTIFICATE_INVALID`
 */
export const verifyOwnerAddress = ({ certificate, owner_signature: signed }: SignedCertificate): void => {
  const { public_key: publicKey, wallet } = signed
  const address = walletAddress({ publicKey, wallet, network: certificate.network }).toRawString()
  if (address !== certificate.owner) {
    throw new GstdError('CERTIFICATE_INVALID', 'the owner’s address is not the one of the key that signed', {
      details: { owner: certificate.owner, address_of_key: address },
    })
  }
}
