import { type LogBody, type LogTree, type Payout, toHex, verifySignature } from '@gstd/sdk'
import { commitCellOf, payoutBatchesOf } from '@gstd/sdk/contracts'
import { checkReputations } from './checkReputations.ts'
import { type CheckEntry, parametersOf } from './entryContext.ts'
import { expectEqual, refuse } from './refuse.ts'

type Commit = LogBody<'commit'>

const sum = (entries: readonly Payout[]): string =>
  entries.reduce((total, { amount_nano }) => total + BigInt(amount_nano), 0n).toString()

const checkLogRoot = ({ log_size: size, log_root: root }: Commit, tree: LogTree): void => {
  if (size < 1 || size > tree.size) refuse('log_size is not a size the log had', { log_size: size, log: tree.size })
  expectEqual('log_root', root, toHex(tree.root(size)))
}

/**
 * What the log alone says of a commit: signed by the coordinator, adding up to its batches, with the reputations
 * of devices and requesters and the log's root as they are here. What it pays is compared with the chain by `judgeCommit`.
 */
export const checkCommit: CheckEntry<'commit'> = async ({ index, body }, { state, origin, tree }) => {
  const parameters = parametersOf(state).document
  const hash = commitCellOf(body, origin).hash()
  if (!(await verifySignature(parameters.coordinator_key, hash, body.coordinator_signature))) {
    refuse('the commit is not signed by the coordinator')
  }
  const cellHash = hash.toString('hex')
  if (state.commits.has(cellHash)) refuse('the commit was logged before')
  expectEqual('total_nano', body.total_nano, sum(body.payouts))
  expectEqual('owed_after_nano', body.owed_after_nano, sum(body.owed))
  expectEqual('head', body.head, payoutBatchesOf(body).head)
  checkReputations(body, state)
  checkLogRoot(body, tree)
  state.commits.set(cellHash, { index, hash: cellHash, body, status: 'proposed', logged: false, parameters })
}
