import { completionOf, newDeviceRecord, withCompletion } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { readDeviceRecords } from '../devices/deviceStatistics.ts'
import { connectDevice, textResult } from '../dispatch/connectDevice.testing.ts'
import { logged, taskRow } from '../dispatch/inspect.testing.ts'
import { openBench } from '../dispatch/openBench.testing.ts'
import { answer } from '../dispatch/play.testing.ts'
import { readReputations } from './readReputations.ts'
import { auditor, refuseNth } from './refuseNth.testing.ts'

const known = textResult('known')

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
  const verdicts = await logged(bench, 'verdict')
  expect(verdicts).toHaveLength(3)
  expect(await logged(bench, 'seat_end')).toHaveLength(1)
  await refuseNth(bench, 'verdict', 1)
  await refuseNth(bench, 'verdict', 1)
  await refuseNth(bench, 'seat_end', 0)

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
  const published = async () => (await readReputations(bench.journal)).requesters
  expect(await published()).toEqual([])
  for (let n = 0; n < 2; n++) {
    await bench.submit({}, known)
    await bench.dispatcher.tick()
    await answer(device, known)
  }
  await bench.submit({}, known)
  expect(await published()).toEqual([{ requester: address, reputation: 0.8 }])

  await refuseNth(bench, 'verdict', 1)
  expect(await published()).toEqual([{ requester: address, reputation: 0.6 }])
  await refuseNth(bench, 'task', 1)
  await refuseNth(bench, 'task', 1)
  expect(await published()).toEqual([{ requester: address, reputation: 0.7 }])
  await refuseNth(bench, 'task', 2)
  expect(await published()).toEqual([{ requester: address, reputation: 1 }])

  // The task is refused before its verdict: for a moment there is a verdict of no task.
  await refuseNth(bench, 'task', 0)
  expect(await published()).toEqual([])
  await bench.submit({}, known)
  await refuseNth(bench, 'verdict', 0)
  expect(await published()).toEqual([{ requester: address, reputation: 0.25 }])
})
