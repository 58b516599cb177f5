import { describe, expect, it } from 'vitest'
import { createSteps, runSteps } from './runSteps.ts'

/** Few seeds that see every wanted outcome; more are run by `npm run fuzz -- contracts`. */
const SEEDS = [2, 5, 8]
const OPERATIONS = 500

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
  'refused: WRONG_CONTRACT',
  'refused: CHARGE_OUT_OF_ORDER',
  'refused: SESSION_SIGNATURE',
  'refused: SESSION_STILL_CHARGEABLE',
  'refused: CLOSE_TOO_EARLY',
  'vetoed',
  'reclaimed',
  'uncommitted',
  'change applied',
  'change cancelled',
  'refused: FROZEN',
  'refused: TOO_EARLY',
  'refused: CHANGE_OUT_OF_ORDER',
  'staked',
  'unbonded',
  'withdrawn',
  'transfer undone',
  'slash locked',
  'appealed',
  'slash vetoed',
  'slash executed',
  'device set',
  'reputation updated',
  'refused: NOT_VAULT',
  'refused: NOT_OWNER',
  'refused: JETTON_SENDER',
  'refused: OVER_STAKE',
  'refused: SLASH_TOO_HIGH',
  'refused: SLASH_OUT_OF_ORDER',
  'refused: SLASH_PENDING',
  'refused: NO_SLASH_PENDING',
  'refused: WINDOW_CLOSED',
  'refused: WRONG_PROOF',
  'refused: UNKNOWN_DEVICE',
]

const run = async (seed: number): Promise<Iterable<string>> => {
  const { outcomes, violation } = await runSteps(createSteps(seed, OPERATIONS), { seed })
  expect(violation).toBeUndefined()
  return outcomes.keys()
}

describe('random operations', () => {
  const seen = new Set<string>()

  it.each(SEEDS)(
    'keep every invariant, seed %i',
    async (seed) => {
      for (const outcome of await run(seed)) seen.add(outcome)
    },
    600_000,
  )

  it('have every outcome that counts', () => {
    expect([...seen]).toEqual(expect.arrayContaining(wanted))
  })
})
