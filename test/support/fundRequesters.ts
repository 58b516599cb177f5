import { createSigner, randomHex, type Signer } from '@gstd/sdk'
import {
  attachNano,
  close,
  deposit,
  JettonMinter,
  readGstdBalance,
  RequesterEscrow,
  setSession,
} from '@gstd/sdk/contracts'
import { Address, toNano } from '@ton/core'
import type { TestNetwork } from './openNetwork.ts'
import { createWallet, sendFrom } from './testWallet.ts'
import { until } from './until.ts'

export type RequesterPlan = {
  depositNano?: bigint
  gstdNano?: bigint
  capNano?: bigint
  /** Unix seconds. */
  expiresAtSec?: number
  /** Asks for the escrow to be closed. */
  isClosing?: boolean
}

export type FundedRequester = { address: string; escrow: string; sessionKey: Signer }

const DAY_SEC = 86_400

const mint = async ({ client, minter, network }: TestNetwork, owners: Map<Address, bigint>): Promise<void> => {
  const master = Address.parseRaw(network.gstd_master)
  const messages = [...owners].map(([to, amountNano]) => ({
    to: master,
    value: toNano('0.1'),
    bounce: true,
    body: JettonMinter.mintBody({ to, amountNano }),
  }))
  await sendFrom(client, minter, messages)
  for (const [owner, amountNano] of owners) {
    await until('the GSTD', async () => (await readGstdBalance(client, { master, owner })) >= amountNano)
  }
}

const openEscrow = async (net: TestNetwork, plan: RequesterPlan): Promise<FundedRequester & { owner: Address }> => {
  const { client, network } = net
  const { depositNano = toNano('10'), capNano = toNano('1000'), isClosing = false } = plan
  const wallet = createWallet(network.network)
  const sessionKey = createSigner(randomHex(32))
  const owner = wallet.contract.address
  const escrow = RequesterEscrow.createFromOwner({ owner, vault: Address.parseRaw(network.vault) })
  await net.giveTon(wallet.address, depositNano + toNano('2'))
  const expiresAtSec = plan.expiresAtSec ?? Math.floor(Date.now() / 1000) + DAY_SEC
  const to = escrow.address
  await sendFrom(client, wallet, [
    {
      to,
      value: depositNano + attachNano.deposit,
      ...(escrow.init !== undefined && { init: escrow.init }),
      body: deposit({ jobId: randomHex(32), amountNano: depositNano }),
    },
    { to, value: attachNano.setSession, body: setSession({ key: sessionKey.publicKey, capNano, expiresAtSec }) },
    ...(isClosing ? [{ to, value: attachNano.close, body: close({}) }] : []),
  ])
  const opened = client.open(escrow)
  await until('the escrow', async () => {
    const state = await opened.getState()
    const isOpen = state?.session.key === sessionKey.publicKey && state.balanceNano >= depositNano
    return isOpen && state.closeAtSec > 0 === isClosing
  })
  return { address: wallet.address, escrow: escrow.address.toRawString(), sessionKey, owner }
}

/** Opens the escrows of several requesters, sets their session keys, and gives them GSTD. */
export const fundRequesters = async <Name extends string>(
  network: TestNetwork,
  plans: Record<Name, RequesterPlan>,
): Promise<Record<Name, FundedRequester>> => {
  const names = Object.keys(plans) as Name[]
  const opened = await Promise.all(names.map(async (name) => [name, await openEscrow(network, plans[name])] as const))
  const owners = new Map(opened.map(([name, { owner }]) => [owner, plans[name].gstdNano ?? toNano('100')]))
  await mint(network, new Map([...owners].filter(([, amountNano]) => amountNano > 0n)))
  return Object.fromEntries(opened) as unknown as Record<Name, FundedRequester>
}
