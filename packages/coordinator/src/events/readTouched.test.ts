import { randomHex } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { connectDevice } from '../dispatch/connectDevice.testing.ts'
import { openBench } from '../dispatch/openBench.testing.ts'
import { readTouched } from './readTouched.ts'

it('finds tasks by what was logged of them and by what the auditor has signed, for their requester only', async () => {
  const bench = await openBench()
  const { journal, requester } = bench
  const at = (headSize = 0) => ({ logSize: journal.tree.size, headSize })
  const start = at()
  const taskId = await bench.submit()
  const submitted = at()
  const touched = [{ task_id: taskId, requester: requester.address }]
  expect(await readTouched(journal, start, submitted)).toEqual(touched)
  expect(await readTouched(journal, start, submitted, { requester: requester.address, limit: 1 })).toEqual(touched)
  expect(await readTouched(journal, start, submitted, { requester: `0:${randomHex(32)}` })).toEqual([])
  expect(await readTouched(journal, submitted, submitted)).toEqual([])

  await connectDevice(bench)
  const connected = at()
  expect(await readTouched(journal, submitted, connected)).toEqual([])
  await bench.dispatcher.tick()
  const dispatched = at()
  expect(dispatched.logSize).toBeGreaterThan(connected.logSize)
  expect(await readTouched(journal, connected, dispatched)).toEqual(touched)

  await journal.query('UPDATE tasks SET verdict_index = $2 WHERE task_id = $1', [taskId, 7])
  expect(await readTouched(journal, { ...dispatched, headSize: 7 }, { ...dispatched, headSize: 8 })).toEqual(touched)
  expect(await readTouched(journal, { ...dispatched, headSize: 8 }, { ...dispatched, headSize: 9 })).toEqual([])
})
