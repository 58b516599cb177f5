import { allPriceSets, type ContractCodes, nowSec } from '../chainForTests/openTestNetwork.ts'
import { refusalsIn } from '../chainForTests/transactions.ts'
import { createObserver } from './createObserver.ts'
import { createRandom } from './createRandom.ts'
import { createWorld } from './createWorld.ts'
import { createInvariants } from './invariants.ts'
import { chooseOperation } from './operations.ts'
import { Violation } from './Violation.ts'

/** Reading every account takes longer than a delivery, and what is lost stays lost. */
const BALANCES_EVERY = 25

/** One operation. Its choices come of its own seed, so that it stays what it is when others are left out. */
export type Step = { seed: number; isDelivering: boolean }

type Broken = { invariant: string; detail: string; steps: number }

export type Run = {
  outcomes: Map<string, number>
  violation?: Broken
}

/** @returns the operations of a seed. */
export const createSteps = (seed: number, count: number): Step[] => {
  const random = createRandom(seed)
  let standstill = 0
  return Array.from({ length: count }, () => {
    // now and then nothing arrives for a while, so that much is on its way at once
    if (random.chance(0.03)) standstill = random.below(12)
    return { seed: random.below(2 ** 32), isDelivering: standstill-- <= 0 }
  })
}

/**
 * Runs operations on a new network, and judges everything that comes of them.
 *
 * @param steps - of `createSteps`, or some of them
 * @param options - `seed` decides about prices and parties; `codes` of other contracts than the committed ones;
 *   `say` is given one line for each thing that happens
 * @returns the outcomes, and the first violation
 */
export const runSteps = async (
  steps: readonly Step[],
  { seed, codes, say = () => {} }: { seed: number; codes?: ContractCodes | undefined; say?: (line: string) => void },
): Promise<Run> => {
  const first = createRandom(seed)
  const world = await createWorld(first.pick(allPriceSets), first, codes)
  const observer = createObserver()
  const invariants = await createInvariants(world)
  let deliveries = 0
  const deliver = async (): Promise<boolean> => {
    const seen = await world.deliver()
    if (seen === undefined) return false
    const { transaction, delivered } = seen
    const refusals = refusalsIn({ transactions: [transaction] })
    const { src, dest } = delivered.message.info
    say(`  ${delivered.origin.name}: ${world.nameOf(src)} → ${world.nameOf(dest)} ${refusals.join()}`.trimEnd())
    observer.observe(world, seen)
    await invariants.checkSums(observer, seen)
    if (deliveries++ % BALANCES_EVERY === 0) await invariants.checkBalances()
    return true
  }
  let done = 0
  try {
    for (const { seed: stepSeed, isDelivering } of steps) {
      done++
      world.random = createRandom(stepSeed)
      const [before, queued] = [nowSec(world.network), world.inFlight.length]
      const operation = await chooseOperation(world)
      await operation(world)
      const passed = nowSec(world.network) - before
      const sent = world.inFlight.slice(queued).map(({ origin }) => origin.name)
      if (passed > 0) say(`${done}. ${passed} s pass`)
      if (sent.length > 0) say(`${done}. sends ${sent.join()}`)
      while (isDelivering && world.random.chance(0.8) && (await deliver())) continue
    }
    while (await deliver()) continue
    await invariants.checkBalances()
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    const { invariant, detail } = error
    return { outcomes: observer.outcomes, violation: { invariant, detail, steps: done } }
  }
  return { outcomes: observer.outcomes }
}
