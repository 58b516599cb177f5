import type { Address, Cell } from '@ton/core'

/** A message that waits for a block. */
export type QueuedMessage =
  | { kind: 'external'; cell: Cell; hash: string }
  | { kind: 'internal'; cell: Cell; lt: bigint }
  | Mint

/** New coins for an account. */
export type Mint = {
  kind: 'mint'
  address: Address
  amountNano: bigint
  /** Called with the transaction's logical time once its block is written. */
  settle(lt: bigint): void
  fail(reason: unknown): void
}

/** First in, first out: what contracts send each other cannot keep messages from outside waiting for ever. */
export type MessageQueue = {
  push(message: QueuedMessage): void
  shift(): QueuedMessage | undefined
  readonly size: number
}

const COMPACT_AT = 1024

export const createMessageQueue = (): MessageQueue => {
  let messages: (QueuedMessage | undefined)[] = []
  let head = 0
  return {
    push: (message) => {
      messages.push(message)
    },
    shift: () => {
      const message = messages[head]
      if (message === undefined) return undefined
      messages[head++] = undefined
      if (head >= COMPACT_AT && head * 2 >= messages.length) {
        messages = messages.slice(head)
        head = 0
      }
      return message
    },
    get size() {
      return messages.length - head
    },
  }
}
