import { GstdError, type NetworkParameters } from '@gstd/sdk'
import { type PaymentMessage, readPaymentMessage, readSentMessages } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import type { Logger } from 'pino'
import type { ChainClient } from '../chain/createChainClient.ts'
import type { Journal } from '../log/journal.ts'
import { listEpochs } from './listEpochs.ts'

export type FeeReaderOptions = {
  journal: Journal
  parameters: Pick<NetworkParameters, 'vault'>
  chain: Pick<ChainClient, 'client' | 'call'>
  /** Raw address of the wallet that sends the coordinator's messages. */
  wallet: string
  /** Unix ms. */
  clock: () => number
  logger: Logger
  /** Ends a reading under way. */
  signal: AbortSignal
}

export type FeeReader = {
  /**
   * Reads the fees of one epoch that has none yet, the newest first. A history that cannot be read now is asked for
   * again, after growing waits.
   */
  tick(): Promise<void>
}

type Fees = Record<PaymentMessage['kind'], bigint>
type UnreadEpoch = { epoch: number; funded_from: number; begun_at: number }

/** How far the chain's clock may be behind the coordinator's. */
const CLOCK_MARGIN_MS = 120_000
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 3_600_000

/** Makes what adds the chain's fees to paid epochs. It sends nothing, and payments do not wait for it. */
export const createFeeReader = (options: FeeReaderOptions): FeeReader => {
  const { journal, parameters, chain, clock, logger, signal } = options
  const vault = Address.parseRaw(parameters.vault)
  const wallet = Address.parseRaw(options.wallet)
  const failed = new Map<number, { waitMs: number; untilMs: number }>()

  const nextEpoch = async (): Promise<UnreadEpoch | undefined> => {
    const waiting = [...failed].filter(([, { untilMs }]) => untilMs > clock()).map(([epoch]) => epoch)
    const [row] = await journal.query<UnreadEpoch>(
      `SELECT epoch, funded_from, begun_at FROM epochs WHERE exec_fee_nano IS NULL AND NOT epoch = ANY($1::int8[])
       ORDER BY epoch DESC LIMIT 1`,
      [waiting],
    )
    return row
  }

  const readFees = async ({ epoch, funded_from, begun_at }: UnreadEpoch): Promise<Fees> => {
    const sinceSec = (begun_at - CLOCK_MARGIN_MS) / 1000
    const sent = await chain.call(() =>
      readSentMessages(chain.client, wallet, { isNew: ({ now }) => now >= sinceSec, signal }),
    )
    const fees: Fees = { charge: 0n, commit: 0n, exec: 0n }
    for (const { to, body, feesNano } of sent) {
      const message = to.equals(vault) ? readPaymentMessage(body) : undefined
      // What a vetoed epoch has cost is a cost of the one that pays its charges.
      const isOurs = message !== undefined && message.epoch >= funded_from && message.epoch <= epoch
      if (isOurs) fees[message.kind] += feesNano
    }
    return fees
  }

  const save = (epoch: number, { charge, commit, exec }: Fees) =>
    journal.write((unit) =>
      unit.query('UPDATE epochs SET charges_fee_nano = $2, commit_fee_nano = $3, exec_fee_nano = $4 WHERE epoch = $1', [
        epoch,
        charge.toString(),
        commit.toString(),
        exec.toString(),
      ]),
    )

  const putOff = (epoch: number, reason: GstdError): void => {
    const waitMs = Math.min((failed.get(epoch)?.waitMs ?? FIRST_WAIT_MS / 2) * 2, LONGEST_WAIT_MS)
    failed.set(epoch, { waitMs, untilMs: clock() + waitMs })
    logger.debug({ epoch, waitMs, reason: reason.message }, 'the fees of an epoch cannot be read yet')
  }

  return {
    tick: async () => {
      const unread = await nextEpoch()
      if (unread === undefined) return
      const { epoch } = unread
      try {
        await save(epoch, await readFees(unread))
      } catch (thrown) {
        if (signal.aborted) return
        if (!(thrown instanceof GstdError) || thrown.fault !== 'chain') throw thrown
        return putOff(epoch, thrown)
      }
      failed.delete(epoch)
      const [view] = await listEpochs(journal, { before: epoch + 1, limit: 1 })
      logger.info({ ...view, ...view?.fees, fees: undefined }, 'fees of an epoch')
    },
  }
}
