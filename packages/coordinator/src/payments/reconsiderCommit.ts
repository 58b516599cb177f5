import type { LogBody } from '@gstd/sdk'
import { payoutBatchesOf, type VaultState } from '@gstd/sdk/contracts'
import type { PaymentContext } from './paymentContext.ts'
import { COUNTED_STATES } from './readEpochBefore.ts'

type Candidate = { index: number; state: 'open' | 'dead'; body: LogBody<'commit'> }

/** Whether the vault shows that it has taken this commit of its epoch, and no other. */
const isOfVault = ({ body }: Candidate, { current, roots }: VaultState): boolean =>
  roots.logRoot === body.log_root ||
  payoutBatchesOf(body).batches.some((batch) => batch.hash().toString('hex') === current.next)

/**
 * Takes a commit up again that was given up, and that the vault has taken after all: its epoch is the vault's, and no
 * other commit accounts for it.
 */
export const reconsiderCommit = async (
  vault: VaultState,
  { journal, clock, logger }: PaymentContext,
): Promise<void> => {
  const candidates = await journal.query<Candidate>(
    `SELECT commits.index, state, log.body FROM commits JOIN log USING (index)
     WHERE epoch = $1 AND state IN ('open', 'dead') AND auditor_signature IS NOT NULL AND NOT EXISTS
       (SELECT 1 FROM commits WHERE epoch = $1 AND (state IN ${COUNTED_STATES} OR state = 'vetoed'))
     ORDER BY index DESC`,
    [vault.epoch],
  )
  const taken = candidates.find((commit) => isOfVault(commit, vault)) ?? candidates[0]
  if (taken === undefined || taken.state === 'open') return
  await journal.write(async (unit) => {
    await unit.query(`UPDATE commits SET state = 'dead', ended_at = $2 WHERE epoch = $1 AND state = 'open'`, [
      vault.epoch,
      clock(),
    ])
    await unit.query(`UPDATE commits SET state = 'open', ended_at = NULL WHERE index = $1`, [taken.index])
  })
  logger.warn({ epoch: vault.epoch }, 'a commit that was given up has landed')
}
