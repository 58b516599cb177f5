import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTally } from './tally.ts'

const score = fc.integer({ min: 0, max: 1_000_000 }).map((step) => step / 1e6)
const counted = fc.array(
  fc.record({
    skill: fc.record({
      deviceId: fc.constantFrom('a', 'b'),
      operation: fc.constantFrom('ocr', 'image-moderation'),
      model: fc.constantFrom('m', 'n'),
    }),
    completion: fc.option(fc.record({ agreed: fc.boolean(), responseScore: score, energyScore: score })),
    requester: fc.constantFrom('x', 'y'),
  }),
)

type Counted = typeof counted extends fc.Arbitrary<infer Each> ? Each : never

const tallyOf = (events: Counted) => {
  const tally = createTally()
  for (const { skill, completion, requester } of events) {
    if (completion === null) tally.failure(skill)
    else tally.completion(skill, completion)
    tally.requester(requester, { created: 1, succeeded: completion?.agreed === true ? 1 : 0 })
  }
  return tally
}

const rounded = (tally: ReturnType<typeof createTally>) => ({
  devices: [...tally.devices].map(([deviceId, record]) => [
    deviceId,
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, Math.round(value * 1e6)])),
  ]),
  skills: [...tally.skills.values()],
  requesters: [...tally.requesters],
})

it('counts the same in parts as in one', () => {
  fc.assert(
    fc.property(counted, fc.nat(), (events, at) => {
      const cut = events.length === 0 ? 0 : at % events.length
      const parts = tallyOf(events.slice(0, cut))
      parts.add(tallyOf(events.slice(cut)))
      expect(rounded(parts)).toEqual(rounded(tallyOf(events)))
      const executions = [...parts.skills.values()].reduce(
        (sum, { successful, failed }) => sum + successful + failed,
        0,
      )
      expect(executions).toBe(events.length)
    }),
  )
})
