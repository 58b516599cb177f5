/** What a charge does to its escrow's `charged`. */
export type ChargeStep = {
  previousNano: bigint
  cumulativeNano: bigint
}

/**
 * Finds the charges that took an escrow from one sum to another: each begins at the sum the one before led to. Several
 * may begin at one sum, of which the escrow has taken one at most; what does not lead to the end was not taken. Of two
 * that lead there the later one counts.
 *
 * @param charges - in the order in which they were co-signed
 * @param fromNano - a sum that the escrow is known to have been charged
 * @param toNano - the escrow's `charged`
 * @returns undefined when no charges lead there
 */
export const chargesLeadingTo = <Charge extends ChargeStep>(
  charges: readonly Charge[],
  fromNano: bigint,
  toNano: bigint,
): Charge[] | undefined => {
  // Sums only grow, so going back from the end terminates. A sum that led nowhere once is not tried again.
  const lost = new Set<bigint>()
  const path: Charge[] = []
  const untried: Charge[][] = []
  let reachedNano = toNano
  while (reachedNano !== fromNano) {
    const isKnown = lost.has(reachedNano)
    untried.push(
      isKnown ? [] : charges.filter((one) => one.cumulativeNano === reachedNano && one.previousNano < reachedNano),
    )
    let next = untried.at(-1)?.pop()
    while (next === undefined) {
      lost.add(reachedNano)
      untried.pop()
      const last = path.pop()
      if (last === undefined) return undefined
      reachedNano = last.cumulativeNano
      next = untried.at(-1)?.pop()
    }
    path.push(next)
    reachedNano = next.previousNano
  }
  return path.toReversed()
}
