import {
  type LogBody,
  type LogTree,
  type Payout,
  reputationOf,
  reputationRootOf,
  toHex,
  verifySignature,
} from '@gstd/sdk'
import { commitCellOf, payoutBatchesOf } from '@gstd/sdk/contracts'
import { type CheckEntry, parametersOf } from './entryContext.ts'
import type { LedgerState } from './ledgerState.ts'
import { expectEqual, refuse } from './refuse.ts'

type Commit = LogBody<'commit'>

const sum = (entries: readonly Payout[]): string =>
  entries.reduce((total, { amount_nano }) => total + BigInt(amount_nano), 0n).toString()

/** @returns the published reputation of every device that anything was counted for, ascending by device id. */
const reputationsOf = (state: LedgerState): Commit['reputations'] =>
  [...state.records]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([device_id, record]) => ({ device_id, reputation: reputationOf(record) }))

const checkReputations = (commit: Commit, state: LedgerState): void => {
  const expected = reputationsOf(state)
  const byDevice = new Map(expected.map(({ device_id, reputation }) => [device_id, reputation]))
  for (const { device_id, reputation } of commit.reputations) {
    expectEqual(`the reputation of ${device_id}`, reputation, byDevice.get(device_id))
  }
  const stated = commit.reputations.map(({ device_id }) => device_id).join()
  expectEqual('the devices with a reputation', stated, expected.map(({ device_id }) => device_id).join())
  expectEqual('reputation_root', commit.reputation_root, reputationRootOf(expected))
}

const checkLogRoot = ({ log_size: size, log_root: root }: Commit, tree: LogTree): void => {
  if (size < 1 || size > tree.size) refuse('log_size is not a size the log had', { log_size: size, log: tree.size })
  expectEqual('log_root', root, toHex(tree.root(size)))
}

/**
 * What the log alone says of a commit: signed by the coordinator, adding up to its batches, with every device's
 * reputation and the log's root as they are here. What it pays is compared with the chain by `judgeCommit`.
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
