import {
  createLogTree,
  GstdError,
  type LogEntry,
  logEntryHash,
  type LogTree,
  type NetworkConfig,
  toHex,
} from '@gstd/sdk'
import { chargeCellOf, commitCellOf, guardCellOf, type GuardMessage } from '@gstd/sdk/contracts'
import { checkEntry } from './checkEntry.ts'
import { needsEvidence } from './checkVerdict.ts'
import { createCheckOnce } from './createCheckOnce.ts'
import { describeLeaf } from './describeLeaf.ts'
import type { EntryContext, Outside } from './entryContext.ts'
import { failRefused } from './forgetSettled.ts'
import { isEndEntry } from './isBorneOut.ts'
import { emptyLedgerState, type LedgerState } from './ledgerState.ts'
import { reasonOf } from './refuse.ts'

/** An entry that does not hold: what the auditor refuses, and why. */
export type Finding = {
  index: number
  kind: LogEntry['kind']
  /** Of the entry; of the cell for what both keys sign. Hex. */
  hash: string
  reason: string
}

/** What an entry cannot be judged without. */
export type Wants = { evidenceOf?: string; vault?: boolean }

/** The log, verified: pure, so that everyone who folds the same entries gets the same facts. */
export type Ledger = {
  readonly state: LedgerState
  readonly tree: LogTree
  /** @returns what to fetch before `apply` */
  wants(entry: LogEntry): Wants
  /** @returns the cells whose co-signature or refusal the log has shown since the last call */
  drainLogged(): string[]
  /**
   * Verifies the next entry and adds what follows from it; nothing follows from one that does not hold, but that a task
   * whose verdict is refused has failed.
   *
   * @returns why it is refused; nothing for a valid one
   * @throws GstdError `DOCUMENT_MALFORMED` when it is not the next entry
   */
  apply(entry: LogEntry, outside?: Outside): Promise<Finding[]>
}

/** Makes the ledger of one network's log, before its first entry. */
export const createLedger = (network: NetworkConfig): Ledger => {
  const origin = { network: network.network, vault: network.vault }
  const state = emptyLedgerState(network)
  const tree = createLogTree()
  const checkOnce = createCheckOnce()

  const cellHash = (entry: LogEntry): string | undefined => {
    try {
      if (entry.kind === 'charge') return chargeCellOf(entry.body, origin).hash().toString('hex')
      if (entry.kind === 'commit') return commitCellOf(entry.body, origin).hash().toString('hex')
      if (entry.kind === 'unfreeze' || entry.kind === 'uncommit') {
        return guardCellOf(entry as GuardMessage, origin)
          .hash()
          .toString('hex')
      }
    } catch {
      return undefined
    }
    return undefined
  }

  /** Refusals of what both keys sign name the cell; one that fits no cell, or repeats one, is refused as an entry. */
  const refusedHash = (entry: LogEntry, entryHash: Uint8Array): string => {
    const hash = cellHash(entry)
    const isKnown = [state.charges, state.commits, state.guards].some((cells) => cells.has(hash ?? ''))
    return hash === undefined || isKnown ? toHex(entryHash) : hash
  }

  const verify = async (entry: LogEntry, context: EntryContext): Promise<string | undefined> => {
    try {
      await checkEntry(entry, context)
      return undefined
    } catch (thrown) {
      if (thrown instanceof GstdError) return reasonOf(thrown, describeLeaf(entry))
      throw thrown
    }
  }

  return {
    state,
    tree,
    wants: (entry) => {
      if (isEndEntry(entry)) return { vault: true }
      if (entry.kind === 'verdict' && needsEvidence(state, entry)) return { evidenceOf: entry.body.task_id }
      return {}
    },
    drainLogged: () => state.loggedCells.splice(0),
    apply: async (entry, outside = {}) => {
      if (entry.index !== tree.size) {
        throw new GstdError('DOCUMENT_MALFORMED', `entry ${entry.index} was served where ${tree.size} is due`)
      }
      const hash = logEntryHash(entry, origin)
      const reason = await verify(entry, { state, tree, origin, outside, checkOnce })
      tree.append(hash)
      if (reason === undefined) return []
      const finding: Finding = { index: entry.index, kind: entry.kind, hash: refusedHash(entry, hash), reason }
      state.refused.add(finding.hash)
      if (entry.kind === 'verdict') failRefused(state, entry.body.task_id)
      return [finding]
    },
  }
}
