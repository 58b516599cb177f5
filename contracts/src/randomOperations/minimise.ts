/**
 * Leaves out what a failure does not need (delta debugging): ever smaller pieces, for as long as it still fails.
 *
 * @param items - a list that fails
 * @param fails - whether a shorter list, in the same order, still fails in the same way
 * @param maxRuns - how often `fails` may be asked
 * @returns a list that fails; no item of it can be left out alone, unless the runs were used up
 */
export const minimise = async <Item>(
  items: readonly Item[],
  fails: (some: readonly Item[]) => Promise<boolean>,
  maxRuns: number,
): Promise<readonly Item[]> => {
  let left = items
  let runs = 0
  let size = Math.ceil(items.length / 2)
  while (size >= 1 && left.length > 0) {
    let isShorter = false
    // from the end: what comes late depends on what comes early
    for (let end = left.length; end > 0; end -= size) {
      if (runs++ >= maxRuns) return left
      const some = left.filter((_, index) => index >= end || index < end - size)
      if (!(await fails(some))) continue
      left = some
      isShorter = true
    }
    if (size === 1 && !isShorter) return left
    size = size === 1 ? 1 : Math.ceil(size / 2)
  }
  return left
}
