import { defaultParameters } from '@gstd/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankSeats } from '../queue/rankSeats.ts'
import type { SeatTerms } from '../queue/createSeatQueue.ts'
import { createMatcher, type MatcherRules } from './createMatcher.ts'
import type { PooledDevice, WaitingTask } from './lackOf.ts'
import { matchSeats, type WaitingSeat } from './matchSeats.ts'

type Waiting = SeatTerms & { id: number; task: WaitingTask }

const { device_score } = defaultParameters.weights
// Every sum of these weights with multiples of 1/8 and of 1/32 of a minute is exact: equal priorities are equal in both.
const priority = { gstd: 0.25, reward: 0.25, urgency: 0.25, requester_reputation: 0.25 }
const eighth = fc.nat(8).map((n) => n / 8)
const time = fc.nat(80).map((n) => n * 1875)
const OPERATIONS = ['ocr', 'image_moderation']
const MODELS = ['small', 'large']

const deviceArbitrary = fc
  .record({
    deviceId: fc.nat(5).map((n) => `d${n}`),
    owner: fc.nat(3).map((n) => `o${n}`),
    fingerprint: fc.nat(5).map((n) => `f${n}`),
    addressRange: fc.nat(5).map((n) => `r${n}`),
    operations: fc.subarray(OPERATIONS, { minLength: 1 }).map((operations) => new Set(operations)),
    cachedModels: fc.subarray(MODELS).map((models) => new Set(models)),
    availableEnergy: eighth,
    latencyMs: fc.nat(600),
    slots: fc.nat(3),
    busySlots: fc.constantFrom(0, 0, 0, 1),
    certifiedUntilMs: time.map((ms) => 60_000 + ms * 2),
    skill: fc.array(eighth, { minLength: 4, maxLength: 4 }),
  })
  .map(({ skill, ...device }): PooledDevice => ({
    ...device,
    busySlots: Math.min(device.busySlots, device.slots),
    reliability: (operation, model) => skill[OPERATIONS.indexOf(operation) * 2 + MODELS.indexOf(model)] ?? 0.5,
  }))

const taskArbitrary = fc.record({
  // Mostly one kind: what is rare has to meet in it.
  operation: fc.constantFrom('ocr', 'ocr', 'ocr', 'ocr', 'image_moderation'),
  model: fc.constantFrom('small', 'small', 'small', 'small', 'large'),
  method: fc.constantFrom('reference', 'majority'),
  seats: fc.integer({ min: 1, max: 4 }),
  terms: fc
    .record({ gstdShare: eighth, rewardShare: eighth, requesterReputation: eighth, age: time, left: time, run: time })
    .map(({ age, left, run, ...shares }) => ({ ...shares, age, left: left + 1875, run })),
})

const stepArbitrary = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('task' as const), task: taskArbitrary }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('device' as const), device: deviceArbitrary }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('match' as const), most: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), pick: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fail' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: time.map((ms) => ms / 4) }) },
)

type Step = typeof stepArbitrary extends fc.Arbitrary<infer S> ? S : never

/** What the specification says, by looking at every seat and every device. */
const naive = (rules: MatcherRules) => {
  const asSeat = ({ id, task }: Waiting): WaitingSeat => ({ ...task, id, isFirst: task.taken.length === 0 })
  const match = (seat: Waiting, devices: PooledDevice[], lot: number) =>
    matchSeats([asSeat(seat)], devices, {
      weights: rules.weights.device_score,
      independence: rules.independence,
      draw: () => lot,
    })[0]?.device.deviceId
  return {
    next: (waiting: Waiting[], devices: PooledDevice[], nowMs: number, isTenth: boolean): Waiting | undefined => {
      const possible = waiting.filter((seat) => match(seat, devices, 0) !== undefined)
      const inOrderOfIds = possible.toSorted((a, b) => a.id - b.id)
      return rankSeats(inOrderOfIds, nowMs, isTenth ? 9 : 0, rules.weights.priority)[0]
    },
    /** The one device, or all that a lot may fall on. */
    devicesFor: (seat: Waiting, devices: PooledDevice[]): Set<string | undefined> =>
      new Set(devices.map((_, index) => match(seat, devices, (index + 0.5) / devices.length))),
  }
}

/** Plays the steps on the matcher and on lists, and compares every match. @returns how many there were */
const play = (steps: readonly Step[], rules: MatcherRules): number => {
  const matcher = createMatcher(rules)
  const oracle = naive(rules)
  let waiting: Waiting[] = []
  const devices = new Map<string, PooledDevice>()
  const running: { seat: Waiting; deviceId: string }[] = []
  let nowMs = 0
  let ids = 0
  let matched = 0

  const addSeat = (task: WaitingTask, terms: SeatTerms): void => {
    ids += 1
    matcher.addSeat(ids, task, terms)
    waiting.push({ ...terms, id: ids, task })
  }

  const matchOne = (): boolean => {
    waiting = waiting.filter((seat) => seat.dispatchUntilMs > nowMs)
    const able = [...devices.values()].filter((device) => device.certifiedUntilMs > nowMs)
    const expected = oracle.next(waiting, able, nowMs, (matched + 1) % 10 === 0)
    const allowed = expected === undefined ? new Set() : oracle.devicesFor(expected, able)
    const match = matcher.next(nowMs, ({ id }, attempt) => ((id * 7 + attempt * 3) % 16) / 16)
    expect(match?.id).toBe(expected?.id)
    expect(matcher.waiting).toBe(waiting.length - (match === undefined ? 0 : 1))
    if (match === undefined || expected === undefined) return false
    expect(allowed).toContain(match.device.deviceId)
    matched += 1
    waiting = waiting.filter((seat) => seat !== expected)
    running.push({ seat: expected, deviceId: match.device.deviceId })
    const device = devices.get(match.device.deviceId)
    if (device !== undefined) device.busySlots += 1
    expect(expected.task.taken.at(-1)?.deviceId).toBe(match.device.deviceId)
    return true
  }

  const release = (deviceId: string): void => {
    const device = devices.get(deviceId)
    if (device === undefined || device.busySlots === 0) return
    device.busySlots -= 1
    matcher.releaseSlot(deviceId)
  }

  const fail = ({ seat, deviceId }: { seat: Waiting; deviceId: string }): void => {
    const { task } = seat
    task.taken = task.taken.filter((identity) => identity.deviceId !== deviceId)
    task.failedDeviceIds = new Set([...task.failedDeviceIds, deviceId])
    for (const other of waiting) if (other.task === task) matcher.reconsiderSeat(other.id)
    addSeat(task, seat)
  }

  for (const [index, step] of steps.entries()) {
    if (step.kind === 'task') {
      const { operation, model, method, seats, terms } = step.task
      const { age, left, run, ...shares } = terms
      const task = { taskId: `t${index}`, operation, model, method, taken: [], failedDeviceIds: new Set<string>() }
      const dispatchUntilMs = nowMs + left
      const moments = { receivedAtMs: nowMs - age, dispatchUntilMs, deadlineMs: dispatchUntilMs + run }
      for (let seat = 0; seat < seats; seat++) addSeat(task, { ...shares, ...moments })
    } else if (step.kind === 'device') {
      const device = { ...step.device, certifiedUntilMs: nowMs + step.device.certifiedUntilMs }
      devices.set(device.deviceId, device)
      matcher.putDevice(device)
    } else if (step.kind === 'match') {
      for (let count = 0; count < step.most && matchOne(); count++);
    } else if (step.kind === 'pass') {
      nowMs += step.ms
    } else if (step.kind === 'remove') {
      const seat = waiting[step.pick % Math.max(1, waiting.length)]
      if (seat === undefined) continue
      matcher.removeSeat(seat.id)
      waiting = waiting.filter((other) => other !== seat)
    } else if (step.kind === 'leave') {
      const deviceId = [...devices.keys()][step.pick % Math.max(1, devices.size)]
      if (deviceId === undefined) continue
      expect(matcher.removeDevice(deviceId)).toBe(devices.delete(deviceId))
    } else {
      const [execution] = running.splice(step.pick % Math.max(1, running.length), 1)
      if (execution === undefined) continue
      release(execution.deviceId)
      if (step.kind === 'fail') fail(execution)
    }
  }
  while (matchOne());
  return matched
}

describe('createMatcher against matchSeats', () => {
  it.each(['owner', 'owner+machine+range'] as const)(
    'matches as looking at every seat and every device does, whatever comes and goes (%s)',
    (independence) => {
      let matches = 0
      fc.assert(
        fc.property(fc.array(stepArbitrary, { minLength: 100, maxLength: 200 }), (steps) => {
          matches += play(steps, { independence, weights: { priority, device_score } })
        }),
        { numRuns: 200 },
      )
      expect(matches).toBeGreaterThan(1000)
    },
  )
})
