import { type Address, type Cell, type CommonMessageInfo, loadMessage } from '@ton/core'
import type { Clock } from '../clock/createClock.ts'
import type { Ledger } from '../ledger/openLedger.ts'
import type { Emulator } from './emulator.ts'
import { createMessageQueue, type Mint } from './messageQueue.ts'
import { produceBlock } from './produceBlock.ts'

/** What an external message was refused for, before it came into the queue. */
export class MessageRefused extends Error {
  readonly exitCode: number | undefined

  constructor(reason: string, exitCode?: number) {
    super(reason)
    this.name = 'MessageRefused'
    this.exitCode = exitCode
  }
}

export type Chain = {
  readonly ledger: Ledger
  readonly emulator: Emulator
  readonly clock: Clock
  readonly config: Cell
  readonly globalId: number
  /**
   * Takes an external message when its contract would accept it now; a block applies it.
   *
   * @throws MessageRefused
   */
  submit(message: Cell): Promise<void>
  /** Brings new coins to an account. @returns logical time of the transaction, once its block is written */
  mint(address: Address, amountNano: bigint): Promise<bigint>
  /** Moves the chain's time ahead, and makes a block at that time. @returns unix seconds */
  advance(seconds: number): Promise<number>
  /** Rejects when blocks can no longer be written. */
  readonly failed: Promise<never>
  /** Brings what was taken into blocks, as far as a few seconds allow, and then makes no more. */
  stop(): Promise<void>
}

export type ChainOptions = {
  ledger: Ledger
  emulator: Emulator
  clock: Clock
  config: Cell
  globalId: number
  blockMs: number
  onDropped: (reason: unknown) => void
}

/** Without messages a block comes this often, so that its number goes on. */
const IDLE_BLOCK_MS = 1000
const MAX_WAITING = 10_000
const STOP_WITHIN_MS = 5000

const readInfo = (message: Cell): CommonMessageInfo | undefined => {
  try {
    return loadMessage(message.beginParse()).info
  } catch {
    return undefined
  }
}

/** Starts making blocks over a ledger. */
export const createChain = (options: ChainOptions): Chain => {
  const { ledger, emulator, clock, config, globalId, blockMs, onDropped } = options
  const queue = createMessageQueue()
  /** What was taken and is in no block yet: external messages by their hashes, and new coins. */
  const waiting = new Set<string>()
  const mints = new Set<Mint>()
  for (const { lt, cell } of ledger.pending()) queue.push({ kind: 'internal', cell, lt })

  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => undefined)
  let ended = false
  let timer: NodeJS.Timeout | undefined
  let producing: Promise<void> = Promise.resolve()
  let lastBlockMs = performance.now()

  const makeBlock = async (): Promise<void> => {
    const nowSec = clock.nowSec()
    const { changes, taken } = await produceBlock({ ledger, emulator, queue, nowSec, budgetMs: blockMs, onDropped })
    ledger.commit(changes)
    lastBlockMs = performance.now()
    for (const { message, lt } of taken) {
      if (message.kind === 'external') waiting.delete(message.hash)
      if (message.kind !== 'mint') continue
      mints.delete(message)
      if (lt === undefined) message.fail(new Error('the account did not take the coins'))
      else message.settle(lt)
    }
  }
  /** One block after the other: each begins where the one before has left the ledger. */
  const requestBlock = (): Promise<void> => {
    producing = producing.then(makeBlock)
    producing.catch((thrown: unknown) => {
      ended = true
      clearTimeout(timer)
      for (const mint of mints) mint.fail(thrown)
      fail(thrown)
    })
    return producing
  }
  const schedule = (delayMs: number): void => {
    if (ended) return
    timer = setTimeout(() => {
      tick().catch(fail)
    }, delayMs)
  }
  const tick = async (): Promise<void> => {
    const beganMs = performance.now()
    if (queue.size > 0 || beganMs - lastBlockMs >= IDLE_BLOCK_MS) await requestBlock()
    schedule(Math.max(0, blockMs - (performance.now() - beganMs)))
  }
  schedule(blockMs)

  const submit = async (message: Cell): Promise<void> => {
    const hash = message.hash().toString('hex')
    if (waiting.has(hash)) return
    if (queue.size >= MAX_WAITING) throw new MessageRefused('too many messages are waiting')
    const info = readInfo(message)
    if (info?.type !== 'external-in') throw new MessageRefused('external message must have type ext_in_msg_info')
    const { endLt } = ledger.lastBlock()
    const account = ledger.account(info.dest.toRawString())
    const run = await emulator.run({ account, message, nowSec: clock.nowSec(), lt: endLt + 1_000_000n })
    if (!run.accepted) throw new MessageRefused(run.reason, run.exitCode)
    if (ended) throw new MessageRefused('the network is stopping')
    if (waiting.has(hash)) return
    waiting.add(hash)
    queue.push({ kind: 'external', cell: message, hash })
  }

  return {
    ledger,
    emulator,
    clock,
    config,
    globalId,
    submit,
    failed,
    mint: (address, amountNano) =>
      new Promise((settle, reject) => {
        if (ended) throw new MessageRefused('the network is stopping')
        const mint: Mint = { kind: 'mint', address, amountNano, settle, fail: reject }
        mints.add(mint)
        queue.push(mint)
      }),
    advance: async (seconds) => {
      clock.advance(seconds)
      ledger.setAheadSec(clock.aheadSec)
      await requestBlock()
      return ledger.lastBlock().nowSec
    },
    stop: async () => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      const untilMs = performance.now() + STOP_WITHIN_MS
      while (waiting.size + mints.size > 0 && performance.now() < untilMs) await requestBlock()
      await producing
    },
  }
}
