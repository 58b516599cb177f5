import { randomBytes } from 'node:crypto'
import { createSigner, type Signer, toHex } from '@gstd/sdk'
import { internal, type MessageRelaxed, SendMode } from '@ton/core'
import { type KeyPair, keyPairFromSeed } from '@ton/crypto'
import { type TonClient, WalletContractV5R1 } from '@ton/ton'
import { until } from './until.ts'

/** A wallet of the local chain, as `startCoordinator` takes the operator's. */
export type TestWallet = {
  readonly contract: WalletContractV5R1
  readonly keyPair: KeyPair
  /** Raw address. */
  readonly address: string
  readonly signer: Signer
}

export type Outgoing = Parameters<typeof internal>[0]

/** Makes a new wallet v5r1. */
export const createWallet = (networkGlobalId: number): TestWallet => {
  const seed = randomBytes(32)
  const keyPair = keyPairFromSeed(seed)
  const contract = WalletContractV5R1.create({ publicKey: keyPair.publicKey, walletId: { networkGlobalId } })
  return { contract, keyPair, address: contract.address.toRawString(), signer: createSigner(toHex(seed)) }
}

/** Sends messages in one transaction of the wallet, and waits until the wallet has taken them. */
export const sendFrom = async (client: TonClient, wallet: TestWallet, messages: Outgoing[]): Promise<void> => {
  const opened = client.open(wallet.contract)
  const seqno = await opened.getSeqno()
  await opened.sendTransfer({
    seqno,
    secretKey: wallet.keyPair.secretKey,
    messages: messages.map((message): MessageRelaxed => internal(message)),
    sendMode: SendMode.PAY_GAS_SEPARATELY,
  })
  await until('the wallet’s message', async () => (await opened.getSeqno()) > seqno)
}
