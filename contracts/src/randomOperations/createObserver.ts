import { Address, type Message, type Slice } from '@ton/core'
import type { BlockchainTransaction } from '@ton/sandbox'
import { expect } from 'vitest'
import { nowSec } from '../chainForTests/openTestNetwork.ts'
import { refusalsIn } from '../chainForTests/transactions.ts'
import type { InFlight, World } from './createWorld.ts'
import { opOf, readFund } from './readFund.ts'

const EVENT = { charged: 0x474500e1, deposited: 0x474500e2, committed: 0x475600e1, executed: 0x475600e2 } as const
const PAYOUT = 0x475600e3

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
    if (origin.bodyHash === undefined) throw new Error(`${origin.name} has no signed body`)
    expect(counted.has(origin.bodyHash), `${origin.name} counts a second time`).toBe(false)
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
      expect(epoch).toBe((committed?.epoch ?? 0) + 1)
      expect(validFromSec).toBe(nowSec(world.network) + 3600)
      committed = { epoch, next, validFromSec }
      return count('committed')
    }
    expect(op).toBe(EVENT.executed)
    if (committed === undefined) throw new Error('a batch is executed before the first commit')
    expect(body.loadUint(32)).toBe(committed.epoch)
    const batch = hex(body.loadUintBig(256))
    expect(batch, 'batches in order').toBe(committed.next)
    expect(nowSec(world.network), 'no batch before its window ends').toBeGreaterThanOrEqual(committed.validFromSec)
    const cell = world.batches.get(batch)
    if (cell === undefined) throw new Error('a batch that nobody made')
    committed.next = hex(cell.beginParse().loadUintBig(256))
    count('executed')
  }

  const onPayout = ({ info, body }: Message): void => {
    const slice = body.beginParse()
    if (info.type !== 'internal' || opOf(slice) !== PAYOUT) return
    const key = `${slice.loadUint(32)} to ${info.dest.toRawString()}`
    expect(payouts.has(key), `${key} is paid twice`).toBe(false)
    payouts.set(key, info.value.coins)
  }

  return {
    outcomes,
    paidOutNano: () => [...payouts.values()].reduce((sum, amountNano) => sum + amountNano, 0n),
    observe: (world, { transaction, delivered }) => {
      const { origin, isFirst, message } = delivered
      if (origin.refused !== undefined) {
        expect(transaction.externals, `${origin.name} has an effect`).toEqual([])
        if (isFirst && origin.refused !== 'somehow')
          expect(refusalsIn({ transactions: [transaction] })).toEqual([origin.refused])
      }
      for (const refusal of refusalsIn({ transactions: [transaction] })) count(`refused: ${refusal}`)
      if (readFund(message)?.isBounced && origin.refused === undefined) count('charge undone')
      for (const { body } of transaction.externals) onEvent(world, body.beginParse(), delivered)
      for (const sent of transaction.outMessages.values()) onPayout(sent)
      if (!(message.info.dest instanceof Address)) throw new Error('a message to nowhere')
    },
  }
}
