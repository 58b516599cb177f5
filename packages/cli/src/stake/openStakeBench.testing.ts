import type { PriceSet } from '@gstd/devnet'
import { createSigner } from '@gstd/sdk'
import {
  attachNano,
  buildSlashBody,
  JettonMinter,
  JettonWallet,
  slash,
  type slashReasons,
  vetoSlash,
} from '@gstd/sdk/contracts'
import { Address, type Cell, type Sender, toNano } from '@ton/core'
import { type Chain, openChain } from '../chain/openChain.ts'
import { readGstd } from '../chain/readGstd.ts'
import { requestFaucet } from '../chain/requestFaucet.ts'
import { type Bench, type Ended, openBench } from '../escrow/openBench.testing.ts'
import { openOrMakeOperatorKeys } from '../keys/operatorKeys.ts'
import { createKeyring } from '../keystore/createKeyring.ts'
import { openWallet } from '../wallet/openWallet.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'
import { deviceAccountOf } from './deviceAccountOf.ts'
import { followMessage, newQueryId } from './followMessage.ts'
import { readStake } from './readStake.ts'

const VALID_SEC = 3600
export const EVIDENCE = 'e1'.repeat(32)
export const signal = AbortSignal.timeout(600_000)

/** A device owner with TON and 100 GSTD. */
export type Owner = {
  name: string
  address: string
  account: Address
  wallet: TonWallet
  sender: Sender
  /** Runs `gstd stake …` with the owner's wallet. */
  stake(...words: string[]): Promise<Ended>
  /** Sends GSTD to its account as any wallet would, with so much TON for the account. */
  transfer(amountNano: bigint, forwardNano: bigint): Promise<void>
  /** @returns nano GSTD in its wallet */
  gstd(): Promise<bigint>
  /** Has both keys sign the next slash of the owner's account, and locks it. */
  lock(amountNano: bigint, reason: keyof typeof slashReasons): Promise<void>
  /** Vetoes a slash as the guardian. */
  veto(slashSeq: number): Promise<void>
}

/** A bench whose guardian has TON, too. */
export type StakeBench = Bench & {
  chain: Chain
  operator: TonWallet
  newOwner(): Promise<Owner>
  /** Sends a message, and waits until all on its way have taken it. */
  send(wallet: TonWallet, path: readonly [Address, ...Address[]], valueNano: bigint, body: BodyOf): Promise<void>
}

type BodyOf = (queryId: bigint) => Cell

/** What a refused command answers. */
export const refused = (code: string, details?: object) => ({
  code: 2,
  data: { error: { code, ...(details && { details }) } },
})

/** Opens a bench for what device owners stake. */
export const openStakeBench = async (options: { prices?: PriceSet } = {}): Promise<StakeBench> => {
  const bench = await openBench(options)
  const { network } = bench
  const chain = openChain(network, {})
  const sources = { environment: undefined, file: undefined, terminal: undefined }
  const keyring = createKeyring({ stateDir: bench.stateDir, network, sources })
  const keys = await openOrMakeOperatorKeys(keyring)
  await requestFaucet(network, keys.guardian.address, toNano('10'), signal)
  const vault = Address.parseRaw(network.vault)
  let owners = 0

  const send: StakeBench['send'] = async (wallet, path, value, body) => {
    const queryId = newQueryId()
    await chain.send(wallet, [{ to: path[0], value, body: body(queryId) }], signal)
    await followMessage(chain, { path, queryId, what: 'the message', signal })
  }

  const newOwner = async (): Promise<Owner> => {
    const name = `owner-${++owners}`
    const { data } = await bench.gstd(['wallet', 'create', '--fund', '--name', name])
    const address = String(data['address'])
    const wallet = await openWallet(keyring, name)
    const account = deviceAccountOf(network, address).address
    const sender: Sender = {
      address: wallet.contract.address,
      send: ({ to, value, body, init }) =>
        chain.send(wallet, [{ to, value, ...(body && { body }), ...(init && { init }) }], signal),
    }
    return {
      name,
      address,
      account,
      wallet,
      sender,
      transfer: async (amountNano, forwardNano) => {
        const master = JettonMinter.createFromAddress(Address.parseRaw(network.gstd_master))
        const jetton = await chain.client.open(master).getWalletAddress(wallet.contract.address)
        const options = { to: account, amountNano, forwardNano }
        await chain.client.open(JettonWallet.createFromAddress(jetton)).sendTransfer(sender, options)
      },
      stake: (...words) => bench.gstd(['stake', ...words, '--wallet', name]),
      gstd: () => readGstd(chain, network.gstd_master, address),
      lock: async (amountNano, reason) => {
        const { state } = await readStake(chain, network, address)
        const slashSeq = (state?.slashSeq ?? 0) + 1
        const validUntilSec = (await chain.nowSec(address)) + VALID_SEC
        const terms = { account, slashSeq, amountNano, reason, evidenceHash: EVIDENCE }
        const body = buildSlashBody({ network: network.network, vault, validUntilSec, ...terms })
        const signed = {
          body,
          coordinatorSignature: await createSigner(keys.coordinator.seed).sign(body.hash()),
          auditorSignature: await createSigner(keys.auditor.seed).sign(body.hash()),
        }
        await send(keys.operator, [vault, account], attachNano.forward, (queryId) => slash({ ...signed, queryId }))
      },
      veto: (slashSeq) =>
        send(keys.guardian, [vault, account], attachNano.forward, (queryId) =>
          vetoSlash({ account, slashSeq, queryId }),
        ),
    }
  }
  return { ...bench, chain, operator: keys.operator, newOwner, send }
}
