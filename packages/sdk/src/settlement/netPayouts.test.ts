import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { payoutBatchesOf } from '../contracts/settlementBodies.ts'
import { netPayouts } from './netPayouts.ts'

const address = fc.constantFrom('0:aa', '0:bb', '0:cc', '-1:dd')
const amountNano = fc.bigInt({ min: 0n, max: 10n ** 12n })
const earned = fc.array(fc.record({ address, amountNano }), { maxLength: 30 })

describe('netPayouts', () => {
  it('pays each address once and carries small sums over', () => {
    const first = netPayouts({
      earned: [
        { address: '0:bb', amountNano: 30n },
        { address: '0:aa', amountNano: 60n },
        { address: '0:aa', amountNano: 50n },
      ],
      owedBefore: [],
      minimumPayoutNano: 100n,
    })
    expect(first).toEqual({
      payouts: [{ address: '0:aa', amount_nano: '110' }],
      owed: [{ address: '0:bb', amount_nano: '30' }],
      totalNano: 110n,
      owedAfterNano: 30n,
    })
    const second = netPayouts({
      earned: [{ address: '0:bb', amountNano: 70n }],
      owedBefore: first.owed,
      minimumPayoutNano: 100n,
    })
    expect(second.payouts).toEqual([{ address: '0:bb', amount_nano: '100' }])
    expect(second.owedAfterNano).toBe(0n)
  })

  it('carries what the vault cannot pay, whatever the minimum, and pays everybody else', () => {
    const masterchain = `-1:${'aa'.repeat(32)}`
    const others = [
      { address: `0:${'bb'.repeat(32)}`, amountNano: 7n },
      { address: `0:${'cc'.repeat(32)}`, amountNano: 9n },
    ]
    const netted = netPayouts({
      earned: [...others, { address: masterchain, amountNano: 10n ** 9n }],
      owedBefore: [{ address: masterchain, amount_nano: '5' }],
      minimumPayoutNano: 0n,
    })
    expect(netted.owed).toEqual([{ address: masterchain, amount_nano: '1000000005' }])
    expect(netted.payouts).toEqual(others.map(({ address, amountNano }) => ({ address, amount_nano: `${amountNano}` })))
    expect(payoutBatchesOf(netted).totalNano).toBe(16n)
  })

  it('neither makes nor loses a nano, whatever is earned over whichever epochs', () => {
    fc.assert(
      fc.property(fc.array(earned, { maxLength: 6 }), amountNano, (epochs, minimumPayoutNano) => {
        let owedBefore = netPayouts({ earned: [], owedBefore: [], minimumPayoutNano }).owed
        let owedNano = 0n
        for (const epoch of epochs) {
          const netted = netPayouts({ earned: epoch, owedBefore, minimumPayoutNano })
          const earnedNano = epoch.reduce((sum, entry) => sum + entry.amountNano, 0n)
          expect(netted.totalNano + netted.owedAfterNano).toBe(earnedNano + owedNano)
          const payees = netted.payouts.map((payout) => payout.address)
          expect(new Set(payees).size).toBe(payees.length)
          owedBefore = netted.owed
          owedNano = netted.owedAfterNano
        }
      }),
    )
  })
})
