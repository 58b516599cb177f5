import { createSigner, logEntryHash, type LogEntryKind, signRefusal, toHex } from '@gstd/sdk'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { connectDevice, textResult } from '../dispatch/connectDevice.testing.ts'
import { readLog } from '../dispatch/inspect.testing.ts'
import { type Bench, openBench } from '../dispatch/openBench.testing.ts'
import { answer } from '../dispatch/play.testing.ts'
import { acceptRefusal } from '../payments/auditorAnswers.ts'
import type { PaymentContext } from '../payments/paymentContext.ts'
import { readReputations } from '../payments/readReputations.ts'
import { copyDatabase } from '../storage/copyDatabase.testing.ts'
import type { Queries } from '../storage/database.ts'
import { openDatabase } from '../storage/openDatabase.ts'
import { restoreEntry } from './restoreEntry.ts'

const auditor = createSigner('a0'.repeat(32))
const known = textResult('known')

const refuse = async (bench: Bench, kind: LogEntryKind, nth: number): Promise<void> => {
  const { network, vault } = bench.parameters
  const entry = (await readLog(bench)).filter((each) => each.kind === kind)[nth]
  if (entry === undefined) throw new Error(`the log has no ${kind} ${nth}`)
  const hash = toHex(logEntryHash(entry, { network, vault }))
  const context = {
    journal: bench.journal,
    parameters: bench.parameters,
    clock: bench.now,
    logger: pino({ level: 'silent' }),
  } as unknown as PaymentContext
  await acceptRefusal(await signRefusal({ version: 1, network, vault, hash, reason: 'because' }, auditor), context)
}

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
  await refuse(bench, 'verdict', 1)
  await refuse(bench, 'task', 4)
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
