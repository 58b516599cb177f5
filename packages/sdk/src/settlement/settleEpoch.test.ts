import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { toHex } from '../canonical/hex.ts'
import { payoutBatchesOf } from '../contracts/settlementBodies.ts'
import { sha256 } from '../crypto/sha256.ts'
import type { Payout } from '../log/entries.ts'
import { taskLeafHash } from '../log/taskLeaf.ts'
import { buildReceipt } from '../verification/buildReceipt.testing.ts'
import type { Verdict } from '../verification/verifyVerdict.ts'
import { leavesOf } from './leavesOf.ts'
import { reputationRootOf, tasksRootOf } from './roots.ts'
import { type SettledTask, settleEpoch } from './settleEpoch.ts'

const operatorAddress = `0:${'0f'.repeat(32)}`
const payees = [operatorAddress, ...['aa', 'bb', 'cc', '01'].map((byte) => `0:${byte.repeat(32)}`)]

const seat = fc.record({
  agreed: fc.boolean(),
  rewardNano: fc.bigInt({ min: 0n, max: 10n ** 9n }),
  payee: fc.constantFrom(...payees),
})

/** A verdict as the log has it: losers earn nothing, a failed task has no tariff. */
const task = fc
  .record({ seats: fc.array(seat, { minLength: 1, maxLength: 5 }), tariffNano: fc.bigInt({ min: 0n, max: 10n ** 6n }) })
  .chain(({ seats, tariffNano }) =>
    fc.uuid({ version: 4 }).map((taskId): SettledTask => {
      const agreed = seats.map((each) => each.agreed)
      const rewards = seats.map((each) => (each.agreed ? each.rewardNano : 0n))
      const tariff = agreed.includes(true) ? tariffNano : 0n
      const verdict: Verdict = {
        task_id: taskId,
        descriptor_hash: 'ab'.repeat(32),
        outcome: agreed.includes(true) ? 'accepted' : 'failed',
        seats: seats.map((_, index) => ({
          attempt: index + 1,
          device_id: 'cd'.repeat(16),
          agreed: agreed[index] ?? false,
          proof_hash: 'ab'.repeat(32),
          result_hash: 'ab'.repeat(32),
          observed_ms: 1,
          counted_energy_mwh: 1,
          energy_attested: false,
          device_reputation: 0.5,
          reward_nano: (rewards[index] ?? 0n).toString(),
        })),
        tariff_nano: tariff.toString(),
        charged_nano: (rewards.reduce((sum, reward) => sum + reward, 0n) + tariff).toString(),
        parameters_hash: 'ab'.repeat(32),
      }
      return { verdict, payoutAddress: (attempt) => seats[attempt - 1]?.payee ?? '' }
    }),
  )
const epochs = fc.array(fc.array(task, { maxLength: 8 }), { minLength: 1, maxLength: 5 })
const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, amount) => total + BigInt(amount), 0n)

/** RFC 6962 §2.1 over the hashes of leaves, word for word. */
const rfc6962 = (hashes: readonly Uint8Array[]): Uint8Array => {
  const [first] = hashes
  if (hashes.length === 1 && first !== undefined) return sha256(Uint8Array.of(0), first)
  const split = 2 ** Math.floor(Math.log2(hashes.length - 1))
  return sha256(Uint8Array.of(1), rfc6962(hashes.slice(0, split)), rfc6962(hashes.slice(split)))
}

describe('settleEpoch', () => {
  it('pays or owes every nano that was charged, over any epochs', () => {
    fc.assert(
      fc.property(epochs, fc.bigInt({ min: 0n, max: 10n ** 10n }), (all, minimumPayoutNano) => {
        let owedBefore: readonly Payout[] = []
        let paidNano = 0n
        for (const tasks of all) {
          const settled = settleEpoch({ tasks, owedBefore, minimumPayoutNano, operatorAddress })
          const charged = sum(tasks.map(({ verdict }) => verdict.charged_nano))
          const carried = sum(owedBefore.map(({ amount_nano }) => amount_nano))
          expect(settled.totalNano + settled.owedAfterNano).toBe(charged + carried)
          expect(sum(settled.payouts.map(({ amount_nano }) => amount_nano))).toBe(settled.totalNano)
          expect(sum(settled.owed.map(({ amount_nano }) => amount_nano))).toBe(settled.owedAfterNano)
          owedBefore = settled.owed
          paidNano += settled.totalNano
        }
        const charged = sum(all.flat().map(({ verdict }) => verdict.charged_nano))
        expect(paidNano + sum(owedBefore.map(({ amount_nano }) => amount_nano))).toBe(charged)
        const last = settleEpoch({ tasks: [], owedBefore, minimumPayoutNano: 0n, operatorAddress })
        expect(paidNano + last.totalNano).toBe(charged)
      }),
    )
  })

  it('owes what an old log’s certificate sends outside the basechain, epoch after epoch, and pays everybody else', () => {
    const masterchain = `-1:${'aa'.repeat(32)}`
    fc.assert(
      fc.property(epochs, (all) => {
        let owedBefore: readonly Payout[] = []
        let earnedNano = 0n
        for (const tasks of all) {
          const settled = settleEpoch({
            tasks: tasks.map((each) => ({
              ...each,
              payoutAddress: (attempt) => (attempt === 1 ? masterchain : each.payoutAddress(attempt)),
            })),
            owedBefore,
            minimumPayoutNano: 0n,
            operatorAddress,
          })
          earnedNano += sum(settled.leaves.filter(({ attempt }) => attempt === 1).map((leaf) => leaf.amount_nano))
          expect(settled.owed).toEqual(
            earnedNano === 0n ? [] : [{ address: masterchain, amount_nano: earnedNano.toString() }],
          )
          expect(payoutBatchesOf(settled).totalNano).toBe(settled.totalNano)
          owedBefore = settled.owed
        }
      }),
    )
  })

  it('pays each address once, in ascending order, and only what is at least the minimum', () => {
    fc.assert(
      fc.property(epochs, fc.bigInt({ min: 0n, max: 10n ** 9n }), (all, minimumPayoutNano) => {
        const settled = settleEpoch({ tasks: all.flat(), owedBefore: [], minimumPayoutNano, operatorAddress })
        for (const list of [settled.payouts, settled.owed]) {
          const addresses = list.map(({ address }) => address)
          expect(addresses).toEqual([...new Set(addresses)].toSorted())
        }
        expect(settled.payouts.every(({ amount_nano }) => BigInt(amount_nano) >= minimumPayoutNano)).toBe(true)
        expect(settled.owed.every(({ amount_nano }) => BigInt(amount_nano) < minimumPayoutNano)).toBe(true)
        const both = settled.payouts.filter(({ address }) => settled.owed.some((owed) => owed.address === address))
        expect(both).toEqual([])
      }),
    )
  })

  it('has one leaf for each paid execution, under the root that anyone computes from them', () => {
    fc.assert(
      fc.property(fc.array(task, { maxLength: 8 }), (tasks) => {
        const settled = settleEpoch({ tasks, owedBefore: [], minimumPayoutNano: 0n, operatorAddress })
        const leaves = tasks.flatMap(({ verdict }) => leavesOf(verdict))
        expect(settled.leaves).toEqual(leaves)
        expect(settled.tasks).toBe(tasks.length)
        expect(settled.tasksRoot).toBe(tasksRootOf(leaves))
        expect(settled.tasksRoot).toBe(leaves.length === 0 ? '00'.repeat(32) : toHex(rfc6962(leaves.map(taskLeafHash))))
        const tariffs = sum(tasks.map(({ verdict }) => verdict.tariff_nano))
        const charged = sum(tasks.map(({ verdict }) => verdict.charged_nano))
        expect(sum(leaves.map(({ amount_nano }) => amount_nano)) + tariffs).toBe(charged)
      }),
    )
  })

  it('changes its root with any field of any leaf', () => {
    const leaf = leavesOf(verdict)[0]
    if (leaf === undefined) throw new Error('the verdict pays somebody')
    const roots = [
      leaf,
      { ...leaf, task_id: '00000000-0000-4000-8000-000000000009' },
      { ...leaf, device_id: '00'.repeat(16) },
      { ...leaf, attempt: 9 },
      { ...leaf, amount_nano: '1' },
      { ...leaf, result_hash: '00'.repeat(32) },
      { ...leaf, proof_hash: '00'.repeat(32) },
    ].map((changed) => tasksRootOf([leaf, changed]))
    expect(new Set(roots).size).toBe(7)
  })

  it('leaves losers and unpaid executions without a leaf', () => {
    expect(leavesOf(verdict).map(({ attempt }) => attempt)).toEqual([1, 3])
    const unpaid = verdict.seats.map((each) => ({ ...each, reward_nano: '0' }))
    expect(leavesOf({ ...verdict, seats: unpaid })).toEqual([])
    expect(leavesOf({ ...verdict, seats: verdict.seats.toReversed() })).toEqual(leavesOf(verdict))
  })

  let verdict: Verdict
  beforeAll(async () => {
    verdict = (await buildReceipt({ answers: ['Sexy', 'Porn', 'Sexy'] })).verdict.body as Verdict
  })
})

describe('reputationRootOf', () => {
  it('binds every device and requester to its reputation, and is zeros for none', () => {
    const leaves = [
      { device_id: '01'.repeat(16), reputation: 0.5 },
      { device_id: '02'.repeat(16), reputation: 0.75 },
      { requester: `0:${'03'.repeat(32)}`, reputation: 0.25 },
    ]
    expect(reputationRootOf([])).toBe('00'.repeat(32))
    const changed = leaves.map((_, at) =>
      leaves.map((leaf, index) => (at === index ? { ...leaf, reputation: leaf.reputation + 0.000001 } : leaf)),
    )
    const roots = [leaves, leaves.toReversed(), leaves.slice(0, 2), ...changed].map(reputationRootOf)
    expect(new Set(roots).size).toBe(6)
  })
})
