import type { LogBody } from '@gstd/sdk'
import {
  attachNano,
  batchOfRemainder,
  commit as commitMessage,
  commitCellOf,
  exec,
  payoutBatchesOf,
  type VaultState,
} from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import type { Errand } from './operatorWallet.ts'
import { recordEpoch } from '../epochs/recordEpoch.ts'
import { DEAD_AFTER_SEC, type PaymentContext } from './paymentContext.ts'
import { readEpochBefore } from './readEpochBefore.ts'

export type UnfinishedCommit = {
  index: number
  epoch: number
  valid_until_sec: number
  cell_hash: string
  auditor_signature: string | null
  state: 'open' | 'landed'
  body: LogBody<'commit'>
}

/** An executed batch shows within a few blocks; one that does not was too cheap or too early, and is sent again. */
const REPEAT_EXEC_MS = 60_000
const NOTHING = '0'.repeat(64)

/** @returns the commit that is not fully executed yet; there is at most one. */
export const readUnfinishedCommit = async ({ journal }: PaymentContext): Promise<UnfinishedCommit | undefined> => {
  const [row] = await journal.query<UnfinishedCommit>(
    `SELECT commits.*, log.body FROM commits JOIN log USING (index) WHERE state IN ('open', 'landed')
     ORDER BY epoch DESC LIMIT 1`,
  )
  return row
}

const toCommitErrand = (commit: UnfinishedCommit, { parameters, clock }: PaymentContext): Errand[] => {
  if (commit.auditor_signature === null || clock() / 1000 >= commit.valid_until_sec) return []
  const body = commitMessage({
    body: commitCellOf(commit.body, parameters),
    coordinatorSignature: commit.body.coordinator_signature,
    auditorSignature: commit.auditor_signature,
  })
  return [
    {
      purpose: `commit:${commit.cell_hash}`,
      message: { to: Address.parseRaw(parameters.vault), value: attachNano.commit, bounce: true, body },
    },
  ]
}

/** The batch whose hash the vault waits for, once the challenge window is over. */
const toExecErrand = (commit: UnfinishedCommit, vault: VaultState, context: PaymentContext): Errand[] => {
  const { next, validFromSec } = vault.current
  if (context.clock() / 1000 < validFromSec) return []
  const batch = payoutBatchesOf(commit.body).batches.find((cell) => cell.hash().toString('hex') === next)
  if (batch === undefined) throw new Error(`epoch ${commit.epoch} has no batch ${next}`)
  const value = attachNano.exec(Math.min(commit.body.payouts.length, 250))
  // Whoever counts the fees later sees by it which epoch they are of.
  const body = exec({ batch, queryId: BigInt(commit.epoch) })
  return [
    {
      // Two epochs may pay the same sums to the same addresses: then their batches are the same.
      purpose: `exec:${commit.epoch}:${next}`,
      message: { to: Address.parseRaw(context.parameters.vault), value, bounce: true, body },
      repeatAfterMs: REPEAT_EXEC_MS,
    },
  ]
}

const markLanded = ({ journal }: PaymentContext, { index }: UnfinishedCommit) =>
  journal.write((unit) => unit.query(`UPDATE commits SET state = 'landed' WHERE index = $1`, [index]))

/** The guardian has taken it back: the next commit pays what it was to pay. */
const markVetoed = ({ journal, clock }: PaymentContext, { index, epoch }: UnfinishedCommit) =>
  journal.write(async (unit) => {
    await unit.query(`UPDATE commits SET state = 'vetoed', ended_at = $2 WHERE index = $1`, [index, clock()])
    unit.log('vetoed', { epoch })
  })

/**
 * Every payout is made, or owed: tasks are paid, and the published reputations are those that pay from now on.
 *
 * @param unpaidFrom - the first batch that was given up
 */
const markSettled = ({ journal, clock }: PaymentContext, commit: UnfinishedCommit, unpaidFrom: string | undefined) =>
  journal.write(async (unit) => {
    const { index, epoch, body } = commit
    await unit.query('UPDATE commits SET state = $2, unpaid_from = $3, ended_at = $4 WHERE index = $1', [
      index,
      unpaidFrom === undefined ? 'executed' : 'uncommitted',
      unpaidFrom ?? null,
      clock(),
    ])
    await unit.query(
      `UPDATE tasks SET paid = true WHERE charge_index IN
         (SELECT index FROM charges WHERE epoch > $1 AND epoch <= $2 AND state = 'landed')`,
      [await readEpochBefore(unit, epoch), epoch],
    )
    for (const { device_id, reputation } of body.reputations) {
      await unit.query('UPDATE devices SET committed_reputation = $2 WHERE device_id = $1', [device_id, reputation])
    }
    await recordEpoch(unit, epoch, clock())
    if (unpaidFrom === undefined) unit.log('executed', { epoch })
    else unit.log('uncommitted', { epoch, next: unpaidFrom })
  })

/**
 * Takes an epoch from its commit to its last payout, one step at a time, by what the vault shows.
 *
 * @returns the message for the next step
 */
export const trackCommit = async (
  commit: UnfinishedCommit,
  vault: VaultState,
  context: PaymentContext,
): Promise<Errand[]> => {
  const { journal, chain, clock, logger } = context
  if (vault.epoch < commit.epoch) {
    // An endpoint that lags may show less than was seen before; what has landed does not die.
    if (commit.state === 'landed') return []
    const deadAfterSec = commit.valid_until_sec + DEAD_AFTER_SEC
    if (clock() / 1000 <= deadAfterSec) return toCommitErrand(commit, context)
    // The clock alone does not tell, nor does a state whose age nobody knows: the chain says both of one block.
    const { value: epoch, atSec } = await chain.epochAsOf()
    if (epoch >= commit.epoch || atSec <= deadAfterSec) return []
    logger.warn({ epoch: commit.epoch }, 'a commit expired before it landed')
    await journal.write((unit) =>
      unit.query(`UPDATE commits SET state = 'dead', ended_at = $2 WHERE index = $1`, [commit.index, clock()]),
    )
    return []
  }
  if (commit.state === 'open') await markLanded(context, commit)
  if (vault.epoch === commit.epoch) {
    if (vault.fundedFrom <= commit.epoch) {
      logger.error({ epoch: commit.epoch }, 'the guardian vetoed the epoch: the next one pays it, after the freeze')
      await markVetoed(context, commit)
      return []
    }
    if (vault.current.next !== NOTHING) return toExecErrand(commit, vault, context)
    // One that pays nobody has nothing to execute, but it may be vetoed until its window is over.
    if (clock() / 1000 < vault.current.validFromSec) return []
  }
  const unpaidNano = vault.epoch === commit.epoch ? vault.owedNano - BigInt(commit.body.owed_after_nano) : 0n
  const unpaidFrom = unpaidNano === 0n ? undefined : batchOfRemainder(commit.body, unpaidNano)
  if (unpaidNano !== 0n && unpaidFrom === undefined) {
    throw new Error(`epoch ${commit.epoch} has no batches of ${unpaidNano} nano`)
  }
  await markSettled(context, commit, unpaidFrom)
  if (unpaidFrom !== undefined) {
    logger.warn({ epoch: commit.epoch, unpaid_nano: unpaidNano }, 'payouts were given up: the next commit pays them')
    return []
  }
  logger.info(
    { epoch: commit.epoch, payouts: commit.body.payouts.length, total_nano: commit.body.total_nano },
    'epoch paid',
  )
  return []
}
