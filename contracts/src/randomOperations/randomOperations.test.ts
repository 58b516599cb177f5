import { describe, expect, it } from 'vitest'
import { allPriceSets } from '../chainForTests/openTestNetwork.ts'
import { createObserver } from './createObserver.ts'
import { createRandom } from './createRandom.ts'
import { createWorld } from './createWorld.ts'
import { createInvariants } from './invariants.ts'
import { chooseOperation } from './operations.ts'

/** More by `GSTD_FUZZ_SEEDS=40 GSTD_FUZZ_OPERATIONS=5000`. */
const SEEDS = Number(process.env['GSTD_FUZZ_SEEDS'] ?? 4)
const OPERATIONS = Number(process.env['GSTD_FUZZ_OPERATIONS'] ?? 1000)
/** Reading every account takes longer than a delivery, and what is lost stays lost. */
const BALANCES_EVERY = 10

/** What the runs together must have seen, or they have tested nothing. */
const wanted = [
  'deposited',
  'charged',
  'charge undone',
  'committed',
  'executed',
  'refused: WRONG_EPOCH',
  'refused: SUMS_DIFFER',
  'refused: WINDOW_OPEN',
  'refused: WRONG_BATCH',
  'refused: CHARGE_OUT_OF_ORDER',
  'refused: SESSION_SIGNATURE',
  'refused: SESSION_STILL_CHARGEABLE',
  'refused: CLOSE_TOO_EARLY',
]

const run = async (seed: number): Promise<Iterable<string>> => {
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
  let standstill = 0
  for (let index = 0; index < OPERATIONS; index++) {
    const operation = await chooseOperation(world)
    await operation(world)
    // now and then nothing arrives for a while, so that much is on its way at once
    if (random.chance(0.03)) standstill = random.below(12)
    if (standstill-- > 0) continue
    while (random.chance(0.8) && (await deliver())) continue
  }
  while (await deliver()) continue
  await invariants.checkBalances()
  return observer.outcomes.keys()
}

describe('random operations', () => {
  const seen = new Set<string>()

  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'keep every invariant, seed %i',
    async (seed) => {
      for (const outcome of await run(seed)) seen.add(outcome)
    },
    600_000,
  )

  it('have every outcome that counts', () => {
    if (SEEDS * OPERATIONS >= 4000) expect([...seen]).toEqual(expect.arrayContaining(wanted))
  })
})
