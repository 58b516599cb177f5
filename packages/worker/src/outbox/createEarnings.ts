/** What came of this worker's results since it started; provisional until it is paid on chain. */
export type Earnings = {
  readonly tasks: number
  readonly earnedNano: bigint
  /** @returns false for an outcome that was told before */
  add(orderHash: string, rewardNano: bigint): boolean
}

/** The coordinator may tell an outcome again after a reconnect; the last ones are remembered to count each once. */
const MAX_REMEMBERED = 10_000

/** Creates an empty count. */
export const createEarnings = (): Earnings => {
  const counted = new Set<string>()
  let tasks = 0
  let earnedNano = 0n
  return {
    get tasks() {
      return tasks
    },
    get earnedNano() {
      return earnedNano
    },
    add: (orderHash, rewardNano) => {
      if (counted.has(orderHash)) return false
      const [oldest] = counted
      if (counted.size >= MAX_REMEMBERED && oldest !== undefined) counted.delete(oldest)
      counted.add(orderHash)
      tasks += 1
      earnedNano += rewardNano
      return true
    },
  }
}
