/** What each owner's charges have funded, and what has become of it: the books that reclaims are judged by. */
export type FundBook = {
  fund: (owner: string, deltaNano: bigint, nowSec: number) => void
  /** What was pending is in its window, and what was in a window is settled. */
  commit: () => void
  veto: () => void
  reclaim: (owner: string, deltaNano: bigint) => void
  pendingOf: (owner: string) => bigint
  pendingNano: () => bigint
  windowNano: () => bigint
  /** 0 when nothing was funded since the last commit. */
  firstFundAtSec: () => number
}

const sumOf = (amounts: Map<string, bigint>): bigint => [...amounts.values()].reduce((sum, amount) => sum + amount, 0n)

export const createFundBook = (): FundBook => {
  let pending = new Map<string, bigint>()
  let window = new Map<string, bigint>()
  let firstFundAtSec = 0
  let windowFirstFundAtSec = 0
  const add = (owner: string, deltaNano: bigint): void =>
    void pending.set(owner, (pending.get(owner) ?? 0n) + deltaNano)
  return {
    fund: (owner, deltaNano, nowSec) => {
      if (sumOf(pending) === 0n) firstFundAtSec = nowSec
      add(owner, deltaNano)
    },
    commit: () => {
      window = pending
      windowFirstFundAtSec = firstFundAtSec
      pending = new Map()
      firstFundAtSec = 0
    },
    veto: () => {
      if (sumOf(window) > 0n) firstFundAtSec = windowFirstFundAtSec
      for (const [owner, deltaNano] of window) add(owner, deltaNano)
      window = new Map()
    },
    reclaim: (owner, deltaNano) => add(owner, -deltaNano),
    pendingOf: (owner) => pending.get(owner) ?? 0n,
    pendingNano: () => sumOf(pending),
    windowNano: () => sumOf(window),
    firstFundAtSec: () => firstFundAtSec,
  }
}
