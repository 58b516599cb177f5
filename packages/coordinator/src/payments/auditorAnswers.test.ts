import {
  completionOf,
  createSigner,
  logEntryHash,
  newDeviceRecord,
  type SignedRefusal,
  signRefusal,
  toHex,
  withCompletion,
} from '@gstd/sdk'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { readDeviceRecords } from '../devices/deviceStatistics.ts'
import { connectDevice, textResult } from '../dispatch/connectDevice.testing.ts'
import { logged, readLog, taskRow } from '../dispatch/inspect.testing.ts'
import { type Bench, openBench } from '../dispatch/openBench.testing.ts'
import { answer } from '../dispatch/play.testing.ts'
import { acceptRefusal } from './auditorAnswers.ts'
import { readReputations } from './readReputations.ts'
import type { PaymentContext } from './paymentContext.ts'

const auditor = createSigner('a0'.repeat(32))
const known = textResult('known')

const refusalOf = async (bench: Bench, kind: 'task' | 'verdict' | 'seat_end', nth: number): Promise<SignedRefusal> => {
  const { network, vault } = bench.parameters
  const entry = (await readLog(bench)).filter((each) => each.kind === kind)[nth]
  if (entry === undefined) throw new Error(`the log has no ${kind} ${nth}`)
  const hash = toHex(logEntryHash(entry, { network, vault }))
  return signRefusal({ version: 1, network, vault, hash, reason: 'because' }, auditor)
}

const contextOf = (bench: Bench) =>
  ({
    journal: bench.journal,
    parameters: bench.parameters,
    clock: bench.now,
    logger: pino({ level: 'silent' }),
  }) as unknown as PaymentContext

it('counts nothing for what the auditor refuses, and tells the requester why', async () => {
  const bench = await openBench({ auditor_key: auditor.publicKey })
  const device = await connectDevice(bench)
  const taskIds: string[] = []
  for (const isAnswered of [true, false, true, true]) {
    taskIds.push(await bench.submit({}, known))
    await bench.dispatcher.tick()
    if (isAnswered) await answer(device, known)
    // Nothing is heard from the device: its execution ends, and the next one is of the same task.
    else await bench.pass(2_000)
  }
  const context = contextOf(bench)
  const verdicts = await logged(bench, 'verdict')
  expect(verdicts).toHaveLength(3)
  expect(await logged(bench, 'seat_end')).toHaveLength(1)
  await acceptRefusal(await refusalOf(bench, 'verdict', 1), context)
  await acceptRefusal(await refusalOf(bench, 'verdict', 1), context)
  await acceptRefusal(await refusalOf(bench, 'seat_end', 0), context)

  expect(await logged(bench, 'refusal')).toHaveLength(2)
  const refused = await taskRow(bench, verdicts[1]?.task_id ?? '')
  expect(refused).toMatchObject({ status: 'failed', charged_nano: 0, result: null, error: { code: 'AUDITOR_REFUSED' } })
  const { constraints } = bench.requester.item(bench.now()).descriptor
  const record = [verdicts[0], verdicts[2]]
    .flatMap((verdict) => verdict?.seats ?? [])
    .reduce((sum, seat) => withCompletion(sum, completionOf(seat, constraints)), newDeviceRecord)
  expect(await readDeviceRecords(bench.journal)).toEqual([{ deviceId: device.deviceId, record }])
  const skills = await bench.journal.query('SELECT successful, failed, passes FROM device_skills')
  expect(skills).toEqual([{ successful: 2, failed: 0, passes: 2 }])
  const [requester] = await bench.journal.query('SELECT completed, succeeded FROM requesters')
  expect(requester).toEqual({ completed: 2, succeeded: 2 })
})

it('publishes of a requester what the auditor has not refused, and nothing of one with no task left', async () => {
  const bench = await openBench({ auditor_key: auditor.publicKey })
  const { address } = bench.requester
  const device = await connectDevice(bench)
  const context = contextOf(bench)
  const published = async () => (await readReputations(bench.journal)).requesters
  expect(await published()).toEqual([])
  for (let n = 0; n < 2; n++) {
    await bench.submit({}, known)
    await bench.dispatcher.tick()
    await answer(device, known)
  }
  await bench.submit({}, known)
  expect(await published()).toEqual([{ requester: address, reputation: 0.8 }])

  await acceptRefusal(await refusalOf(bench, 'verdict', 1), context)
  expect(await published()).toEqual([{ requester: address, reputation: 0.6 }])
  await acceptRefusal(await refusalOf(bench, 'task', 1), context)
  await acceptRefusal(await refusalOf(bench, 'task', 1), context)
  expect(await published()).toEqual([{ requester: address, reputation: 0.7 }])
  await acceptRefusal(await refusalOf(bench, 'task', 2), context)
  expect(await published()).toEqual([{ requester: address, reputation: 1 }])

  // The task is refused before its verdict: for a moment there is a verdict of no task.
  await acceptRefusal(await refusalOf(bench, 'task', 0), context)
  expect(await published()).toEqual([])
  await bench.submit({}, known)
  await acceptRefusal(await refusalOf(bench, 'verdict', 0), context)
  expect(await published()).toEqual([{ requester: address, reputation: 0.25 }])
})
