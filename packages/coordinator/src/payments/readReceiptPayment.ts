import {
  buildMerkleTree,
  inclusionOf,
  leavesOf,
  type LogBody,
  type MerkleTree,
  type NetworkParameters,
  type ReceiptPayment,
  taskLeafHash,
  type TaskLeaf,
} from '@gstd/sdk'
import type { Journal } from '../log/journal.ts'
import { readEpoch } from './readEpoch.ts'
import { COUNTED_STATES } from './readEpochBefore.ts'

type EpochLeaves = { leaves: TaskLeaf[]; tree: MerkleTree; placeOf: ReadonlyMap<string, number> }
type PaidTask = { verdict: LogBody<'verdict'>; epoch: number }
type CommitRow = { body: LogBody<'commit'>; auditor_signature: string }

/** Trees kept at hand; receipts are mostly asked for just after their epoch. */
const KEPT_EPOCHS = 8

const keyOf = ({ task_id, attempt }: Pick<TaskLeaf, 'task_id' | 'attempt'>): string => `${task_id}/${attempt}`

/** Builds the reader of receipts' payments: where a task's leaves stand in the epoch that pays it. */
export const createReceiptPayments = (journal: Journal, parameters: NetworkParameters) => {
  const epochs = new Map<number, Promise<EpochLeaves>>()

  const buildEpoch = async (epoch: number): Promise<EpochLeaves> => {
    const { leaves } = await readEpoch(journal, epoch, parameters)
    const tree = buildMerkleTree(leaves.map(taskLeafHash))
    return { leaves, tree, placeOf: new Map(leaves.map((leaf, index) => [keyOf(leaf), index])) }
  }

  const leavesOfEpoch = (epoch: number): Promise<EpochLeaves> => {
    const known = epochs.get(epoch)
    if (known !== undefined) return known
    const built = buildEpoch(epoch)
    epochs.set(epoch, built)
    built.catch(() => epochs.delete(epoch))
    const oldest = epochs.size > KEPT_EPOCHS ? epochs.keys().next().value : undefined
    if (oldest !== undefined) epochs.delete(oldest)
    return built
  }

  /** @returns undefined until the epoch's commit has landed on chain, and for a task that pays nobody, or whose charge was reclaimed */
  return async (taskId: string): Promise<ReceiptPayment | undefined> => {
    const [task] = await journal.query<PaidTask>(
      `SELECT log.body AS verdict, charges.epoch FROM tasks JOIN log ON log.index = tasks.verdict_index
         JOIN charges ON charges.index = tasks.charge_index WHERE task_id = $1 AND charges.state <> 'reclaimed'`,
      [taskId],
    )
    if (task === undefined) return undefined
    const [commit] = await journal.query<CommitRow>(
      `SELECT log.body, auditor_signature FROM commits JOIN log USING (index)
       WHERE epoch >= $1 AND state IN ${COUNTED_STATES} ORDER BY epoch LIMIT 1`,
      [task.epoch],
    )
    const own = leavesOf(task.verdict)
    if (commit === undefined || own.length === 0) return undefined
    const { leaves, tree, placeOf } = await leavesOfEpoch(commit.body.epoch)
    const { body } = commit
    return {
      epoch: commit.body.epoch,
      leaves: own.map((leaf) => ({
        device_id: leaf.device_id,
        attempt: leaf.attempt,
        amount_nano: leaf.amount_nano,
        inclusion: inclusionOf(tree, placeOf.get(keyOf(leaf)) ?? -1),
      })),
      tasks_root: body.tasks_root,
      leaf_count: leaves.length,
      commit: {
        head: body.head,
        total_nano: body.total_nano,
        owed_after_nano: body.owed_after_nano,
        tasks: body.tasks,
        reputation_root: body.reputation_root,
        log_root: body.log_root,
        valid_until_sec: body.valid_until_sec,
        coordinator_signature: body.coordinator_signature,
        auditor_signature: commit.auditor_signature,
      },
    }
  }
}
