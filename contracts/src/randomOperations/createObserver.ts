import { Address, type Message, type Slice } from '@ton/core'
import type { BlockchainTransaction } from '@ton/sandbox'
import { nowSec } from '../chainForTests/openTestNetwork.ts'
import { isDone, refusalsIn } from '../chainForTests/transactions.ts'
import type { InFlight, World } from './createWorld.ts'
import { readJettons } from './readJettons.ts'
import { opOf, readFund } from './readFund.ts'
import { holds, Violation } from './Violation.ts'

const EVENT = {
  charged: 0x474500e1,
  deposited: 0x474500e2,
  committed: 0x475600e1,
  executed: 0x475600e2,
  proposed: 0x475600e7,
  locked: 0x474400e2,
} as const
const otherEvents = new Map([
  [0x475600e4, 'vetoed'],
  [0x475600e5, 'reclaimed'],
  [0x475600e6, 'uncommitted'],
  [0x475600e7, 'change proposed'],
  [0x475600e8, 'change cancelled'],
  [0x475600e9, 'change applied'],
  [0x474400e1, 'staked'],
  [0x474400e2, 'slash locked'],
  [0x474400e3, 'appealed'],
  [0x474400e4, 'slash vetoed'],
  [0x474400e5, 'slash executed'],
])
/** What has no event of its own, by the message that does it. */
const silentOutcomes = new Map([
  [0x47440002, 'device set'],
  [0x47440003, 'unbonded'],
  [0x47440004, 'withdrawn'],
  [0x47440008, 'reputation updated'],
])
const PAYOUT = 0x475600e3

/** What a vault says before it looks at anything else: it is frozen, or has other keys by now. */
const earlierRefusals = ['FROZEN', 'COORDINATOR_SIGNATURE', 'AUDITOR_SIGNATURE']

const hex = (value: bigint): string => value.toString(16).padStart(64, '0')

/** What the events and payouts of a run add up to, and what outcomes it had. */
export type Observer = {
  outcomes: Map<string, number>
  paidOutNano: () => bigint
  /** Judges one transaction by what was to come of its message. */
  observe: (world: World, seen: { transaction: BlockchainTransaction; delivered: InFlight }) => void
}

export const createObserver = (): Observer => {
  const outcomes = new Map<string, number>()
  const counted = new Set<string>()
  const payouts = new Map<string, bigint>()
  let committed: { epoch: number; next: string; validFromSec: number } | undefined

  const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)

  const countOnce = ({ origin }: InFlight): void => {
    if (origin.bodyHash === undefined) throw new Violation('what counts is signed', origin.name)
    holds(!counted.has(origin.bodyHash), 'what is signed counts once', origin.name)
    counted.add(origin.bodyHash)
  }

  const onEvent = (world: World, body: Slice, delivered: InFlight): void => {
    const op = opOf(body)
    if (op === EVENT.deposited) return count('deposited')
    if (op === EVENT.charged) {
      countOnce(delivered)
      return count('charged')
    }
    if (op === EVENT.committed) {
      countOnce(delivered)
      const [epoch, next] = [body.loadUint(32), hex(body.loadUintBig(256))]
      body.loadCoins()
      body.loadCoins()
      const validFromSec = body.skip(64).loadUint(32)
      holds(epoch === (committed?.epoch ?? 0) + 1, 'epochs are committed in order')
      holds(validFromSec === nowSec(world.network) + 3600, 'a commit opens its window')
      committed = { epoch, next, validFromSec }
      world.committedRoot = delivered.origin.roots?.reputationRoot ?? ''
      return count('committed')
    }
    const other = otherEvents.get(op)
    if (op === EVENT.locked || op === EVENT.proposed) countOnce(delivered)
    if (other !== undefined) return count(other)
    holds(op === EVENT.executed, 'there are no other events')
    if (committed === undefined) throw new Violation('no batch is executed before the first commit', '')
    holds(body.loadUint(32) === committed.epoch, 'the last epoch is executed')
    const batch = hex(body.loadUintBig(256))
    holds(batch === committed.next, 'batches are executed in order')
    holds(nowSec(world.network) >= committed.validFromSec, 'no batch is executed a second early')
    const cell = world.batches.get(batch)
    if (cell === undefined) throw new Violation('no batch is executed that nobody made', batch)
    committed.next = hex(cell.beginParse().loadUintBig(256))
    count('executed')
  }

  const onPayout = ({ info, body }: Message): void => {
    const slice = body.beginParse()
    if (info.type !== 'internal' || opOf(slice) !== PAYOUT) return
    const key = `${slice.loadUint(32)} to ${info.dest.toRawString()}`
    holds(!payouts.has(key), 'nothing is paid twice', key)
    payouts.set(key, info.value.coins)
  }

  return {
    outcomes,
    paidOutNano: () => [...payouts.values()].reduce((sum, amountNano) => sum + amountNano, 0n),
    observe: (world, { transaction, delivered }) => {
      const { origin, isFirst, message } = delivered
      if (origin.refused !== undefined) {
        holds(transaction.externals.length === 0, 'what must be refused has no effect', origin.name)
        const seen = refusalsIn({ transactions: [transaction] })
        const allowed = [origin.refused, ...earlierRefusals]
        const isRefused = seen.length === 1 && allowed.some((refusal) => refusal === seen[0])
        if (isFirst && origin.refused !== 'somehow')
          holds(isRefused, 'what must be refused is refused', `${origin.name}: ${seen.join()}`)
      }
      for (const refusal of refusalsIn({ transactions: [transaction] })) count(`refused: ${refusal}`)
      if (readFund(message)?.isBounced && origin.refused === undefined) count('charge undone')
      for (const { body } of transaction.externals) onEvent(world, body.beginParse(), delivered)
      for (const sent of transaction.outMessages.values()) onPayout(sent)
      const silent = silentOutcomes.get(opOf(message.body.beginParse()))
      if (silent !== undefined && isDone(transaction)) count(silent)
      if (readJettons(message)?.isBounced && isDone(transaction)) count('transfer undone')
      if (!(message.info.dest instanceof Address)) throw new Error('a message to nowhere')
    },
  }
}
