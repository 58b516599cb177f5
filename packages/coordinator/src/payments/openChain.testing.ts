import { randomBytes } from 'node:crypto'
import { startDevnet } from '@gstd/devnet'
import { createSigner, randomHex, type Signer } from '@gstd/sdk'
import {
  attachNano,
  deposit,
  reclaim,
  RequesterEscrow,
  setSession,
  Vault,
  veto,
  type VaultState,
} from '@gstd/sdk/contracts'
import { Address, internal, SendMode, toNano } from '@ton/core'
import { keyPairFromSeed } from '@ton/crypto'
import { TonClient, WalletContractV5R1 } from '@ton/ton'
import { expect, onTestFinished } from 'vitest'
import type { KnownRequester } from '../intake/createRequester.testing.ts'
import type { OperatorWallet } from './operatorWallet.ts'

/** A real chain with a vault, an operator who can pay, and a requester with 100 TON in an escrow. */
export type ChainForTests = {
  endpoint: string
  vault: string
  operator: OperatorWallet
  coordinator: Signer
  auditor: Signer
  requester: KnownRequester
  /** What the vault has sent to an address. Its balance may be less by its rent. */
  receivedNano(address: Address): Promise<bigint>
  readVault(): Promise<VaultState | undefined>
  /** Moves the chain's clock on. */
  advance(seconds: number): Promise<number>
  /** What the guardian does about an epoch in its window. */
  veto(epoch: number): Promise<void>
  balanceNano(address: string): Promise<bigint>
  /** The requester takes back what was charged for an epoch. */
  reclaim(epoch: number): Promise<void>
  /** The requester's session goes on from now. */
  prolongSession(): Promise<void>
}

const GLOBAL_ID = -3
const BLOCK_MS = 20
/** Past a freeze it can still be charged. */
const SESSION_SEC = 6 * 86_400
const MESSAGE_LIFETIME_SEC = 60

const createWallet = (): OperatorWallet => {
  const keyPair = keyPairFromSeed(randomBytes(32))
  const contract = WalletContractV5R1.create({
    publicKey: keyPair.publicKey,
    walletId: { networkGlobalId: GLOBAL_ID },
  })
  return { contract, keyPair, address: contract.address.toRawString() }
}

const soon = <Value>(look: () => Promise<Value>) => expect.poll(look, { timeout: 30_000, interval: 20 })

/** Starts a chain for one test. */
export const openChain = async ({ challengeWindowSec = 1 } = {}): Promise<ChainForTests> => {
  const devnet = await startDevnet({ listen: { host: '127.0.0.1', port: 0 }, blockMs: BLOCK_MS, globalId: GLOBAL_ID })
  onTestFinished(() => devnet.stop())
  const client = new TonClient({ endpoint: devnet.endpoint })
  const [operator, owner] = [createWallet(), createWallet()]
  const [coordinator, auditor, sessionKey] = [0, 1, 2].map(() => createSigner(randomHex(32))) as [
    Signer,
    Signer,
    Signer,
  ]

  const fund = async ({ address, contract }: OperatorWallet): Promise<void> => {
    const body = JSON.stringify({ address, amount_nano: toNano('200').toString() })
    await fetch(devnet.faucet, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    await soon(() => client.getBalance(contract.address)).toBeGreaterThan(0n)
  }
  let aheadSec = 0
  const send = async (wallet: OperatorWallet, messages: Parameters<typeof internal>[0][]): Promise<void> => {
    const opened = client.open(wallet.contract)
    const seqno = await opened.getSeqno()
    const { secretKey } = wallet.keyPair
    const sendMode = SendMode.PAY_GAS_SEPARATELY
    const timeout = Math.floor(Date.now() / 1000) + aheadSec + MESSAGE_LIFETIME_SEC
    await opened.sendTransfer({
      seqno,
      secretKey,
      sendMode,
      timeout,
      messages: messages.map((message) => internal(message)),
    })
    await soon(() => opened.getSeqno()).toBe(seqno + 1)
  }

  await fund(operator)
  await fund(owner)
  const vault = Vault.createFromConfig({
    coordinatorKey: coordinator.publicKey,
    auditorKey: auditor.publicKey,
    guardian: owner.contract.address,
    challengeWindowSec,
  })
  const escrow = RequesterEscrow.createFromOwner({ owner: owner.contract.address, vault: vault.address })
  await client.open(vault).sendDeploy(client.open(operator.contract).sender(operator.keyPair.secretKey))
  const amountNano = toNano('100')
  const sessionMessage = () => ({
    to: escrow.address,
    value: attachNano.setSession,
    body: setSession({
      key: sessionKey.publicKey,
      capNano: toNano('1000'),
      expiresAtSec: Math.floor(Date.now() / 1000) + aheadSec + SESSION_SEC,
    }),
  })
  await send(owner, [
    {
      to: escrow.address,
      value: amountNano + attachNano.deposit,
      ...(escrow.init !== undefined && { init: escrow.init }),
      body: deposit({ jobId: randomHex(32), amountNano }),
    },
    sessionMessage(),
  ])
  await soon(async () => (await client.open(escrow).getState())?.session.key).toBe(sessionKey.publicKey)
  await soon(() => client.isContractDeployed(vault.address)).toBe(true)
  return {
    endpoint: devnet.endpoint,
    vault: vault.address.toRawString(),
    operator,
    coordinator,
    auditor,
    requester: { address: owner.address, escrow: escrow.address.toRawString(), sessionKey },
    receivedNano: async (address) => {
      const transactions = await client.getTransactions(address, { limit: 100 })
      return transactions.reduce((sum, { inMessage }) => {
        if (inMessage?.info.type !== 'internal' || !inMessage.info.src.equals(vault.address)) return sum
        return sum + inMessage.info.value.coins
      }, 0n)
    },
    advance: (seconds) => {
      aheadSec += seconds
      return devnet.advance(seconds)
    },
    veto: (epoch) => send(owner, [{ to: vault.address, value: attachNano.guard, body: veto({ epoch }) }]),
    reclaim: (epoch) => send(owner, [{ to: escrow.address, value: attachNano.reclaim, body: reclaim({ epoch }) }]),
    prolongSession: () => send(owner, [sessionMessage()]),
    balanceNano: (address) => client.getBalance(Address.parseRaw(address)),
    readVault: () => client.open(vault).getState(),
  }
}
