import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultParameters } from '@gstd/sdk'
import { areIndependent } from '../devices/independence.ts'
import { type MatchableDevice, matchSeats, type MatchRules, type WaitingSeat } from './matchSeats.ts'

const rules: MatchRules = {
  weights: defaultParameters.weights.device_score,
  independence: 'owner',
  draw: () => 0.5,
}

const device = (deviceId: string, changes: Partial<MatchableDevice> = {}): MatchableDevice => ({
  deviceId,
  owner: deviceId,
  fingerprint: deviceId,
  addressRange: '127.0.0.0/24',
  operations: new Set(['ocr']),
  cachedModels: new Set(['rec']),
  availableEnergy: 1,
  latencyMs: 10,
  slots: 1,
  busySlots: 0,
  reliability: () => 0.5,
  ...changes,
})

const seat = (id: number, changes: Partial<WaitingSeat> = {}): WaitingSeat => ({
  id,
  taskId: `task-${id}`,
  operation: 'ocr',
  model: 'rec',
  method: 'reference',
  isFirst: true,
  taken: [],
  failedDeviceIds: new Set(),
  ...changes,
})

const chosen = (seats: WaitingSeat[], devices: MatchableDevice[], with_: Partial<MatchRules> = {}) =>
  matchSeats(seats, devices, { ...rules, ...with_ }).map(({ seat: { id }, device: { deviceId } }) => [id, deviceId])

describe('matchSeats', () => {
  it.each([
    ['reliable', { reliability: () => 0.9 }],
    ['charged', { availableEnergy: 1 }, { availableEnergy: 0.2 }],
    ['near', { latencyMs: 5 }, { latencyMs: 400 }],
    ['having the model', {}, { cachedModels: new Set<string>() }],
    ['idle', { slots: 2 }, { slots: 2, busySlots: 1 }],
  ])(
    'prefers the device that is %s',
    (_name, better: Partial<MatchableDevice>, worse: Partial<MatchableDevice> = {}) => {
      expect(chosen([seat(1)], [device('a', worse), device('b', better)])).toEqual([[1, 'b']])
      expect(chosen([seat(1)], [device('a', better), device('b', worse)])).toEqual([[1, 'a']])
    },
  )

  it('gives a task’s seats to independent devices only', () => {
    const seats = [seat(1, { taskId: 't' }), seat(2, { taskId: 't' })]
    const sameOwner = [device('a', { owner: 'o' }), device('b', { owner: 'o' })]
    expect(chosen(seats, sameOwner)).toHaveLength(1)
    expect(chosen(seats, [device('a'), device('b')])).toHaveLength(2)
    expect(chosen(seats, [device('a'), device('b')], { independence: 'owner+machine+range' })).toHaveLength(1)
  })

  it('asks a device that let the task down only when nobody else is there', () => {
    const again = seat(1, { failedDeviceIds: new Set(['a']) })
    expect(chosen([again], [device('a', { reliability: () => 1 }), device('b')])).toEqual([[1, 'b']])
    expect(chosen([again], [device('a'), device('b', { slots: 1, busySlots: 1 })])).toEqual([])
    expect(chosen([again], [device('a')])).toEqual([[1, 'a']])
  })

  it('draws the later votes of a majority instead of scoring them', () => {
    const devices = [device('a', { reliability: () => 1 }), device('b'), device('c')]
    const vote = seat(1, { method: 'majority', isFirst: false })
    expect(chosen([vote], devices, { draw: () => 0.99 })).toEqual([[1, 'c']])
    expect(chosen([vote], devices, { draw: () => 0 })).toEqual([[1, 'a']])
    expect(chosen([{ ...vote, isFirst: true }], devices, { draw: () => 0.99 })).toEqual([[1, 'a']])
  })

  it('never overfills a device and never pairs dependent devices, whatever comes', () => {
    const devices = fc.array(
      fc.record({
        owner: fc.constantFrom('x', 'y', 'z'),
        slots: fc.nat(3),
        busy: fc.nat(3),
        score: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 8 },
    )
    const tasks = fc.array(fc.record({ votes: fc.integer({ min: 1, max: 4 }), majority: fc.boolean() }), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(devices, tasks, fc.double({ min: 0, max: 0.999, noNaN: true }), (specs, jobs, lot) => {
        const pool = specs.map(({ owner, slots, busy, score }, index) =>
          device(`d${index}`, { owner, slots, busySlots: Math.min(busy, slots), reliability: () => score }),
        )
        const seats = jobs.flatMap(({ votes, majority }, task) =>
          Array.from({ length: votes }, (_, vote) =>
            seat(task * 10 + vote, { taskId: `t${task}`, method: majority ? 'majority' : 'reference' }),
          ),
        )
        const assignments = matchSeats(seats, pool, { ...rules, draw: () => lot })
        for (const { deviceId, slots, busySlots } of pool) {
          const given = assignments.filter((assignment) => assignment.device.deviceId === deviceId).length
          expect(given).toBeLessThanOrEqual(slots - busySlots)
        }
        for (const [index, a] of assignments.entries()) {
          for (const b of assignments.slice(index + 1)) {
            if (a.seat.taskId === b.seat.taskId) expect(areIndependent(a.device, b.device, 'owner')).toBe(true)
          }
        }
      }),
    )
  })
})
