import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChargeFacts, EscrowFacts } from '../ledger/ledgerState.ts'
import { canStillLand, landedCharges } from './landedCharges.ts'

const VALIDITY_SEC = 300

const chargeOf = (index: number, previousNano: bigint, deltaNano: bigint, epoch: number, nowSec: number) =>
  ({
    index,
    hash: String(index),
    status: 'cosigned',
    logged: true,
    body: {
      epoch,
      previous_charged_nano: previousNano.toString(),
      cumulative_nano: (previousNano + deltaNano).toString(),
      valid_until_sec: nowSec + VALIDITY_SEC,
    },
  }) as ChargeFacts

/** One thing that happens to an escrow and its vault. */
const stepOf = fc.oneof(
  fc.record({ does: fc.constant('charge' as const), deltaNano: fc.bigInt(1n, 3n) }),
  fc.record({ does: fc.constant('land' as const), which: fc.nat(9) }),
  fc.record({ does: fc.constant('pass' as const), seconds: fc.nat(400) }),
  fc.record({ does: fc.constant('commit' as const) }),
)

describe('landed charges', () => {
  it('are those that did land, whatever expired or was replaced, if none is co-signed beside one that may land', () => {
    fc.assert(
      fc.property(fc.array(stepOf, { maxLength: 60 }), (steps) => {
        const facts: EscrowFacts = {
          requester: '',
          keys: new Set(),
          settledNano: 0n,
          reservedNano: 0n,
          decidedNano: 0n,
          cosigned: [],
        }
        const landed: ChargeFacts[] = []
        const chain = { chargedNano: 0n, vaultEpoch: 0 }
        let nowSec = 1000
        for (const step of steps) {
          const live = facts.cosigned.filter((one) => !landed.includes(one) && canStillLand(one, chain, nowSec))
          if (step.does === 'pass') nowSec += step.seconds
          if (step.does === 'commit') chain.vaultEpoch += 1
          if (step.does === 'charge' && live.length === 0) {
            const { length } = facts.cosigned
            facts.cosigned.push(chargeOf(length, chain.chargedNano, step.deltaNano, chain.vaultEpoch + 1, nowSec))
          }
          // The contracts take what follows on their sum, of the vault's next epoch, and has not expired.
          const taken = facts.cosigned
            .filter(({ body }) => BigInt(body.previous_charged_nano) === chain.chargedNano)
            .filter(({ body }) => body.epoch === chain.vaultEpoch + 1 && nowSec <= body.valid_until_sec)
          if (step.does === 'land' && taken.length > 0) {
            const one = taken[step.which % taken.length] as ChargeFacts
            landed.push(one)
            chain.chargedNano = BigInt(one.body.cumulative_nano)
          }
          expect(taken.length).toBeLessThanOrEqual(1)
          expect(landedCharges(facts, chain.chargedNano)).toEqual(landed)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('are those that lead to the sum, though a later one was co-signed for the same beginning', () => {
    const [a, b] = [chargeOf(0, 0n, 10n, 1, 0), chargeOf(1, 0n, 25n, 1, 0)]
    const facts = { settledNano: 0n, cosigned: [a, b] } as unknown as EscrowFacts
    expect(landedCharges(facts, 10n)).toEqual([a])
    expect(landedCharges(facts, 25n)).toEqual([b])
    expect(landedCharges(facts, 35n)).toBeUndefined()
  })

  it('are unknown where the chain shows a sum that no co-signed charge leads to', () => {
    const facts = { settledNano: 0n, cosigned: [chargeOf(0, 0n, 5n, 1, 0)] } as unknown as EscrowFacts
    expect(landedCharges(facts, 3n)).toBeUndefined()
    expect(landedCharges(facts, 7n)).toBeUndefined()
    expect(landedCharges(facts, 5n)).toHaveLength(1)
    expect(landedCharges(facts, 0n)).toEqual([])
  })
})
