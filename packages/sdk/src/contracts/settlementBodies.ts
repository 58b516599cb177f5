import { Address, type Cell } from '@ton/core'
import type { Origin } from '../documents/fields.ts'
import { GstdError } from '../errors/GstdError.ts'
import type { LogBody } from '../log/entries.ts'
import { buildChargeBody } from './chargeBody.ts'
import { buildCommitBody } from './commitBody.ts'
import { buildPayoutBatches } from './payoutBatches.ts'

/** What a document may say is wider than what a cell holds: an epoch of 2³³ has no cell. */
const inCell = <Result>(what: string, build: () => Result): Result => {
  try {
    return build()
  } catch (cause) {
    if (cause instanceof GstdError) throw cause
    throw new GstdError('DOCUMENT_MALFORMED', `${what} does not fit into its cell`, { cause })
  }
}

/**
 * Builds the cell of a logged charge, whose hash both keys sign.
 *
 * @throws GstdError `DOCUMENT_MALFORMED` when a number is too large for its field
 */
export const chargeCellOf = (charge: Omit<LogBody<'charge'>, 'coordinator_signature'>, origin: Origin): Cell =>
  inCell('the charge', () =>
    buildChargeBody({
      network: origin.network,
      vault: Address.parseRaw(origin.vault),
      validUntilSec: charge.valid_until_sec,
      escrow: Address.parseRaw(charge.escrow),
      epoch: charge.epoch,
      previousChargedNano: BigInt(charge.previous_charged_nano),
      cumulativeNano: BigInt(charge.cumulative_nano),
      tasks: charge.tasks,
      tasksRoot: charge.tasks_root,
      authorisation: {
        maxCumulativeNano: BigInt(charge.authorisation.max_cumulative_nano),
        signature: charge.authorisation.signature,
      },
    }),
  )

/** What the cell of a commit is made of: a logged commit has it all, and so has a receipt's payment. */
export type CommitCellFields = Pick<
  LogBody<'commit'>,
  | 'epoch'
  | 'head'
  | 'total_nano'
  | 'owed_after_nano'
  | 'tasks'
  | 'tasks_root'
  | 'reputation_root'
  | 'log_root'
  | 'valid_until_sec'
>

/**
 * Builds the cell of a logged commit, whose hash both keys sign.
 *
 * @throws GstdError `DOCUMENT_MALFORMED` when a number is too large for its field
 */
export const commitCellOf = (commit: CommitCellFields, origin: Origin): Cell =>
  inCell(`the commit of epoch ${commit.epoch}`, () =>
    buildCommitBody({
      network: origin.network,
      vault: Address.parseRaw(origin.vault),
      validUntilSec: commit.valid_until_sec,
      epoch: commit.epoch,
      head: commit.head,
      totalNano: BigInt(commit.total_nano),
      owedAfterNano: BigInt(commit.owed_after_nano),
      tasks: commit.tasks,
      tasksRoot: commit.tasks_root,
      reputationRoot: commit.reputation_root,
      logRoot: commit.log_root,
    }),
  )

/**
 * Builds the batches that a logged commit's payouts are executed in.
 *
 * @throws GstdError `DOCUMENT_MALFORMED` when an amount is too large for its field, `CHAIN_STATE_INVALID` for an
 * address that the vault does not pay to
 */
export const payoutBatchesOf = ({ payouts }: Pick<LogBody<'commit'>, 'payouts'>) =>
  inCell('a payout', () =>
    buildPayoutBatches({
      payouts: payouts.map(({ address, amount_nano }) => ({
        address: Address.parseRaw(address),
        amountNano: BigInt(amount_nano),
      })),
    }),
  )
