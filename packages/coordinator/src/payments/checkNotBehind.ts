import { GstdError } from '@gstd/sdk'
import type { VaultState } from '@gstd/sdk/contracts'
import type { Logger } from 'pino'
import type { ChainClient } from '../chain/createChainClient.ts'
import type { Queries } from '../storage/database.ts'

/**
 * Checks that the log knows every epoch that the vault has taken. A commit is in the log before it can land, so one that
 * the log does not know means that the database went back: what it would log now, the log has said otherwise before.
 *
 * @throws GstdError `STATE_BEHIND`
 */
export const checkNotBehind = async (queries: Queries, { epoch }: VaultState): Promise<void> => {
  const [row] = await queries.query<{ epoch: number }>('SELECT coalesce(max(epoch), 0) AS epoch FROM commits')
  const known = row?.epoch ?? 0
  if (epoch <= known) return
  const [log] = await queries.query<{ size: number }>('SELECT coalesce(max(index) + 1, 0) AS size FROM log')
  const size = log?.size ?? 0
  throw new GstdError('STATE_BEHIND', `the vault has taken epoch ${epoch}, the database knows none after ${known}`, {
    details: { vault_epoch: epoch, database_epoch: known, size },
    hint: `this database is an old backup: stop, run \`gstd auditor export --from ${size} --file entries.jsonl\` where the auditor is, then \`gstd coordinator restore --log entries.jsonl\` here`,
  })
}

/**
 * Checks the same before the first entry is written; a chain that cannot be asked is asked before each payment.
 *
 * @throws GstdError `STATE_BEHIND`
 */
export const checkAtStart = async (
  queries: Queries,
  chain: Pick<ChainClient, 'vault'>,
  logger: Logger,
): Promise<void> => {
  try {
    const vault = await chain.vault()
    if (vault !== undefined) await checkNotBehind(queries, vault)
  } catch (thrown) {
    if (!(thrown instanceof GstdError) || thrown.fault !== 'chain') throw thrown
    logger.warn({ err: thrown }, 'whether the database is as new as the chain could not be checked at start')
  }
}
