import { seatEndReasons } from '@gstd/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { createHistory, type History, type LoggedTask } from '../historyForTests/createHistory.ts'
import { type Execution, proofOf, signProofs } from '../historyForTests/executions.ts'
import { foldHistory } from '../historyForTests/foldHistory.ts'
import { type FullHistory, fullHistory } from '../historyForTests/fullHistory.ts'
import { certifiedDevice, type TestDevice } from '../historyForTests/parties.ts'
import { type Alteration, refusalOf } from '../historyForTests/refusalOf.ts'

let history: FullHistory
let devices: TestDevice[]
beforeAll(async () => {
  history = await fullHistory()
  devices = await Promise.all(['a', 'b', 'c', 'd'].map((name) => certifiedDevice(name)))
})

type Table<Kind extends 'commitment' | 'reveal' | 'attestation' | 'seat_end'> = [string, Alteration<Kind>, RegExp][]

const findingsOf = async ({ entries, tasks }: Pick<History, 'entries' | 'tasks'>) =>
  (await foldHistory(entries, tasks)).findings.map(({ kind, reason }) => `${kind}: ${reason}`)

/** A task that devices have been given. */
const begin = async (
  validation: 'reference' | 'majority',
  count: number,
): Promise<{ log: History; task: LoggedTask; executions: Execution[] }> => {
  const log = await createHistory()
  for (const device of devices) log.device(device)
  const task = await log.task({ name: `${validation} ${count}`, validation })
  const executions: Execution[] = []
  for (const [index, device] of devices.slice(0, count).entries()) {
    executions.push(await log.dispatch(task, device, index + 1))
  }
  return { log, task, executions }
}

describe('a commitment', () => {
  const table: Table<'commitment'> = [
    ['another device', (body) => ({ ...body, device_id: 'ab'.repeat(16) }), /device_id/],
    ['an attempt that was never dispatched', (body) => ({ ...body, attempt: 9 }), /no valid dispatch has this attempt/],
    [
      'more time than passed since the dispatch',
      (body) => ({ ...body, observed_ms: 60_000 }),
      /more time was observed.*observed_ms 60000/,
    ],
  ]
  it.each(table)('with %s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'commitment', 0, alter)).toMatch(reason)
  })

  it('is made once', async () => {
    const { log, executions } = await begin('reference', 1)
    for (const execution of [...executions, ...executions]) log.commitTo(execution)
    expect(await findingsOf(log)).toEqual([expect.stringMatching(/^commitment: .*has a commitment already/)])
  })
})

describe('a reveal', () => {
  const table: Table<'reveal'> = [
    ['another salt', (body) => ({ ...body, salt: 'ab'.repeat(32) }), /the commitment that result and salt open/],
    [
      'another result than the one committed to',
      (body, { named }) => {
        const [first] = named.checked.executions
        return first === undefined ? body : { ...body, proof: proofOf(first.order, 'ab'.repeat(32)) }
      },
      /the commitment that result and salt open/,
    ],
    [
      'the proof of another order',
      (body) => ({ ...body, proof: { ...body.proof, order_hash: 'ab'.repeat(32) } }),
      /PROOF_INVALID.*order_hash/,
    ],
    [
      'another numeric class',
      (body) => ({ ...body, proof: { ...body.proof, numeric_class: 'native' } }),
      /PROOF_INVALID.*numeric_class/,
    ],
    [
      'a proof older than its order',
      (body) => ({ ...body, proof: { ...body.proof, timestamp: 1 } }),
      /PROOF_INVALID.*older than its order/,
    ],
  ]
  it.each(table)('with %s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'reveal', 0, alter)).toMatch(reason)
  })

  it('without a commitment is refused', async () => {
    const { log, executions } = await begin('reference', 1)
    for (const execution of executions) log.reveal(execution)
    expect(await findingsOf(log)).toEqual([expect.stringMatching(/^reveal: .*has no commitment/)])
  })

  it('is shown once', async () => {
    const { log, executions } = await begin('reference', 1)
    for (const execution of executions) log.commitTo(execution)
    for (const execution of [...executions, ...executions]) log.reveal(execution)
    expect(await findingsOf(log)).toEqual([expect.stringMatching(/^reveal: .*revealed before/)])
  })

  it('of a majority waits until every seat has committed', async () => {
    const { log, executions } = await begin('majority', 3)
    const [first, second, third] = executions as [Execution, Execution, Execution]
    log.commitTo(first)
    log.commitTo(second)
    log.reveal(first)
    log.commitTo(third)
    log.reveal(second)
    expect(await findingsOf(log)).toEqual([expect.stringMatching(/^reveal: .*before every seat had committed/)])
  })

  it('of a majority waits for seats that nobody was given yet', async () => {
    const { log, executions } = await begin('majority', 2)
    const [first, second] = executions as [Execution, Execution]
    log.commitTo(first)
    log.commitTo(second)
    log.reveal(first)
    expect(await findingsOf(log)).toEqual([expect.stringMatching(/^reveal: .*before every seat had committed/)])
  })

  it('of a majority waits until a lost seat is filled again', async () => {
    const { log, task, executions } = await begin('majority', 3)
    const [first, second, third] = executions as [Execution, Execution, Execution]
    log.commitTo(first)
    log.commitTo(second)
    log.end(third, 'device_error', 10)
    log.reveal(first)
    const again = await log.dispatch(task, devices[3] as TestDevice, 3)
    log.commitTo(again)
    log.reveal(second)
    expect(await findingsOf(log)).toEqual([expect.stringMatching(/^reveal: .*before every seat had committed/)])
  })

  it('that was asked for may come after another seat was lost', async () => {
    const { log, task, executions } = await begin('majority', 3)
    for (const execution of executions) log.commitTo(execution)
    const [first, second, third] = executions as [Execution, Execution, Execution]
    log.reveal(first)
    log.end(third, 'no_reveal', 10_000)
    await log.dispatch(task, devices[3] as TestDevice, 3)
    log.reveal(second)
    expect(await findingsOf(log)).toEqual([])
  })
})

describe('an attestation', () => {
  const table: Table<'attestation'> = [
    [
      'other proofs than those signed',
      (body) => ({ ...body, proof_hashes: ['ab'.repeat(32)] }),
      /the root over proof_hashes/,
    ],
    ['a device that nobody knows', (body) => ({ ...body, device_id: 'ab'.repeat(16) }), /no valid certificate/],
    [
      'another device’s signature',
      (body, { devices: { bob } }) => ({ ...body, device_id: bob.id }),
      /SIGNATURE_INVALID/,
    ],
  ]
  it.each(table)('with %s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'attestation', 0, alter)).toMatch(reason)
  })

  it('by one device does not cover another’s proof', async () => {
    const { log, task, executions } = await begin('reference', 2)
    for (const execution of executions) log.commitTo(execution)
    for (const execution of executions) log.reveal(execution)
    const [first, second] = executions as [Execution, Execution]
    await log.attest(first)
    log.log('attestation', await signProofs([{ device: first.device, proof: second.proof }], log.now()))
    second.attested = true
    log.verdict(task)
    expect(await findingsOf(log)).toEqual([expect.stringMatching(/^verdict: .*a seat that the log has not/)])
  })
})

describe('the end of a seat', () => {
  const table: Table<'seat_end'> = [
    ['another device', (body) => ({ ...body, device_id: 'ab'.repeat(16) }), /device_id/],
    [
      'a reason that comes after a commitment',
      (body) => ({ ...body, reason: 'no_reveal' }),
      /the stage at which no_reveal/,
    ],
    ['a reason that takes longer', (body) => ({ ...body, reason: 'time_out' }), /cannot have been that early/],
  ]
  it.each(table)('with %s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'seat_end', 0, alter)).toMatch(reason)
  })

  const enoughMs = 100_000
  const stages = {
    running: ['no_ack', 'no_start', 'time_out', 'input_unavailable', 'device_error'],
    committed: ['no_reveal', 'invalid_proof'],
    revealed: ['no_attestation'],
    attested: [],
  } as const
  const cases = Object.entries(stages).flatMap(([stage, reasons]) =>
    seatEndReasons.map((reason) => [stage, reason, (reasons as readonly string[]).includes(reason)] as const),
  )
  it.each(cases)('of a %s execution for %s: %s', async (stage, reason, isRight) => {
    const { log, executions } = await begin('reference', 1)
    const [execution] = executions as [Execution]
    if (stage !== 'running') log.commitTo(execution)
    if (stage === 'revealed' || stage === 'attested') log.reveal(execution)
    if (stage === 'attested') await log.attest(execution)
    log.end(execution, reason, enoughMs)
    expect(await findingsOf(log)).toHaveLength(isRight ? 0 : 1)
  })

  it('counts against its device, unless the input was missing', async () => {
    const { log, executions } = await begin('reference', 2)
    const [first, second] = executions as [Execution, Execution]
    log.end(first, 'device_error', 10)
    log.end(second, 'input_unavailable', 10)
    const { ledger } = await foldHistory(log.entries, log.tasks)
    expect([...ledger.state.records]).toEqual([
      [first.device.id, expect.objectContaining({ failed: 1, validations: 0 })],
    ])
  })
})

describe('a cancellation', () => {
  it('after a dispatch is refused', async () => {
    const { log, task } = await begin('reference', 1)
    log.cancel(task)
    expect(await findingsOf(log)).toEqual([expect.stringMatching(/^cancelled: .*dispatched before it was cancelled/)])
  })

  it('ends a task, once', async () => {
    const { log, task } = await begin('reference', 0)
    log.cancel(task)
    log.cancel(task)
    expect(await findingsOf(log)).toEqual([expect.stringMatching(/^cancelled: .*the task has ended/)])
  })
})
