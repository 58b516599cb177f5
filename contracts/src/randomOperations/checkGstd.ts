import { Address, type Message } from '@ton/core'
import type { BlockchainTransaction } from '@ton/sandbox'
import { dataOf } from '../chainForTests/dataOf.ts'
import { isDone } from '../chainForTests/transactions.ts'
import type { Staker } from './createStakers.ts'
import type { InFlight, World } from './createWorld.ts'
import { jettonBalance, readJettons } from './readJettons.ts'
import { opOf } from './readFund.ts'
import { holds } from './Violation.ts'

const SLASH_EXECUTED = 0x474400e5
/** Purposes of an account's transfers, as their query ids. */
const FOR_TREASURY = 2n
const FOR_RETURN = 3n

type Seen = { transaction: BlockchainTransaction; delivered: InFlight }

export type GstdJudge = { judge: (seen: Seen) => Promise<void> }

const goes = ({ info }: Message, from: Address, to: Address): boolean =>
  info.type === 'internal' && info.src.equals(from) && info.dest.equals(to)

/** GSTD that says nothing to whom it comes. */
const isSilent = (message: Message): boolean => {
  const jettons = readJettons(message)
  if (jettons?.kind !== 'internal transfer' || jettons.isBounced) return false
  jettons.rest.loadMaybeAddress()
  jettons.rest.loadMaybeAddress()
  return jettons.rest.loadCoins() === 0n
}

/** Follows every nano of GSTD from wallet to wallet, and what accounts say of theirs. */
export const createGstdJudge = async (world: World): Promise<GstdJudge> => {
  const { network, stakers, jettons } = world
  const balances = new Map<string, bigint>()
  const balanceOf = (wallet: Address): bigint => balances.get(wallet.toRawString()) ?? 0n
  const look = async (wallet: Address): Promise<void> =>
    void balances.set(wallet.toRawString(), jettonBalance(await dataOf(network, wallet)))
  for (const wallet of jettons.gstdWallets) await look(wallet)
  /** What came to accounts without what it takes to count, or to return it. */
  const stranded = new Map<Staker, bigint>()
  let slashedNano = 0n

  const movingNano = (isCounted: (message: Message, kind: string) => boolean): bigint =>
    world.inFlight.reduce((sum, { message }) => {
      const moved = readJettons(message)
      return moved !== undefined && isCounted(message, moved.kind) ? sum + moved.amountNano : sum
    }, 0n)

  const strand = ({ transaction, delivered }: Seen, staker: Staker): void => {
    const { message } = delivered
    const moved = readJettons(message)
    if (moved === undefined) return
    const { account, gstd } = staker
    const isNews = goes(message, gstd.account, account.address)
    const isLost =
      (isNews && moved.kind === 'notification' && !isDone(transaction)) ||
      (isNews && moved.kind === 'transfer' && moved.isBounced && moved.queryId === FOR_RETURN) ||
      (message.info.dest?.toString() === gstd.account.toString() && isSilent(message) && isDone(transaction))
    if (isLost) stranded.set(staker, (stranded.get(staker) ?? 0n) + moved.amountNano)
    if (isNews && moved.isBounced && moved.queryId === FOR_TREASURY) slashedNano -= moved.amountNano
  }

  const checkAccount = async (staker: Staker): Promise<void> => {
    const { account, gstd } = staker
    const state = await account.getState()
    const said =
      (state?.stakeNano ?? 0n) +
      (state?.unbondingNano ?? 0n) +
      (state?.pending?.fromStakeNano ?? 0n) +
      (state?.pending?.fromUnbondingNano ?? 0n)
    const moving = movingNano(
      (message, kind) =>
        (kind === 'transfer' && goes(message, account.address, gstd.account)) ||
        (kind !== 'internal transfer' && goes(message, gstd.account, account.address)),
    )
    const found = said + moving + (stranded.get(staker) ?? 0n)
    const held = balanceOf(gstd.account)
    holds(held === found, 'an account’s GSTD is staked, unbonding, locked or on its way', `${held}, ${found}`)
  }

  return {
    judge: async (seen) => {
      const { transaction, delivered } = seen
      const { dest } = delivered.message.info
      if (!(dest instanceof Address)) return
      const isWallet = balances.has(dest.toRawString())
      const staker = stakers.find(({ account, gstd }) => dest.equals(account.address) || dest.equals(gstd.account))
      if (isWallet) await look(dest)
      for (const { body } of transaction.externals) {
        const event = body.beginParse()
        if (opOf(event) === SLASH_EXECUTED) slashedNano += event.skip(32).loadCoins()
      }
      if (staker !== undefined) {
        strand(seen, staker)
        await checkAccount(staker)
      }
      if (!isWallet) return
      const moving = movingNano(
        ({ info }, kind) =>
          kind === 'internal transfer' && info.type === 'internal' && balances.has(info.src.toRawString()),
      )
      const heldNano = [...balances.values()].reduce((sum, balance) => sum + balance, moving)
      holds(heldNano === jettons.supplyNano, 'GSTD is conserved', `${heldNano - jettons.supplyNano} nano`)
      const treasuryNano = balanceOf(jettons.treasuryWallet)
      const isOver = world.inFlight.length === 0
      const isRight = isOver ? treasuryNano === slashedNano : treasuryNano <= slashedNano
      holds(isRight, 'the treasury has what was slashed', `${treasuryNano}, ${slashedNano}`)
    },
  }
}
