import type { VaultConfig, VaultState } from '@gstd/sdk/contracts'
import { Address, type Message, type Slice } from '@ton/core'
import type { BlockchainTransaction } from '@ton/sandbox'
import { CHALLENGE_SEC, nowSec } from '../chainForTests/openTestNetwork.ts'
import { isDone } from '../chainForTests/transactions.ts'
import type { InFlight, World } from './createWorld.ts'
import { createFundBook } from './createFundBook.ts'
import { opOf, readFund } from './readFund.ts'
import { holds, textOf } from './Violation.ts'

const DAY_SEC = 86_400
const OP = {
  unfreeze: 0x47560006,
  escrowCharge: 0x47450004,
  lockSlash: 0x47440006,
  cancelSlash: 0x47440007,
  setReputation: 0x47440008,
} as const
const EVENT = {
  committed: 0x475600e1,
  executed: 0x475600e2,
  vetoed: 0x475600e4,
  reclaimed: 0x475600e5,
  uncommitted: 0x475600e6,
  proposed: 0x475600e7,
  cancelled: 0x475600e8,
  applied: 0x475600e9,
} as const

const hex = (value: bigint): string => value.toString(16).padStart(64, '0')
const NO_HASH = hex(0n)
const nothing = { next: NO_HASH, remainingNano: 0n, validFromSec: 0 }

type Seen = { transaction: BlockchainTransaction; delivered: InFlight }
type Roots = VaultState['roots']

export type VaultJudge = {
  /** Judges what one transaction has made of the vault. */
  judge: (seen: Seen) => Promise<void>
  /** Nano TON that went back to owners from the vault. */
  reclaimedNano: () => bigint
}

/** Follows the vault by a model of its own: from messages and events it says what the vault's state must be. */
export const createVaultJudge = async (world: World): Promise<VaultJudge> => {
  const { network, requesters } = world
  const book = createFundBook()
  let before = await world.vault()
  let config = await world.config()
  let proposals = 0
  let proposal: { change: VaultConfig; validFromSec: number } | undefined
  let windowRoots: Roots = before.roots
  let windowFrom = before.fundedFrom
  let reclaimedNano = 0n
  const vetoed = new Set<string>()

  const checkSigned = ({ origin }: InFlight): void => {
    const { coordinatorKey, auditorKey } = config
    holds(origin.signers?.coordinatorKey === coordinatorKey, 'the coordinator has signed', origin.name)
    holds(origin.signers?.auditorKey === auditorKey, 'the auditor has signed', origin.name)
  }
  const checkGuardian = ({ message, origin }: InFlight): void =>
    holds(String(message.info.src) === config.guardian.toString(), 'the guardian has sent it', origin.name)

  const onFund = ({ message }: InFlight, fund: { deltaNano: bigint; epoch: number }): VaultState => {
    const sender = requesters.find(({ escrow }) => escrow.address.toString() === String(message.info.src))
    holds(sender !== undefined, 'only escrows fund the vault')
    holds(fund.epoch === before.epoch + 1, 'funds are for the next epoch')
    if (sender !== undefined) book.fund(sender.owner.address.toString(), fund.deltaNano, nowSec(network))
    return {
      ...before,
      fundedNextNano: before.fundedNextNano + fund.deltaNano,
      firstFundAtSec: book.firstFundAtSec(),
    }
  }

  const onCommitted = (body: Slice, delivered: InFlight): VaultState => {
    checkSigned(delivered)
    const { current } = before
    holds(before.frozenAtSec === 0, 'a frozen vault commits nothing')
    holds(current.next === NO_HASH && nowSec(network) >= current.validFromSec, 'no epoch is lost by the next commit')
    const epoch = body.loadUint(32)
    const [next, totalNano, owedNano] = [hex(body.loadUintBig(256)), body.loadCoins(), body.loadCoins()]
    holds(epoch === before.epoch + 1, 'epochs are committed in order')
    holds(totalNano + owedNano === before.fundedNextNano + before.owedNano, 'a commit pays or owes what was funded')
    const roots = current.validFromSec > 0 ? windowRoots : before.roots
    windowRoots = delivered.origin.roots ?? windowRoots
    windowFrom = before.fundedFrom
    book.commit()
    const validFromSec = nowSec(network) + CHALLENGE_SEC
    return {
      ...before,
      epoch,
      fundedFrom: epoch + 1,
      fundedNextNano: 0n,
      firstFundAtSec: 0,
      owedNano,
      current: { next, remainingNano: totalNano, validFromSec },
      roots,
    }
  }

  const onExecuted = (body: Slice): VaultState => {
    const { current } = before
    const [batch, sumNano] = [hex(body.skip(32).loadUintBig(256)), body.loadCoins()]
    holds(batch === current.next, 'batches are executed in order')
    holds(nowSec(network) >= current.validFromSec, 'no batch is executed a second early')
    holds(sumNano <= current.remainingNano, 'no more is paid than was committed')
    const next = hex(world.batches.get(batch)?.beginParse().loadUintBig(256) ?? 0n)
    const remainingNano = current.remainingNano - sumNano
    return {
      ...before,
      paidNano: before.paidNano + sumNano,
      current: next === NO_HASH ? nothing : { ...current, next, remainingNano },
      roots: windowRoots,
    }
  }

  const onVetoed = (body: Slice, delivered: InFlight): VaultState => {
    checkGuardian(delivered)
    const { current } = before
    holds(body.loadUint(32) === before.epoch, 'a veto names the epoch in its window')
    holds(nowSec(network) < current.validFromSec, 'no veto after the window')
    const fundedNano = body.loadCoins()
    holds(fundedNano === book.windowNano(), 'a veto gives back what the epoch was funded with')
    book.veto()
    vetoed.add(textOf(windowRoots))
    return {
      ...before,
      fundedFrom: windowFrom,
      fundedNextNano: before.fundedNextNano + fundedNano,
      firstFundAtSec: book.firstFundAtSec(),
      owedNano: before.owedNano + current.remainingNano - fundedNano,
      frozenAtSec: nowSec(network),
      current: nothing,
    }
  }

  const onReclaimed = (body: Slice, { transaction }: Seen): VaultState => {
    const [deltaNano, owner] = [body.skip(32).loadCoins(), body.loadAddress()]
    const pendingNano = book.pendingOf(owner.toString())
    holds(deltaNano > 0n && deltaNano <= pendingNano, 'an owner reclaims no more than is pending', `${deltaNano}`)
    holds(nowSec(network) >= before.firstFundAtSec + 14 * DAY_SEC, 'nothing is reclaimed a second early')
    const sentNano = [...transaction.outMessages.values()].reduce((sum, { info }) => {
      return info.type === 'internal' && info.dest.equals(owner) ? sum + info.value.coins : sum
    }, 0n)
    holds(sentNano >= deltaNano, 'what is reclaimed reaches its owner')
    book.reclaim(owner.toString(), deltaNano)
    reclaimedNano += deltaNano
    return { ...before, fundedNextNano: before.fundedNextNano - deltaNano }
  }

  const onUncommitted = (delivered: InFlight): VaultState => {
    checkSigned(delivered)
    const { current } = before
    holds(nowSec(network) >= current.validFromSec + 7 * DAY_SEC, 'nothing is uncommitted a second early')
    return { ...before, owedNano: before.owedNano + current.remainingNano, current: nothing, roots: windowRoots }
  }

  const onProposed = (body: Slice, delivered: InFlight): VaultState => {
    checkSigned(delivered)
    holds(body.loadUint(32) === proposals++, 'proposals are numbered in order')
    const change = body.skip(32).loadRef().beginParse()
    const [coordinatorKey, auditorKey] = [hex(change.loadUintBig(256)), hex(change.loadUintBig(256))]
    const validFromSec = nowSec(network) + 7 * DAY_SEC
    proposal = { change: { ...config, coordinatorKey, auditorKey, guardian: change.loadAddress() }, validFromSec }
    return before
  }

  const onCancelled = (delivered: InFlight): VaultState => {
    checkGuardian(delivered)
    proposal = undefined
    return before
  }

  const onApplied = (): VaultState => {
    holds(proposal !== undefined, 'a change is applied once, and not when cancelled')
    holds(nowSec(network) >= (proposal?.validFromSec ?? 0), 'no change is applied a second early')
    config = proposal?.change ?? config
    proposal = undefined
    return before
  }

  const onEvent = (body: Slice, seen: Seen): VaultState => {
    const op = opOf(body)
    if (op === EVENT.committed) return onCommitted(body, seen.delivered)
    if (op === EVENT.executed) return onExecuted(body)
    if (op === EVENT.vetoed) return onVetoed(body, seen.delivered)
    if (op === EVENT.reclaimed) return onReclaimed(body, seen)
    if (op === EVENT.uncommitted) return onUncommitted(seen.delivered)
    if (op === EVENT.proposed) return onProposed(body, seen.delivered)
    if (op === EVENT.cancelled) return onCancelled(seen.delivered)
    holds(op === EVENT.applied, 'the vault has no other events')
    return onApplied()
  }

  /** Slashes, vetoes of slashes and reputations, which the vault only checks and hands on. */
  const onTold = ({ info, body }: Message, delivered: InFlight): void => {
    const { origin } = delivered
    const slice = body.beginParse()
    const op = opOf(slice)
    if (op === OP.cancelSlash) checkGuardian(delivered)
    if (op === OP.lockSlash) {
      checkSigned(delivered)
      holds(before.frozenAtSec === 0, 'a frozen vault slashes nothing')
      const [terms, signed] = [slice.loadRef(), origin.slash?.beginParse()]
      const isSigned = signed?.loadRef().equals(terms) === true
      holds(isSigned, 'a slash is what was signed')
      signed?.skip(32 + 32)
      holds(signed?.loadAddress().equals(network.vault.address) === true, 'a slash is signed for this vault')
      holds((signed?.loadUint(32) ?? 0) >= nowSec(network), 'no slash after its time')
      holds(signed?.loadAddress().toString() === info.dest?.toString(), 'a slash is for the account it was signed for')
      holds(signed?.loadUint(32) === slice.skip(64).loadUint(32), 'a slash has the number it was signed for')
    }
    if (op !== OP.setReputation) return
    const { current } = before
    const isOver = current.validFromSec > 0 && nowSec(network) >= current.validFromSec
    const { reputationRoot } = isOver ? windowRoots : before.roots
    const { root, deviceId, reputation } = origin.reputation ?? {}
    holds(root === reputationRoot, 'a reputation stands under the root that counts', origin.name)
    holds(slice.skip(64).loadUint(32) === Math.round((reputation ?? 0) * 1e6), 'a reputation is what was proven')
    slice.loadAddress()
    holds(slice.loadBuffer(16).toString('hex') === deviceId, 'a reputation is that of the device')
  }

  const onSilent = ({ transaction, delivered }: Seen): VaultState => {
    const fund = readFund(delivered.message)
    if (!isDone(transaction)) return before
    if (fund !== undefined && !fund.isBounced) return onFund(delivered, fund)
    const op = opOf(delivered.message.body.beginParse())
    if (op === OP.unfreeze) {
      checkSigned(delivered)
      holds(nowSec(network) >= before.frozenAtSec + 7 * DAY_SEC, 'nothing is unfrozen a second early')
      return { ...before, frozenAtSec: 0 }
    }
    const [told] = [...transaction.outMessages.values()]
    if (told !== undefined) onTold(told, delivered)
    if (told === undefined || opOf(told.body.beginParse()) !== OP.escrowCharge) return before
    checkSigned(delivered)
    const { charge } = delivered.origin
    holds(before.frozenAtSec === 0, 'a frozen vault charges nothing')
    holds(charge === undefined || charge.epoch === before.epoch + 1, 'charges are for the next epoch')
    return before
  }

  return {
    reclaimedNano: () => reclaimedNano,
    judge: async (seen) => {
      const { transaction, delivered } = seen
      const { dest } = delivered.message.info
      if (!(dest instanceof Address) || !dest.equals(network.vault.address)) return
      const after = await world.vault()
      const [event] = transaction.externals
      const expected = event === undefined ? onSilent(seen) : onEvent(event.body.beginParse(), seen)
      const difference = `${delivered.origin.name}: ${textOf(after)} instead of ${textOf(expected)}`
      holds(textOf(after) === textOf(expected), 'a message changes the vault as it says', difference)
      const isIntact = delivered.origin.refused === undefined || textOf(after) === textOf(before)
      holds(isIntact, 'what must be refused leaves the vault as it is', delivered.origin.name)
      holds(!vetoed.has(textOf(after.roots)), 'vetoed roots never become current')
      holds(book.pendingNano() === after.fundedNextNano, 'what funds the next epoch is what owners may reclaim')
      const now = await world.config()
      holds(textOf(now) === textOf(config), 'keys change only by a change that is applied')
      before = after
    },
  }
}
