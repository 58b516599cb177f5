import { type Cell, internal, type MessageRelaxed, SendMode } from '@ton/core'
import { GstdError } from '@gstd/sdk'
import { type TonClient, WalletContractV5R1 } from '@ton/ton'
import type { TonWallet, WalletVersion } from '../wallet/tonWallet.ts'
import type { OutgoingMessage } from './openChain.ts'
import { waitUntil } from './waitUntil.ts'

export type SendOptions = {
  client: TonClient
  call: <Result>(run: () => Promise<Result>) => Promise<Result>
  wallet: TonWallet
  messages: readonly OutgoingMessage[]
  signal: AbortSignal
}

const MESSAGE_LIFETIME_SEC = 120
const MAX_ATTEMPTS = 5
const RECENT = 20

/** What stands before the number in a wallet's signed message, in bits. */
const BITS_BEFORE_SEQNO: Record<WalletVersion, number> = {
  /** Opcode, wallet id, time. */
  v5r1: 32 + 32 + 32,
  /** Signature, wallet id, time. */
  v4r2: 512 + 32 + 32,
}

const seqnoOf = (body: Cell, version: WalletVersion): number | undefined => {
  const slice = body.beginParse()
  const before = BITS_BEFORE_SEQNO[version]
  return slice.remainingBits >= before + 32 ? slice.skip(before).loadUint(32) : undefined
}

/** Signs the messages under one number of the wallet. */
const signMessages = ({ wallet, messages }: SendOptions, seqno: number, untilSec: number): Cell => {
  const transfer = {
    seqno,
    secretKey: wallet.keyPair.secretKey,
    messages: messages.map((message): MessageRelaxed => internal(message)),
    sendMode: SendMode.PAY_GAS_SEPARATELY,
    timeout: untilSec,
  }
  const { contract } = wallet
  return contract instanceof WalletContractV5R1 ? contract.createTransfer(transfer) : contract.createTransfer(transfer)
}

/**
 * Sends messages from a wallet and waits until the wallet has taken them.
 *
 * A wallet takes each number once. Whether it took it for this message or for one of another process is told by the
 * message itself, which the wallet's transactions name: an answer that was lost must not lead to a second payment.
 *
 * @throws GstdError `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`; the signal's reason, before anything is sent
 */
export const sendFromWallet = async (options: SendOptions): Promise<void> => {
  const { client, call, wallet, signal } = options
  const { contract, version } = wallet
  const opened = client.open(contract)
  const readSeqno = (): Promise<number> => call(() => opened.getSeqno())

  /** Finds who took a number; undefined while the transaction does not show. */
  const takenBy = async (seqno: number, body: Cell): Promise<'us' | 'another' | undefined> => {
    if ((await readSeqno()) <= seqno) return undefined
    const transactions = await call(() => client.getTransactions(contract.address, { limit: RECENT }))
    const bodies = transactions.flatMap(({ inMessage }) =>
      inMessage?.info.type === 'external-in' ? [inMessage.body] : [],
    )
    const taken = bodies.find((candidate) => seqnoOf(candidate, version) === seqno)
    return taken === undefined ? undefined : taken.equals(body) ? 'us' : 'another'
  }

  for (let attempt = 1; ; attempt++) {
    const seqno = await readSeqno()
    const { timestampt: nowSec } = await call(() => client.getContractState(contract.address))
    const body = signMessages(options, seqno, nowSec + MESSAGE_LIFETIME_SEC)
    signal.throwIfAborted()
    let refusal: GstdError | undefined
    try {
      await call(() => opened.send(body))
    } catch (thrown) {
      if (!(thrown instanceof GstdError)) throw thrown
      refusal = thrown
    }
    if (refusal !== undefined && (await readSeqno()) <= seqno) throw refusal
    const by = await waitUntil(() => takenBy(seqno, body), { what: 'the wallet’s message', signal })
    if (by === 'us') return
    if (attempt === MAX_ATTEMPTS) {
      throw new GstdError('CHAIN_TIMEOUT', 'other processes used the wallet at the same time, again and again', {
        details: { address: wallet.address },
        hint: 'nothing was sent: try again when they are done',
      })
    }
  }
}
