import { HOUR_SEC, nowSec, pass } from '../chainForTests/openTestNetwork.ts'
import type { World } from './createWorld.ts'
import type { Operation } from './sendSigned.ts'

const DAY_SEC = 24 * HOUR_SEC
/** Nobody has executed a batch for so long since its window: perhaps nobody can. */
const STUCK_AFTER_SEC = 2 * HOUR_SEC

/** When something becomes possible, or stops to be. */
const deadlines = async (world: World): Promise<number[]> => {
  const { current, frozenAtSec, firstFundAtSec } = await world.vault()
  const { pending } = await world.network.vault.getProposals()
  const escrows = await Promise.all(world.requesters.map(world.escrow))
  const accounts = await Promise.all(world.stakers.map(({ account }) => account.getState()))
  const ends = [current.validFromSec, ...escrows.map((escrow) => escrow?.closeAtSec ?? 0)]
  if (current.remainingNano > 0n) ends.push(current.validFromSec + 7 * DAY_SEC)
  if (frozenAtSec > 0) ends.push(frozenAtSec + 7 * DAY_SEC)
  if (firstFundAtSec > 0) ends.push(firstFundAtSec + 14 * DAY_SEC)
  for (const account of accounts) ends.push(account?.unbondedAtSec ?? 0, account?.pending?.executableAtSec ?? 0)
  if (pending !== undefined) ends.push(pending.validFromSec)
  return ends.filter((end) => end > nowSec(world.network) + 1)
}

/** Lets time pass: some hours, or to the very second of a deadline, or to the one before it. */
export const waits: Operation = async (world) => {
  const { network, random } = world
  const { frozenAtSec, current } = await world.vault()
  const isKnown = world.batches.has(current.next)
  const isStuck = current.remainingNano > 0n && (!isKnown || nowSec(network) > current.validFromSec + STUCK_AFTER_SEC)
  // what stands still is not worth many operations
  const ends = random.chance(frozenAtSec > 0 || isStuck ? 0.6 : 0.15) ? await deadlines(world) : []
  if (ends.length > 0) {
    const end = random.pick(ends)
    pass(network, end - nowSec(network) - random.below(2))
    return
  }
  const longest = random.pick([60, 60, 60, 2 * HOUR_SEC, 2 * HOUR_SEC, random.chance(0.2) ? 80 * HOUR_SEC : 60])
  pass(network, random.below(longest))
}
