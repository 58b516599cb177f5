import { expect, it, onTestFinished } from 'vitest'
import { connectDevice, textResult } from '../dispatch/connectDevice.testing.ts'
import { readLog } from '../dispatch/inspect.testing.ts'
import { openBench } from '../dispatch/openBench.testing.ts'
import { answer } from '../dispatch/play.testing.ts'
import { readReputations } from '../payments/readReputations.ts'
import { auditor, refuseNth } from '../payments/refuseNth.testing.ts'
import { copyDatabase } from '../storage/copyDatabase.testing.ts'
import type { Queries } from '../storage/database.ts'
import { openDatabase } from '../storage/openDatabase.ts'
import { restoreEntry } from './restoreEntry.ts'

const known = textResult('known')

/** What reputations are made of. */
const countsOf = async (queries: Queries) => ({
  requesters: await queries.query('SELECT * FROM requesters ORDER BY requester'),
  devices: await queries.query(
    'SELECT device_id, successful, failed, validations, passes FROM devices ORDER BY device_id',
  ),
  published: await readReputations(queries),
})

it('counts for requesters and devices what was counted before, without what the auditor refused', async () => {
  const bench = await openBench({ auditor_key: auditor.publicKey })
  const device = await connectDevice(bench)
  for (let n = 0; n < 3; n++) {
    await bench.submit({}, known)
    await bench.dispatcher.tick()
    await answer(device, known)
  }
  await bench.submit({}, known)
  await bench.dispatcher.tick()
  await device.unavailable()
  await bench.submit({}, known)
  await refuseNth(bench, 'verdict', 1)
  await refuseNth(bench, 'task', 4)
  const before = await countsOf(bench.journal)
  expect(before.requesters).toMatchObject([{ created: 4, completed: 2, validated: 2, succeeded: 2, unavailable: 1 }])
  expect(before.published.requesters).toEqual([{ requester: bench.requester.address, reputation: 0.7 }])

  const restored = await openDatabase(await copyDatabase())
  onTestFinished(() => restored.close())
  const { parameters } = bench
  const context = { origin: parameters, parameters, chargedAfter: async () => 0n }
  for (const entry of await readLog(bench)) await restoreEntry(restored, entry, context)
  expect(await countsOf(restored)).toEqual(before)
})
