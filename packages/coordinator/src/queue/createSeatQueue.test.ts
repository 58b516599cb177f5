import { defaultParameters, type NetworkParameters } from '@gstd/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeatQueue, type Lane, type SeatTerms } from './createSeatQueue.ts'
import { priorityOf, rankSeats } from './rankSeats.ts'

type Waiting = SeatTerms & { id: number; lane: number }
type Step = {
  kind: 'add' | 'remove' | 'move' | 'take' | 'pass'
  seat: SeatTerms
  pick: number
  lane: number
  ms: number
}

const LANES = 3

const stepsOf = (share: fc.Arbitrary<number>, time: fc.Arbitrary<number>): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom('add', 'add', 'add', 'remove', 'move', 'take', 'pass'),
      seat: fc
        .record({
          gstdShare: share,
          rewardShare: share,
          requesterReputation: share,
          received: time,
          left: time,
          run: time,
        })
        .map(({ received, left, run, ...shares }) => ({
          ...shares,
          receivedAtMs: received,
          deadlineMs: received + left + run,
          dispatchUntilMs: received + left,
        })),
      pick: fc.nat(1000),
      lane: fc.nat(LANES - 1),
      ms: time.map((ms) => ms / 8),
    }),
    { minLength: 20, maxLength: 120 },
  )

/** Plays the steps on the queue and on a list, and asks `compare` what the queue's answers have to be. */
const play = (
  steps: readonly Step[],
  weights: NetworkParameters['weights']['priority'],
  compare: (chosen: Waiting | undefined, waiting: Waiting[], nowMs: number, isTenth: boolean) => void,
): void => {
  const queue = createSeatQueue<string>(weights)
  const lanes = Array.from({ length: LANES }, () => queue.createLane())
  const laneAt = (index: number): Lane => lanes[index] ?? queue.createLane()
  let waiting: Waiting[] = []
  let nowMs = 0
  const choose = (among: number[], isTenth: boolean): Waiting | undefined => {
    const open = among.map(laneAt)
    const id = isTenth ? queue.longestWaiting(open) : queue.best(open)
    const chosen = waiting.find((seat) => seat.id === id)
    expect(chosen?.id).toBe(id)
    compare(
      chosen,
      waiting.filter(({ lane }) => among.includes(lane)),
      nowMs,
      isTenth,
    )
    return chosen
  }
  for (const [id, step] of steps.entries()) {
    if (step.kind === 'pass') nowMs += step.ms
    const expired = queue.advance(nowMs)
    const over = waiting.filter(({ dispatchUntilMs }) => dispatchUntilMs <= nowMs)
    expect(new Set(expired)).toEqual(new Set(over.map((seat) => seat.id)))
    waiting = waiting.filter((seat) => !over.includes(seat))
    const picked = waiting[step.pick % Math.max(1, waiting.length)]
    if (step.kind === 'add') {
      if (step.seat.dispatchUntilMs <= nowMs) continue
      queue.add(id, `task ${id}`, step.seat, laneAt(step.lane))
      waiting.push({ ...step.seat, id, lane: step.lane })
    } else if (step.kind === 'move' && picked !== undefined) {
      queue.move(picked.id, laneAt(step.lane))
      picked.lane = step.lane
    } else {
      const gone =
        step.kind === 'take' ? choose([0, 1], step.pick % 10 === 0) : step.kind === 'remove' ? picked : undefined
      if (gone !== undefined) expect(queue.remove(gone.id)).toBe(true)
      waiting = waiting.filter((seat) => seat !== gone)
    }
    expect(queue.size).toBe(waiting.length)
    expect(lanes.map(({ size }) => size)).toEqual(
      [0, 1, 2].map((lane) => waiting.filter((s) => s.lane === lane).length),
    )
    for (const among of [[0], [0, 2], [0, 1, 2]]) for (const isTenth of [false, true]) choose(among, isTenth)
  }
}

describe('createSeatQueue', () => {
  // Multiples of 1/8 and of 1/32 of a minute: every sum is exact, so that equal priorities are equal in both.
  const eighth = fc.nat(8).map((n) => n / 8)
  const exactTime = fc.nat(80).map((n) => n * 1875)
  const exactWeights = { gstd: 0.25, reward: 0.25, urgency: 0.25, requester_reputation: 0.25 }

  it('chooses what sorting all seats puts first, ties included, while seats come, go, change lanes and time passes', () => {
    fc.assert(
      fc.property(stepsOf(eighth, exactTime), (steps) => {
        play(steps, exactWeights, (chosen, waiting, nowMs, isTenth) => {
          const inOrderOfIds = waiting.toSorted((a, b) => a.id - b.id)
          const [first] = rankSeats(inOrderOfIds, nowMs, isTenth ? 9 : 0, exactWeights)
          expect(chosen).toEqual(first)
        })
      }),
      { numRuns: 100 },
    )
  })

  it('chooses no seat whose priority is less than another’s by more than rounding, at today’s dates', () => {
    const { priority } = defaultParameters.weights
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const time = fc.integer({ min: 0, max: 300_000 })
    fc.assert(
      fc.property(stepsOf(share, time), (steps) => {
        const dateMs = 1_790_000_000_000
        const today = steps.map((step) => ({
          ...step,
          ms: step.kind === 'pass' ? step.ms : 0,
          seat: {
            ...step.seat,
            receivedAtMs: step.seat.receivedAtMs + dateMs,
            deadlineMs: step.seat.deadlineMs + dateMs,
            dispatchUntilMs: step.seat.dispatchUntilMs + dateMs,
          },
        }))
        const start: Step = { ...today[0], kind: 'pass', ms: dateMs } as Step
        play([start, ...today], priority, (chosen, waiting, nowMs, isTenth) => {
          expect(chosen === undefined).toBe(waiting.length === 0)
          if (chosen === undefined) return
          if (isTenth) expect(chosen.receivedAtMs).toBe(Math.min(...waiting.map((seat) => seat.receivedAtMs)))
          else {
            const highest = Math.max(...waiting.map((seat) => priorityOf(seat, nowMs, priority)))
            expect(highest - priorityOf(chosen, nowMs, priority)).toBeLessThan(1e-9)
          }
        })
      }),
      { numRuns: 100 },
    )
  })

  const terms: SeatTerms = {
    gstdShare: 0,
    rewardShare: 0.2,
    requesterReputation: 0.5,
    receivedAtMs: 0,
    deadlineMs: 100_000,
    dispatchUntilMs: 90_000,
  }

  it('refuses what it could not rank, and an id that waits already, and stays as it was', () => {
    const queue = createSeatQueue<string>(defaultParameters.weights.priority)
    const lane = queue.createLane()
    queue.add(1, 'a', terms, lane)
    const refused: [Partial<SeatTerms>, number, string][] = [
      [{ rewardShare: 1.1 }, 2, 'LIMITS_OUT_OF_RANGE'],
      [{ deadlineMs: Number.NaN }, 2, 'LIMITS_OUT_OF_RANGE'],
      [{ dispatchUntilMs: 100_001 }, 2, 'LIMITS_OUT_OF_RANGE'],
      [{}, Number.NaN, 'LIMITS_OUT_OF_RANGE'],
      [{}, 1, 'INTERNAL_ERROR'],
    ]
    for (const [change, id, code] of refused) {
      expect(() => queue.add(id, 'b', { ...terms, ...change }, lane)).toThrow(expect.objectContaining({ code }))
    }
    expect([queue.size, lane.size, queue.best([lane]), queue.get(1)?.task]).toEqual([1, 1, 1, 'a'])
    expect([queue.remove(1), queue.remove(1), queue.get(1), queue.best([lane])]).toEqual([
      true,
      false,
      undefined,
      undefined,
    ])
  })

  it('lets no time pass backwards', () => {
    const queue = createSeatQueue<string>(defaultParameters.weights.priority)
    const lane = queue.createLane()
    queue.advance(80_000)
    queue.advance(0)
    queue.advance(Number.NaN)
    queue.add(1, 'a', terms, lane)
    expect([lane.calm.size, lane.urgent.size]).toEqual([0, 1])
    expect(queue.advance(89_999)).toEqual([])
    expect(queue.advance(90_000)).toEqual([1])
  })
})
