import type { LogBody } from '@gstd/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { outputOf } from '../historyForTests/executions.ts'
import { evidenceOf, foldHistory } from '../historyForTests/foldHistory.ts'
import { entryOf, type FullHistory, fullHistory } from '../historyForTests/fullHistory.ts'
import { type Alteration, refusalOf } from '../historyForTests/refusalOf.ts'

let history: FullHistory
beforeAll(async () => {
  history = await fullHistory()
})

type Seat = LogBody<'verdict'>['seats'][number]

const plus = (nano: string, more: bigint): string => (BigInt(nano) + more).toString()

const seat =
  (index: number, change: (seat: Seat) => Partial<Seat>): Alteration<'verdict'> =>
  (body) => ({ ...body, seats: body.seats.map((one, at) => (at === index ? { ...one, ...change(one) } : one)) })

const failing =
  (reason: string): Alteration<'verdict'> =>
  ({ result_hash: _accepted, ...body }) => ({ ...body, outcome: 'failed', reason })

const table: [string, Alteration<'verdict'>, RegExp][] = [
  [
    'one nano more for a device, and in the sum',
    async (body, log) => {
      const raised = await seat(0, ({ reward_nano }) => ({ reward_nano: plus(reward_nano, 1n) }))(body, log)
      return { ...raised, charged_nano: plus(body.charged_nano, 1n) }
    },
    /VERDICT_INVALID: the verdict’s seats.1.reward_nano/,
  ],
  ['one nano less in the sum', (body) => ({ ...body, charged_nano: plus(body.charged_nano, -1n) }), /charged_nano/],
  ['another tariff', (body) => ({ ...body, tariff_nano: '0' }), /tariff_nano/],
  ['another result', (body) => ({ ...body, result_hash: 'ab'.repeat(32) }), /the verdict’s result_hash/],
  ['another outcome', failing('TASK_NO_AGREEMENT'), /VERDICT_INVALID/],
  ['a failure for another reason', failing('BAD_MOOD'), /does not fail for this reason/],
  ['a failure before the deadline', failing('TASK_EXPIRED'), /had time left/],
  ['a failure without the attempts', failing('TASK_ATTEMPTS_EXHAUSTED'), /no seat used up its attempts/],
  ['a seat less', (body) => ({ ...body, seats: body.seats.slice(1) }), /number of seats/],
  [
    'a seat twice',
    (body) => ({ ...body, seats: [...body.seats, ...body.seats.slice(1)] }),
    /lists an execution twice \(task_id \S+, device_id \S+, attempt 2\)/,
  ],
  ['its seats in another order', (body) => ({ ...body, seats: body.seats.toReversed() }), /seats are not in order/],
  ['a seat that was never dispatched', seat(1, () => ({ attempt: 9 })), /a seat that the log has not.*attempt 9/],
  [
    'its seats’ devices swapped',
    (body) => {
      const [first, second] = body.seats as [Seat, Seat]
      return {
        ...body,
        seats: [
          { ...first, device_id: second.device_id },
          { ...second, device_id: first.device_id },
        ],
      }
    },
    /seats.1.device_id/,
  ],
  ['a loser that agreed', seat(0, () => ({ agreed: false, reward_nano: '0' })), /seats.1.agreed/],
  ['another proof', seat(1, () => ({ proof_hash: 'ab'.repeat(32) })), /seats.2.proof_hash/],
  ['less observed time', seat(0, () => ({ observed_ms: 200 })), /seats.1.observed_ms.*actual 200, expected 260/],
  ['less energy', seat(0, () => ({ counted_energy_mwh: 0.5 })), /seats.1.counted_energy_mwh/],
  ['an attested meter', seat(0, () => ({ energy_attested: true })), /seats.1.energy_attested/],
  [
    'another reputation than at dispatch',
    seat(0, () => ({ device_reputation: 0.500001 })),
    /seats.1.device_reputation/,
  ],
  ['another descriptor', (body) => ({ ...body, descriptor_hash: 'ab'.repeat(32) }), /descriptor_hash/],
  [
    'a task that nobody submitted',
    (body) => ({ ...body, task_id: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc' }),
    /no valid task has this id/,
  ],
]

describe('a verdict', () => {
  it.each(table)('with %s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'verdict', 0, alter)).toMatch(reason)
  })

  it('is the only one of its task', async () => {
    const alter: Alteration<'verdict'> = () => entryOf(history.entries, 'verdict', 0).body
    expect(await refusalOf(history, 'verdict', 1, alter)).toMatch(/the task has ended/)
  })

  it('of a majority pays those who agreed and nobody else', async () => {
    const pay: Alteration<'verdict'> = seat(2, () => ({ agreed: true }))
    expect(await refusalOf(history, 'verdict', 1, pay)).toMatch(/seats.3.agreed/)
  })

  it('that is refused ends its task without one, frees what was reserved, and counts for nobody', async () => {
    const { index } = entryOf(history.entries, 'verdict', 0)
    const entries = history.entries
      .slice(0, index + 1)
      .map((entry) => (entry.kind === 'verdict' ? { ...entry, body: { ...entry.body, charged_nano: '1' } } : entry))
    const before = await foldHistory(entries.slice(0, index), history.tasks)
    const { ledger } = await foldHistory(entries, history.tasks)
    const { task_id: taskId } = history.named.checked.descriptor
    const task = before.ledger.state.tasks.get(taskId)
    const reservedNano = ({ state }: typeof ledger) => state.escrows.get(task?.escrow ?? '')?.reservedNano ?? 0n
    expect(ledger.state.tasks.get(taskId)).toBeUndefined()
    expect(ledger.state.ended).toContain(taskId)
    expect(reservedNano(before.ledger) - reservedNano(ledger)).toBe(task?.reservedNano)
    expect(ledger.state.records.size).toBe(0)
    const { address } = history.named.checked.descriptor.requester
    expect(ledger.state.requesters).toEqual(new Map([[address, { created: 1, completed: 0, succeeded: 0 }]]))
  })
})

describe('a verdict with a known answer', () => {
  const same: Alteration<'verdict'> = (body) => body
  const judge = (outside: Parameters<typeof refusalOf>[4]) => refusalOf(history, 'verdict', 2, same, outside)
  const evidence = () => evidenceOf(history.named.known)

  it('is refused without evidence, unless it was verified before under a head', async () => {
    expect(await judge({ evidence: undefined })).toMatch(/no evidence/)
    expect(await judge({ evidence: undefined, vouched: true })).toBeUndefined()
  })

  it('is refused for an answer that the requester did not commit to', async () => {
    const knownAnswer = { value: [outputOf('Neutral', 0.9)], salt: 'ab'.repeat(32) }
    expect(await judge({ evidence: { ...evidence(), knownAnswer } })).toMatch(/REFERENCE_INVALID/)
  })

  it('is refused for results that the devices did not prove', async () => {
    expect(await judge({ evidence: { ...evidence(), results: new Map([[1, [outputOf('Neutral', 0.9)]]]) } })).toMatch(
      /the hash of the result of attempt 1/,
    )
    expect(await judge({ evidence: { ...evidence(), results: new Map() } })).toMatch(/lacks a result/)
    expect(await judge({ evidence: { ...evidence(), knownAnswer: undefined } })).toMatch(/lacks the known answer/)
  })
})
