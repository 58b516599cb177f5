import type { AccountState } from '@gstd/sdk/contracts'
import { Address, toNano } from '@ton/core'
import type { BlockchainTransaction } from '@ton/sandbox'
import { nowSec } from '../chainForTests/openTestNetwork.ts'
import { isDone, refusalsIn } from '../chainForTests/transactions.ts'
import type { InFlight, World } from './createWorld.ts'
import type { Staker } from './createStakers.ts'
import { readJettons } from './readJettons.ts'
import { opOf } from './readFund.ts'
import { holds, textOf, Violation } from './Violation.ts'
import { weighAccountMessage } from './weighAccountMessage.ts'
import type { AccountSums, Reason } from './Weighed.ts'

/** Less than that may run out of gas before a contract can say why it refuses. */
const STARVED_NANO = toNano('0.02')
/** The owner's GSTD is stake with that much, and may be with less. */
const STAKE_NANO = toNano('0.01')
/** Less than it costs to send it back. */
const DUST_NANO = toNano('0.0004')
const RENT_NANO = toNano('0.05')
const TAKE_WALLET = 0xd1735400
const OPEN = 0x47440001

const none: AccountSums = {
  stakeNano: 0n,
  unbondingNano: 0n,
  unbondedAtSec: 0,
  slashSeq: 0,
  slashes: 0,
  pending: undefined,
  devices: [],
}

const sumsOf = (state: AccountState | undefined): AccountSums => {
  if (state === undefined) return none
  const { stakeNano, unbondingNano, unbondedAtSec, slashSeq, slashes, pending, devices } = state
  const sorted = devices.toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1))
  return { stakeNano, unbondingNano, unbondedAtSec, slashSeq, slashes, pending, devices: sorted }
}

type Seen = { transaction: BlockchainTransaction; delivered: InFlight }

/** What the judge knows of an account. */
type Known = {
  staker: Staker
  isDeployed: boolean
  /** Whether the master has told it its wallet. */
  isOpen: boolean
  sums: AccountSums
  /** Nano TON that it holds, as if it had paid no rent. */
  heldNano: bigint
}

const valueOf = ({ message: { info } }: InFlight): bigint => (info.type === 'internal' ? info.value.coins : 0n)

/** Fees of what a transaction sends: of stake that comes with next to no TON, the account pays for the event. */
const forwardingOf = ({ description }: BlockchainTransaction): bigint =>
  description.type === 'generic' ? (description.actionPhase?.totalFwdFees ?? 0n) : 0n

/** A bounce or a plain transfer, which leaves its TON. */
const isGift = ({ message: { info, body } }: InFlight): boolean =>
  (info.type === 'internal' && info.bounced) || body.bits.length === 0

const checkRefusal = (seen: Seen, { isDeployed }: Known, reasons: readonly Reason[]): void => {
  const { transaction, delivered } = seen
  const { name } = delivered.origin
  const { info, body } = delivered.message
  const isBounced = info.type === 'internal' && info.bounced
  const isStake = readJettons(delivered.message)?.kind === 'notification'
  const isStarved = !isBounced && valueOf(delivered) < (isStake ? STAKE_NANO : STARVED_NANO)
  const isMissing = !isDeployed && opOf(body.beginParse()) !== OPEN
  if (isStarved || isMissing) return
  const given = refusalsIn({ transactions: [transaction] }).map((each) => (each === 0xffff ? 'UNKNOWN_MESSAGE' : each))
  const isAmong = given.length === 1 && reasons.some((reason) => reason === given[0])
  holds(isAmong, 'an account refuses for the right reason', `${name}: ${given.join()} instead of ${reasons.join()}`)
}

export type AccountsJudge = { judge: (seen: Seen) => Promise<void> }

/** Follows the device accounts by rules of their own: what each message makes of them, and what it costs them. */
export const createAccountsJudge = (world: World): AccountsJudge => {
  const { network, stakers, jettons } = world
  const heldBy = async ({ account: { address } }: Staker): Promise<bigint> =>
    (await network.balanceOf(address)) + (world.rents.get(address.toRawString()) ?? 0n)
  const accounts: Known[] = stakers.map((staker) => ({
    staker,
    isDeployed: false,
    isOpen: false,
    sums: none,
    heldNano: 0n,
  }))

  return {
    judge: async (seen) => {
      const { transaction, delivered } = seen
      const { dest } = delivered.message.info
      const known = accounts.find(({ staker }) => dest instanceof Address && dest.equals(staker.account.address))
      if (known === undefined) return
      const { staker, sums: before, isOpen, isDeployed } = known
      const [valueNano, now] = [valueOf(delivered), nowSec(network)]
      const arrived = { staker, jettons, before, isOpen, delivered, valueNano, nowSec: now }
      const { reasons, after } = weighAccountMessage(arrived, network.vault.address)
      const state = await staker.account.getState()
      const found = sumsOf(state)
      const { name } = delivered.origin
      if (isDone(transaction)) {
        const [reason] = reasons
        if (reason !== undefined) throw new Violation(`an account refuses with ${reason}`, name)
        holds(
          textOf(found) === textOf(after),
          'a message changes an account as it says',
          `${name}: ${textOf(found)} instead of ${textOf(after)}`,
        )
        known.isOpen ||= opOf(delivered.message.body.beginParse()) === TAKE_WALLET
      } else {
        checkRefusal(seen, known, reasons)
        holds(textOf(found) === textOf(before), 'what an account refuses changes nothing', name)
      }
      const heldNano = await heldBy(staker)
      const gainedNano = heldNano - known.heldNano
      const isScant = found.stakeNano > before.stakeNano && valueNano < STAKE_NANO
      const paidNano = isScant ? forwardingOf(transaction) : 0n
      holds(gainedNano >= -paidNano, 'an account pays its rent and nothing else', `${name}: ${gainedNano} nano`)
      const isKept = isDone(transaction) && isDeployed && !isGift(delivered)
      const isForRent = isKept && (await network.balanceOf(staker.account.address)) <= RENT_NANO
      holds(
        !isKept || gainedNano < DUST_NANO || isForRent,
        'an account keeps no TON but its rent',
        `${name}: ${gainedNano} nano`,
      )
      Object.assign(known, { isDeployed: state !== undefined, sums: found, heldNano })
    },
  }
}
