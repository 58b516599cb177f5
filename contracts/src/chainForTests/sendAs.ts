import { type Address, beginCell, type Cell, type Message, type StateInit } from '@ton/core'
import type { SendMessageResult } from '@ton/sandbox'
import type { TestNetwork } from './openTestNetwork.ts'

type Sending = {
  from: Address
  to: Address
  body?: Cell
  init?: StateInit
  valueNano?: bigint
  bounced?: boolean
}

/** @returns a message as it arrives, its forwarding paid for. */
export const messageFrom = ({ from, to, body, valueNano = 500_000_000n, init, bounced = false }: Sending): Message => ({
  info: {
    type: 'internal',
    ihrDisabled: true,
    bounce: !bounced,
    bounced,
    src: from,
    dest: to,
    value: { coins: valueNano },
    ihrFee: 0n,
    forwardFee: 0n,
    createdAt: 0,
    createdLt: 0n,
  },
  ...(init !== undefined && { init }),
  body: body ?? beginCell().endCell(),
})

/** Delivers a message from any account, even from one that would never send it. */
export const sendAs = ({ chain }: TestNetwork, sending: Sending): Promise<SendMessageResult> =>
  chain.sendMessage(messageFrom(sending))
