import { GstdError } from '@gstd/sdk'
import { beginCell, external, internal, type MessageRelaxed, SendMode, storeMessage } from '@ton/core'
import type { WalletContractV5R1 } from '@ton/ton'
import type { ChainClient } from '../chain/createChainClient.ts'
import type { Journal } from '../log/journal.ts'
import { affordableErrands, errandsCostNano } from './affordableErrands.ts'
import { DEAD_AFTER_SEC } from './paymentContext.ts'

/** The wallet that sends the coordinator's chain messages; it is repaid by the tariff. */
export type OperatorWallet = {
  readonly contract: WalletContractV5R1
  readonly keyPair: { readonly secretKey: Buffer }
  /** Raw address. */
  readonly address: string
}

/** A message with what it is for, such as `charge:<cell hash>`: for each purpose one message is sent. */
export type Errand = { purpose: string; message: Parameters<typeof internal>[0]; repeatAfterMs?: number }

export type OperatorSender = {
  /**
   * Sends what has not been sent yet, as far as the wallet's money goes. Whether it had its effect, only the chain's state tells.
   *
   * @throws GstdError `CHAIN_UNAVAILABLE`; `WALLET_INSUFFICIENT` when it is not enough for the first message
   */
  send(errands: readonly Errand[]): Promise<void>
}

type StoredMessage = { seqno: number; boc: string; expires_at_sec: number }

const LIFETIME_SEC = 60
/** A message that the wallet has not taken yet is posted again after this time. */
const REPOST_MS = 3_000
/** Messages of one external message; wallet v5 takes up to 255. */
const MAX_MESSAGES = 200

/**
 * Builds the operator's sender. The signed message is on disk before it is sent, and sent again as it is until the
 * wallet's number moves on or it expires: since a wallet takes each number once, no kill makes it send twice.
 */
export const createOperatorSender = (
  journal: Journal,
  chain: ChainClient,
  wallet: OperatorWallet,
  clock: () => number,
): OperatorSender => {
  const opened = chain.client.open(wallet.contract)
  const nowSec = () => Math.floor(clock() / 1000)

  let posted = { boc: '', atMs: 0 }
  const post = async (boc: string): Promise<void> => {
    if (posted.boc === boc && clock() - posted.atMs < REPOST_MS) return
    posted = { boc, atMs: clock() }
    await chain.call(() => chain.client.sendFile(Buffer.from(boc, 'base64')))
  }

  /** One message must not wait for the money of all. */
  const withinBalance = async (errands: readonly Errand[]): Promise<Errand[]> => {
    const balanceNano = await chain.call(() => opened.getBalance())
    const affordable = affordableErrands(errands, balanceNano)
    if (affordable.length > 0) return affordable
    throw new GstdError('WALLET_INSUFFICIENT', 'the operator’s wallet cannot pay for the chain’s messages', {
      details: {
        address: wallet.address,
        balance_nano: balanceNano.toString(),
        needed_nano: errandsCostNano(errands).toString(),
      },
    })
  }

  const sign = async (seqno: number, errands: readonly Errand[], isDeployed: boolean): Promise<StoredMessage> => {
    const expiresAtSec = nowSec() + LIFETIME_SEC
    const body = wallet.contract.createTransfer({
      seqno,
      secretKey: wallet.keyPair.secretKey,
      messages: errands.map(({ message }): MessageRelaxed => internal(message)),
      sendMode: SendMode.PAY_GAS_SEPARATELY,
      timeout: expiresAtSec,
    })
    const message = external({
      to: wallet.contract.address,
      body,
      ...(!isDeployed && { init: wallet.contract.init }),
    })
    const boc = beginCell().store(storeMessage(message)).endCell().toBoc().toString('base64')
    return { seqno, boc, expires_at_sec: expiresAtSec }
  }

  const store = ({ seqno, boc, expires_at_sec }: StoredMessage, errands: readonly Errand[]) =>
    journal.write(async (unit) => {
      await unit.query(
        `INSERT INTO wallet_messages VALUES ($1, $2, $3)
         ON CONFLICT (seqno) DO UPDATE SET boc = excluded.boc, expires_at_sec = excluded.expires_at_sec`,
        [seqno, boc, expires_at_sec],
      )
      await unit.query('DELETE FROM wallet_messages WHERE seqno < $1', [seqno])
      await unit.query('DELETE FROM wallet_purposes WHERE seqno = $1', [seqno])
      for (const { purpose } of errands) {
        await unit.query(
          `INSERT INTO wallet_purposes VALUES ($1, $2, $3)
           ON CONFLICT (purpose) DO UPDATE SET seqno = excluded.seqno, sent_at = excluded.sent_at`,
          [purpose, seqno, clock()],
        )
      }
    })

  /** What no message with a number that the wallet has taken was for, or was too long ago. */
  const unsent = async (errands: readonly Errand[], seqno: number): Promise<Errand[]> => {
    const rows = await journal.query<{ purpose: string; sent_at: number }>(
      'SELECT purpose, sent_at FROM wallet_purposes WHERE purpose = ANY($1) AND seqno < $2',
      [errands.map(({ purpose }) => purpose), seqno],
    )
    const sentAt = new Map(rows.map((row) => [row.purpose, row.sent_at]))
    return errands.filter(({ purpose, repeatAfterMs = Number.POSITIVE_INFINITY }) => {
      const at = sentAt.get(purpose)
      return at === undefined || clock() - at > repeatAfterMs
    })
  }

  return {
    send: async (errands) => {
      if (errands.length === 0) return
      const seqno = await chain.call(() => opened.getSeqno())
      const [last] = await journal.query<StoredMessage>('SELECT * FROM wallet_messages ORDER BY seqno DESC LIMIT 1')
      if (last !== undefined && last.seqno >= seqno) {
        if (last.expires_at_sec > nowSec()) return post(last.boc)
        // It may be in a block that does not show yet; its number is given to another message when it cannot be.
        if (last.expires_at_sec + DEAD_AFTER_SEC > nowSec()) return
      }
      const unsentErrands = (await unsent(errands, seqno)).slice(0, MAX_MESSAGES)
      if (unsentErrands.length === 0) return
      const due = await withinBalance(unsentErrands)
      const isDeployed = await chain.call(() => chain.client.isContractDeployed(wallet.contract.address))
      const message = await sign(seqno, due, isDeployed)
      await store(message, due)
      await post(message.boc)
    },
  }
}
