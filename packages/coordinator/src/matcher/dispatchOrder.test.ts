import fc from 'fast-check'
import { computeDeviceScore, computePriority, computeUrgency, defaultParameters } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { rankSeats, type RankedTerms } from '../queue/rankSeats.ts'
import { type MatchableDevice, matchSeats, type MatchRules, scoreDevice, type WaitingSeat } from './matchSeats.ts'

const { priority, device_score } = defaultParameters.weights
const share = fc.double({ min: 0, max: 1, noNaN: true })
const terms: fc.Arbitrary<RankedTerms> = fc.record({
  gstdShare: share,
  rewardShare: share,
  requesterReputation: share,
  deadlineMs: fc.nat(200_000),
  receivedAtMs: fc.nat(100_000),
})

const priorityOfTerms = (seat: RankedTerms, nowMs: number): number =>
  computePriority(
    {
      gstdBalance: seat.gstdShare,
      rewardAmount: seat.rewardShare,
      taskUrgency: computeUrgency({ nowMs, deadlineMs: seat.deadlineMs }),
      requesterReputation: seat.requesterReputation,
    },
    priority,
  )

it('dispatches one at a time: by priority, and every tenth to the longest waiting', () => {
  fc.assert(
    fc.property(fc.array(terms, { minLength: 12, maxLength: 40 }), fc.nat(100_000), (seats, nowMs) => {
      let waiting = seats
      for (let dispatched = 0; waiting.length > 0; dispatched++) {
        const [first] = rankSeats(waiting, nowMs, dispatched, priority)
        if (first === undefined) throw new Error('something must be first')
        const best = Math.max(...waiting.map((seat) => priorityOfTerms(seat, nowMs)))
        const oldest = Math.min(...waiting.map((seat) => seat.receivedAtMs))
        if (dispatched % 10 === 9) expect(first.receivedAtMs).toBe(oldest)
        else expect(priorityOfTerms(first, nowMs)).toBe(best)
        waiting = waiting.filter((seat) => seat !== first)
      }
    }),
    { numRuns: 50 },
  )
})

const device = (index: number, changes: Partial<MatchableDevice>): MatchableDevice => ({
  deviceId: `d${index}`,
  owner: `o${index}`,
  fingerprint: `f${index}`,
  addressRange: `${index}`,
  operations: new Set(['ocr']),
  cachedModels: new Set(),
  availableEnergy: 1,
  latencyMs: 0,
  slots: 1,
  busySlots: 0,
  reliability: () => 0.5,
  ...changes,
})

const seat: WaitingSeat = {
  id: 1,
  taskId: 't',
  operation: 'ocr',
  model: 'rec',
  method: 'reference',
  isFirst: true,
  taken: [],
  failedDeviceIds: new Set(),
}
const rules: MatchRules = { weights: device_score, independence: 'owner', draw: () => 0 }

const devices = fc
  .array(
    fc.record({
      reliability: share,
      availableEnergy: share,
      latencyMs: fc.nat(2000),
      cached: fc.boolean(),
      slots: fc.nat(4),
      busy: fc.nat(4),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((specs) =>
    specs.map(({ reliability, cached, busy, ...rest }, index) =>
      device(index, {
        ...rest,
        busySlots: Math.min(busy, rest.slots),
        cachedModels: new Set(cached ? ['rec'] : []),
        reliability: () => reliability,
      }),
    ),
  )

it('gives the seat to the best score of protocol §9 among the devices with a free slot', () => {
  fc.assert(
    fc.property(devices, (pool) => {
      const free = pool.filter(({ slots, busySlots }) => busySlots < slots)
      const [assignment] = matchSeats([seat], pool, rules)
      expect(assignment === undefined).toBe(free.length === 0)
      if (assignment === undefined) return
      const scores = free.map((candidate) =>
        computeDeviceScore({
          reputation: candidate.reliability('ocr', 'rec'),
          availableEnergy: candidate.availableEnergy,
          latencyMs: candidate.latencyMs,
          cachedModel: candidate.cachedModels.has('rec'),
          load: candidate.busySlots / candidate.slots,
        }),
      )
      const chosen = pool.find(({ deviceId }) => deviceId === assignment.device.deviceId)
      if (chosen === undefined) throw new Error('somebody must be chosen')
      expect(scoreDevice(chosen, seat, rules)).toBe(Math.max(...scores))
    }),
  )
})

it('draws the later votes of majority evenly, whatever the scores', () => {
  const pool = [device(1, { reliability: () => 1 }), device(2, { reliability: () => 0 }), device(3, {})]
  const vote = { ...seat, method: 'majority', isFirst: false }
  const counts = new Map<string, number>()
  for (let n = 0; n < 300; n++) {
    const [assignment] = matchSeats([vote], pool, { ...rules, draw: () => n / 300 })
    const id = assignment?.device.deviceId ?? ''
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  expect(Object.fromEntries(counts)).toEqual({ d1: 100, d2: 100, d3: 100 })
})
