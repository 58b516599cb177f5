import {
  type DeviceReputation,
  type LogBody,
  reputationLeavesOf,
  reputationOf,
  reputationRootOf,
  type RequesterReputation,
  requesterReputationOf,
} from '@gstd/sdk'
import type { LedgerState } from './ledgerState.ts'
import { expectEqual, refuse } from './refuse.ts'

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1)

/** Every device that anything was counted for, ascending by id. */
const deviceReputations = ({ records }: LedgerState): DeviceReputation[] =>
  [...records].toSorted(byKey).map(([device_id, record]) => ({ device_id, reputation: reputationOf(record) }))

/** Every requester that a task was taken from, ascending by address. */
const requesterReputations = ({ requesters }: LedgerState): RequesterReputation[] =>
  [...requesters]
    .toSorted(byKey)
    .map(([requester, record]) => ({ requester, reputation: requesterReputationOf(record) }))

type Compared<Leaf> = {
  who: 'devices' | 'requesters'
  nameOf: (leaf: Leaf) => string
  stated: readonly Leaf[]
  expected: readonly Leaf[]
}

/** Names the first one that differs. */
const compare = <Leaf extends { reputation: number }>({ who, nameOf, stated, expected }: Compared<Leaf>): void => {
  const due = new Map(expected.map((leaf) => [nameOf(leaf), leaf.reputation]))
  for (const leaf of stated) expectEqual(`the reputation of ${nameOf(leaf)}`, leaf.reputation, due.get(nameOf(leaf)))
  const names = new Set(stated.map(nameOf))
  const missing = expected.find((leaf) => !names.has(nameOf(leaf)))
  if (missing !== undefined) refuse(`${nameOf(missing)} is missing among the ${who} with a reputation`)
  for (const [at, leaf] of stated.entries()) {
    const here = expected[at]
    expectEqual(`the order of the ${who} with a reputation`, nameOf(leaf), here === undefined ? here : nameOf(here))
  }
}

/**
 * Recomputes what a commit publishes of devices and requesters from the entries before it.
 *
 * @throws GstdError `AUDITOR_REFUSED`, which names whose reputation differs
 */
export const checkReputations = (commit: LogBody<'commit'>, state: LedgerState): void => {
  const reputations = deviceReputations(state)
  const requesters = requesterReputations(state)
  compare({
    who: 'devices',
    nameOf: ({ device_id }) => device_id,
    stated: commit.reputations,
    expected: reputations,
  })
  compare({
    who: 'requesters',
    nameOf: ({ requester }) => requester,
    stated: commit.requesters,
    expected: requesters,
  })
  const root = reputationRootOf(reputationLeavesOf({ reputations, requesters }))
  expectEqual('reputation_root', commit.reputation_root, root)
}
