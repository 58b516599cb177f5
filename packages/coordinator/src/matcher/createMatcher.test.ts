import { defaultParameters, sha256 } from '@gstd/sdk'
import { describe, expect, it } from 'vitest'
import type { SeatTerms } from '../queue/createSeatQueue.ts'
import { createMatcher, type Matcher } from './createMatcher.ts'
import type { PooledDevice, WaitingTask } from './lackOf.ts'

const device = (deviceId: string, changes: Partial<PooledDevice> = {}): PooledDevice => ({
  deviceId,
  owner: `owner of ${deviceId}`,
  fingerprint: deviceId,
  addressRange: deviceId,
  operations: new Set(['ocr']),
  cachedModels: new Set(['rec']),
  availableEnergy: 1,
  latencyMs: 10,
  slots: 1,
  busySlots: 0,
  reliability: () => 0.5,
  certifiedUntilMs: 1_000_000,
  ...changes,
})

const task = (taskId: string, changes: Partial<WaitingTask> = {}): WaitingTask => ({
  taskId,
  operation: 'ocr',
  model: 'rec',
  method: 'reference',
  taken: [],
  failedDeviceIds: new Set(),
  ...changes,
})

const terms: SeatTerms = {
  gstdShare: 0,
  rewardShare: 0.2,
  requesterReputation: 0.5,
  receivedAtMs: 0,
  deadlineMs: 500_000,
  dispatchUntilMs: 490_000,
}

const open = (...devices: PooledDevice[]): Matcher<WaitingTask> => {
  const matcher = createMatcher<WaitingTask>(defaultParameters)
  for (const one of devices) matcher.putDevice(one)
  return matcher
}

const noLots = (): number => {
  throw new Error('nothing is drawn here')
}
const lotOf = (seed: string): number =>
  new DataView(sha256(new TextEncoder().encode(seed)).buffer).getUint32(0) / 2 ** 32

const nextOf = (matcher: Matcher<WaitingTask>, nowMs = 0) => {
  const match = matcher.next(nowMs, noLots)
  return match === undefined ? undefined : [match.id, match.device.deviceId]
}

describe('createMatcher', () => {
  it('gives one seat after another while there are free slots, and goes on when one is free again', () => {
    const matcher = open(device('a', { slots: 2 }))
    for (const id of [1, 2, 3]) matcher.addSeat(id, task(`t${id}`), terms)
    expect([nextOf(matcher), nextOf(matcher), nextOf(matcher)]).toEqual([[1, 'a'], [2, 'a'], undefined])
    matcher.releaseSlot('a')
    expect([nextOf(matcher), matcher.waiting]).toEqual([[3, 'a'], 0])
  })

  it('adds the device to its task, so that no dependent one gets another of its seats', () => {
    const matcher = open(device('a', { owner: 'o' }), device('b', { owner: 'o' }))
    const shared = task('t')
    matcher.addSeat(1, shared, terms)
    matcher.addSeat(2, shared, terms)
    expect([nextOf(matcher), nextOf(matcher)]).toEqual([[1, 'a'], undefined])
    expect(shared.taken).toEqual([{ deviceId: 'a', owner: 'o', fingerprint: 'a', addressRange: 'a' }])
    matcher.putDevice(device('c'))
    expect(nextOf(matcher)).toEqual([2, 'c'])
  })

  it('lets no seat that nobody will do for hold up those behind it', () => {
    const matcher = open(device('a'))
    const taken = [{ deviceId: 'z', owner: 'owner of a', fingerprint: 'z', addressRange: 'z' }]
    for (let id = 1; id <= 1000; id++)
      matcher.addSeat(id, task(`t${id}`, { taken: [...taken] }), { ...terms, rewardShare: 1 })
    matcher.addSeat(1001, task('last'), terms)
    expect(nextOf(matcher)).toEqual([1001, 'a'])
    matcher.releaseSlot('a')
    expect(nextOf(matcher)).toBeUndefined()
    matcher.putDevice(device('b'))
    expect(nextOf(matcher)).toEqual([1, 'b'])
  })

  it.each<[how: string, happen: (matcher: Matcher<WaitingTask>) => unknown, nowMs: number]>([
    ['its certificate ends', () => undefined, 100_000],
    ['it has gone', (matcher) => matcher.removeDevice('b'), 0],
    ['it has no more slots', (matcher) => matcher.putDevice(device('b', { slots: 0 })), 0],
    ['it does other things', (matcher) => matcher.putDevice(device('b', { operations: new Set() })), 0],
  ])('asks one that failed again when the only other is no longer there: %s', (_how, happen, nowMs) => {
    const matcher = open(device('a'), device('b', { busySlots: 1, certifiedUntilMs: 100_000 }))
    matcher.addSeat(1, task('t', { failedDeviceIds: new Set(['a']) }), terms)
    expect(nextOf(matcher)).toBeUndefined()
    happen(matcher)
    expect(nextOf(matcher, nowMs)).toEqual([1, 'a'])
  })

  it('follows a device to another owner', () => {
    const matcher = open(device('a', { owner: 'o' }), device('b', { owner: 'o' }))
    matcher.addSeat(
      1,
      task('t', { taken: [{ deviceId: 'z', owner: 'o', fingerprint: 'z', addressRange: 'z' }] }),
      terms,
    )
    expect(nextOf(matcher)).toBeUndefined()
    matcher.putDevice(device('b', { owner: 'p' }))
    expect(nextOf(matcher)).toEqual([1, 'b'])
  })

  it('gives nothing after its time, nor to a device without a certificate', () => {
    const matcher = open(device('a', { certifiedUntilMs: 495_000 }))
    matcher.addSeat(1, task('t'), terms)
    expect([nextOf(matcher, 490_000), matcher.waiting]).toEqual([undefined, 0])
    matcher.addSeat(2, task('t'), { ...terms, deadlineMs: 600_000, dispatchUntilMs: 590_000 })
    expect(nextOf(matcher, 495_000)).toBeUndefined()
    matcher.putDevice(device('a', { certifiedUntilMs: 800_000 }))
    expect(nextOf(matcher, 495_000)).toEqual([2, 'a'])
  })

  it('draws the later votes of a majority evenly among those who may have them', () => {
    const counts = new Map<string, number>()
    for (let round = 0; round < 400; round++) {
      const others = Array.from({ length: 60 }, (_, index) => device(`x${index}`, { owner: 'o' }))
      const matcher = open(...others, ...['a', 'b', 'c', 'd'].map((id) => device(id)))
      const taken = [{ deviceId: 'z', owner: 'o', fingerprint: 'z', addressRange: 'z' }]
      matcher.addSeat(1, task('t', { method: 'majority', taken }), terms)
      const match = matcher.next(0, (_seat, attempt) => lotOf(`${round}/${attempt}`))
      const id = match?.device.deviceId ?? ''
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    expect([...counts.keys()].toSorted()).toEqual(['a', 'b', 'c', 'd'])
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(40)
  })

  it('refuses to free what is not used, and forgets what has gone', () => {
    const matcher = open(device('a'))
    expect(() => matcher.releaseSlot('a')).toThrow(expect.objectContaining({ code: 'INTERNAL_ERROR' }))
    expect([matcher.removeDevice('a'), matcher.removeDevice('a')]).toEqual([true, false])
    matcher.releaseSlot('a')
    expect(matcher.removeSeat(1)).toBe(false)
  })

  it.each<Partial<PooledDevice>>([
    { slots: 1.5 },
    { busySlots: -1 },
    { certifiedUntilMs: Number.NaN },
    { availableEnergy: 2 },
    { latencyMs: Number.NaN },
    { reliability: () => 1.1 },
  ])('refuses a device that cannot be ranked, and keeps what it knew of it: %o', (change) => {
    const code = 'LIMITS_OUT_OF_RANGE'
    if (change.reliability === undefined) {
      expect(() => open(device('a', change))).toThrow(expect.objectContaining({ code }))
    }
    const matcher = open(device('a'))
    for (const id of [1, 2]) matcher.addSeat(id, task(`t${id}`), terms)
    for (const id of ['a', 'b']) {
      expect(() => matcher.putDevice(device(id, change))).toThrow(expect.objectContaining({ code }))
    }
    expect([nextOf(matcher), nextOf(matcher)]).toEqual([[1, 'a'], undefined])
  })

  it('explains why a seat waits: how many devices lack what, and which', () => {
    const matcher = open(
      device('free'),
      device('busy', { busySlots: 1 }),
      device('other', { operations: new Set(['image_moderation']) }),
      device('expired', { certifiedUntilMs: 5 }),
      device('full', { slots: 0 }),
      device('failed'),
      ...Array.from({ length: 9 }, (_, index) => device(`same${index}`, { owner: 'o' })),
    )
    const taken = [{ deviceId: 'z', owner: 'o', fingerprint: 'z', addressRange: 'z' }]
    matcher.addSeat(1, task('t', { taken, failedDeviceIds: new Set(['failed']) }), terms)
    expect(matcher.explainSeat(1, 10)).toEqual({
      devices: 15,
      suitable: 1,
      examples: ['free'],
      lacking: [
        { lack: 'certificate_expired', count: 1, examples: ['expired'] },
        { lack: 'operation_not_offered', count: 1, examples: ['other'] },
        { lack: 'no_slots', count: 1, examples: ['full'] },
        { lack: 'not_independent', count: 9, examples: ['same0', 'same1', 'same2', 'same3', 'same4'] },
        { lack: 'failed_before', count: 1, examples: ['failed'] },
        { lack: 'busy', count: 1, examples: ['busy'] },
      ],
    })
    for (const id of ['free', 'busy']) matcher.removeDevice(id)
    expect(matcher.explainSeat(1, 10)).toMatchObject({ suitable: 1, examples: ['failed'] })
    expect(matcher.explainSeat(2, 10)).toBeUndefined()
  })

  it('explains why a device gets nothing: what waits, what it lacks for it, and who is asked first', () => {
    const matcher = open(device('idle'), ...['b', 'c'].map((id) => device(id, { reliability: () => 1 })))
    const [work] = matcher.explainDevice('idle', 0)?.work ?? []
    expect(work).toBeUndefined()
    const taken = [{ deviceId: 'z', owner: 'owner of idle', fingerprint: 'z', addressRange: 'z' }]
    matcher.addSeat(1, task('t', { taken }), terms)
    matcher.addSeat(2, task('u'), terms)
    matcher.addSeat(3, task('v', { operation: 'image_moderation', model: 'nsfw' }), terms)
    expect(matcher.explainDevice('idle', 0)).toEqual({
      deviceId: 'idle',
      work: [
        {
          operation: 'ocr',
          model: 'rec',
          waiting: 2,
          examined: 2,
          suitable: 1,
          examples: [2],
          lacking: [{ lack: 'not_independent', count: 1, examples: [1] }],
          score: expect.closeTo(0.4 * 0.5 + 0.2 + 0.1 * 0.98 + 0.2, 9),
          outbidBy: 2,
        },
        {
          operation: 'image_moderation',
          model: 'nsfw',
          waiting: 1,
          examined: 1,
          suitable: 0,
          examples: [],
          lacking: [{ lack: 'operation_not_offered', count: 1, examples: [3] }],
          outbidBy: 0,
        },
      ],
    })
    while (matcher.next(0, noLots) !== undefined);
    expect(matcher.explainDevice('idle', 0)?.work.map(({ waiting }) => waiting)).toEqual([0, 1])
    expect(matcher.explainDevice('nobody', 0)).toBeUndefined()
  })
})
