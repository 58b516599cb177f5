import { type LogBody, reputationLeavesOf, reputationRootOf, toHex } from '@gstd/sdk'
import { commitCellOf, payoutBatchesOf, type VaultState } from '@gstd/sdk/contracts'
import { type PaymentContext, REBUILD_AFTER_MS, VALIDITY_SEC } from './paymentContext.ts'
import { readEpoch } from './readEpoch.ts'
import { readReputations } from './readReputations.ts'

type CommitContent = Omit<LogBody<'commit'>, 'coordinator_signature'>

/** Whether a commit of this epoch was refused or expired a moment ago. */
const failedLately = async ({ journal, clock }: PaymentContext, epoch: number): Promise<boolean> => {
  const [row] = await journal.query(`SELECT 1 FROM commits WHERE epoch = $1 AND state = 'dead' AND ended_at > $2`, [
    epoch,
    clock() - REBUILD_AFTER_MS,
  ])
  return row !== undefined
}

/**
 * Signs and logs the commit of the epoch that the vault has been funded for: everything it was charged is paid or
 * owed, to the nano, else nothing is committed.
 *
 * @param vault - as the chain shows it, with nothing being paid
 */
export const logCommit = async (context: PaymentContext, vault: VaultState): Promise<void> => {
  const { journal, parameters, signer, clock, remind } = context
  const epoch = vault.epoch + 1
  if (await failedLately(context, epoch)) return
  await journal.write(async (unit) => {
    const settled = await readEpoch(unit, epoch, parameters)
    const held = vault.fundedNextNano + vault.owedNano
    if (settled.totalNano + settled.owedAfterNano !== held) {
      remind(
        'commit',
        { epoch, held, settled: settled.totalNano + settled.owedAfterNano },
        'what the vault holds is not what its charges add up to; nothing is committed',
      )
      return
    }
    const published = await readReputations(unit)
    const size = journal.tree.size
    const commit: CommitContent = {
      epoch,
      head: payoutBatchesOf({ payouts: settled.payouts }).head,
      total_nano: settled.totalNano.toString(),
      owed_after_nano: settled.owedAfterNano.toString(),
      tasks: settled.tasks,
      tasks_root: settled.tasksRoot,
      reputation_root: reputationRootOf(reputationLeavesOf(published)),
      log_root: toHex(journal.tree.root(size)),
      log_size: size,
      payouts: settled.payouts,
      owed: settled.owed,
      ...published,
      valid_until_sec: Math.floor(clock() / 1000) + VALIDITY_SEC,
    }
    const hash = commitCellOf(commit, parameters).hash()
    const index = unit.log('commit', { ...commit, coordinator_signature: await signer.sign(new Uint8Array(hash)) })
    await unit.query(
      `INSERT INTO commits (index, epoch, valid_until_sec, cell_hash, state) VALUES ($1, $2, $3, $4, 'open')`,
      [index, epoch, commit.valid_until_sec, hash.toString('hex')],
    )
  })
}
