import type { PriceSet } from '@gstd/devnet'
import {
  type EscrowState,
  RequesterEscrow,
  type refusals,
  Vault,
  type VaultConfig,
  type VaultState,
} from '@gstd/sdk/contracts'
import { Address, type Cell, contractAddress, type Message } from '@ton/core'
import type { BlockchainTransaction } from '@ton/sandbox'
import type { Requester } from '../chainForTests/createRequester.ts'
import { dataOf } from '../chainForTests/dataOf.ts'
import {
  type Account,
  type ContractCodes,
  keys,
  openTestNetwork,
  type TestNetwork,
} from '../chainForTests/openTestNetwork.ts'
import { messageFrom } from '../chainForTests/sendAs.ts'
import { vaultState } from '../chainForTests/signedMessages.ts'
import { feesOf, rentOf } from '../chainForTests/transactions.ts'
import type { Random } from './createRandom.ts'
import { createStakers, type Jettons, type Staker } from './createStakers.ts'
import { createStateCache } from './createStateCache.ts'
import type { Leaf } from './plantReputations.ts'
import { readJettons } from './readJettons.ts'

/** What was sent by whom, and what must come of it. */
export type Origin = {
  name: string
  /** It must be refused, with this code where one is named. */
  refused?: keyof typeof refusals | 'somehow'
  /** Hash of the body that was signed: it may count once. */
  bodyHash?: string
  /** Public keys that signed it for the vault. */
  signers?: Pick<VaultConfig, 'coordinatorKey' | 'auditorKey'>
  /** What a charge adds to its escrow, how many tasks are charged then in all, and who has authorised it. */
  charge?: {
    escrow: Address
    deltaNano: bigint
    tasks: number
    previousChargedNano: bigint
    epoch: number
    sessionKey: string
  }
  /** The roots that a commit makes. */
  roots?: VaultState['roots']
  /** The body of a slash that was signed. */
  slash?: Cell
  /** Under which root a reputation stands; under none when it is forged. */
  reputation?: { root: string | undefined; deviceId: string; reputation: number }
  /** Arrives before all others. */
  isHurried?: boolean
}

export type InFlight = {
  message: Message
  origin: Origin
  /** Whether it comes from outside, and not of another message. */
  isFirst: boolean
}

export type World = {
  network: TestNetwork
  random: Random
  requesters: Requester[]
  /** Who may become guardian by a change of keys. */
  otherGuardian: Account
  devices: Address[]
  stakers: Staker[]
  jettons: Jettons
  /** Reputations by the root under which they stand. */
  trees: Map<string, Leaf[]>
  /** Of the last commit, which counts when its window has passed. */
  committedRoot: string
  /** Messages on their way, each (source, destination) in order. */
  inFlight: InFlight[]
  /** Everything that may be sent again: bodies with all signatures. */
  sent: { to: Address; body: Cell; origin: Origin }[]
  /** Batches by the hash under which they are committed. */
  batches: Map<string, Cell>
  injectedNano: bigint
  feesNano: bigint
  rents: Map<string, bigint>
  send: (origin: Origin, sending: Parameters<typeof messageFrom>[0]) => void
  /** Delivers one message of those on their way. */
  deliver: () => Promise<{ transaction: BlockchainTransaction; delivered: InFlight } | undefined>
  vault: () => Promise<VaultState>
  /** Keys and guardian that count now. */
  config: () => Promise<VaultConfig>
  /** @returns what to call an address in words. */
  nameOf: (address: unknown) => string
  /** @returns undefined when it is not deployed */
  escrow: (requester: Requester) => Promise<EscrowState | undefined>
}

const REQUESTERS = 3
const DEVICES = 6
/** Too little for a wallet to send GSTD, enough for a bounce. */
const STARVED_NANO = 30_000_000n

export const sessionKeys = [keys.session, keys.otherSession, keys.thirdSession]

const wayOf = ({ message: { info } }: InFlight): string => `${String(info.src)}>${String(info.dest)}`

const escrowOf = (parties: { owner: Address; vault: Address }, codes: ContractCodes | undefined): RequesterEscrow => {
  const escrow = RequesterEscrow.createFromOwner(parties)
  if (codes === undefined || escrow.init === undefined) return escrow
  const init = { ...escrow.init, code: codes.escrow }
  return Object.assign(RequesterEscrow.createFromAddress(contractAddress(0, init)), { init })
}

/** Takes TON from a transfer that an account has asked for, so that its wallet refuses it, as GSTD's own may. */
const starve = (world: World, message: Message): void => {
  const { info } = message
  const isAsked =
    readJettons(message)?.kind === 'transfer' &&
    world.stakers.some(
      ({ account, gstd }) =>
        info.dest?.toString() === gstd.account.toString() && info.src?.toString() === account.address.toString(),
    )
  if (!isAsked || info.type !== 'internal' || info.value.coins < STARVED_NANO || !world.random.chance(0.35)) return
  world.injectedNano -= info.value.coins - STARVED_NANO
  info.value.coins = STARVED_NANO
}

/** A network whose messages arrive in any order that a chain allows. */
export const createWorld = async (prices: PriceSet, random: Random, codes?: ContractCodes): Promise<World> => {
  const opened = await openTestNetwork(prices, { codes })
  const { chain } = opened
  const cache = createStateCache(chain)
  const network = { ...opened, vault: cache.remember(opened.vault, Vault.createFromAddress(opened.vault.address)) }
  const requesters: Requester[] = []
  for (let index = 0; index < REQUESTERS; index++) {
    const owner = await chain.treasury(`requester ${index}`)
    const parties = { owner: owner.address, vault: network.vault.address }
    const wrapper = escrowOf(parties, codes)
    const escrow = cache.remember(chain.openContract(wrapper), wrapper)
    requesters.push({ owner, escrow, session: random.pick(sessionKeys) })
  }
  const { stakers, jettons } = await createStakers(network, cache, codes)
  const world: World = {
    network,
    random,
    requesters,
    otherGuardian: await chain.treasury('other guardian'),
    devices: Array.from({ length: DEVICES }, (_, index) => Address.parseRaw(`0:${String(index + 1).repeat(64)}`)),
    stakers,
    jettons,
    trees: new Map(),
    committedRoot: '',
    inFlight: [],
    sent: [],
    batches: new Map(),
    injectedNano: 0n,
    feesNano: 0n,
    rents: new Map(),
    send: (origin, sending) => {
      const message = messageFrom(sending)
      if (message.info.type === 'internal') world.injectedNano += message.info.value.coins
      world.inFlight.push({ message, origin, isFirst: true })
    },
    deliver: async () => {
      const ways = new Map<string, InFlight>()
      for (const each of world.inFlight) if (!ways.has(wayOf(each))) ways.set(wayOf(each), each)
      if (ways.size === 0) return undefined
      const heads = [...ways.values()]
      const hurried = heads.find(({ origin, isFirst }) => isFirst && origin.isHurried)
      const delivered = hurried ?? world.random.pick(heads)
      world.inFlight.splice(world.inFlight.indexOf(delivered), 1)
      const steps = await chain.sendMessageIter(delivered.message, { allowParallel: true })
      const { value: transaction, done } = await steps.next()
      if (done === true) throw new Error('a message was not processed')
      world.feesNano += feesOf({ transactions: [transaction] })
      const to = delivered.message.info.dest
      if (to instanceof Address) {
        cache.forget(to)
        const rent = rentOf({ transactions: [transaction] }, to)
        world.rents.set(to.toRawString(), (world.rents.get(to.toRawString()) ?? 0n) + rent)
      }
      for (const message of transaction.outMessages.values()) {
        if (message.info.type !== 'internal') continue
        starve(world, message)
        world.inFlight.push({ message, origin: delivered.origin, isFirst: false })
      }
      return { transaction, delivered }
    },
    vault: () => vaultState(network),
    config: async () => {
      // without the virtual machine: it is read after every delivery to the vault
      const data = (await dataOf(network, network.vault.address)).beginParse()
      const keysSlice = data.loadRef().beginParse()
      const [coordinatorKey, auditorKey] = [keysSlice.loadBuffer(32), keysSlice.loadBuffer(32)].map((key) =>
        key.toString('hex'),
      )
      if (coordinatorKey === undefined || auditorKey === undefined) throw new Error('a vault has two keys')
      return { coordinatorKey, auditorKey, guardian: keysSlice.loadAddress(), challengeWindowSec: data.loadUint(32) }
    },
    nameOf: (address) => {
      const named = [
        ['the vault', network.vault.address],
        ['the operator', network.operator.address],
        ['the guardian', network.guardian.address],
        ['the other guardian', world.otherGuardian.address],
        ...requesters.flatMap(({ owner, escrow }, index) => [
          [`owner ${index}`, owner.address] as const,
          [`escrow ${index}`, escrow.address] as const,
        ]),
        ...stakers.flatMap(({ owner, account, gstd, falseGstd }, index) => [
          [`device owner ${index}`, owner.address] as const,
          [`its GSTD`, gstd.owner] as const,
          [`account ${index}`, account.address] as const,
          [`the account's GSTD`, gstd.account] as const,
          [`false GSTD`, falseGstd.account] as const,
        ]),
      ] as const
      return named.find(([, known]) => address instanceof Address && known.equals(address))?.[0] ?? 'a device'
    },
    escrow: ({ escrow }) => escrow.getState(),
  }
  return world
}
