import { describe, expect, it } from 'vitest'
import { allPriceSets } from '../chainForTests/openTestNetwork.ts'
import { createObserver } from './createObserver.ts'
import { createRandom, type Random } from './createRandom.ts'
import { createWorld } from './createWorld.ts'
import { createInvariants } from './invariants.ts'
import { operations } from './operations.ts'

/** More by `GSTD_FUZZ_SEEDS=40 GSTD_FUZZ_OPERATIONS=5000`. */
const SEEDS = Number(process.env['GSTD_FUZZ_SEEDS'] ?? 4)
const OPERATIONS = Number(process.env['GSTD_FUZZ_OPERATIONS'] ?? 1000)
/** Reading every account takes longer than a delivery, and what is lost stays lost. */
const BALANCES_EVERY = 10

/** What a run of 1,000 operations must have seen, or it has tested nothing. */
const wanted = [
  'deposited',
  'charged',
  'committed',
  'executed',
  'bounced fund',
  'refused: WRONG_EPOCH',
  'refused: SUMS_DIFFER',
  'refused: WINDOW_OPEN',
  'refused: CHARGE_OUT_OF_ORDER',
  'refused: SESSION_SIGNATURE',
]

const pickOperation = (random: Random) => {
  const total = operations.reduce((sum, { weight }) => sum + weight, 0)
  let left = (random.below(2 ** 30) / 2 ** 30) * total
  return operations.find(({ weight }) => (left -= weight) < 0) ?? random.pick(operations)
}

describe('random operations', () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'keep every invariant, seed %i',
    async (seed) => {
      const random = createRandom(seed)
      const world = await createWorld(random.pick(allPriceSets), random)
      const observer = createObserver()
      const invariants = await createInvariants(world)
      let deliveries = 0
      const deliver = async (): Promise<boolean> => {
        const seen = await world.deliver()
        if (seen === undefined) return false
        observer.observe(world, seen)
        await invariants.checkSums(observer, seen.delivered)
        if (deliveries++ % BALANCES_EVERY === 0) await invariants.checkBalances()
        return true
      }
      for (let index = 0; index < OPERATIONS; index++) {
        await pickOperation(random).run(world)
        while (random.chance(0.75) && (await deliver())) continue
      }
      while (await deliver()) continue
      await invariants.checkBalances()
      if (OPERATIONS >= 1000) expect([...observer.outcomes.keys()]).toEqual(expect.arrayContaining(wanted))
    },
    600_000,
  )
})
