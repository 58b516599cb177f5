import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256, toHex } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { connectDevice, textResult } from '../dispatch/connectDevice.testing.ts'
import { seatRows, taskRow } from '../dispatch/inspect.testing.ts'
import { openBench } from '../dispatch/openBench.testing.ts'
import { answer, connectDevices } from '../dispatch/play.testing.ts'
import { createSpool } from '../spool/createSpool.ts'
import { temporaryFolder } from '../storage/copyDatabase.testing.ts'
import { cancelTask } from '../tasks/cancelTask.ts'
import { deleteOldData } from './deleteOldData.ts'

const HOUR_MS = 3_600_000
const known = textResult('known')

it('deletes results a day after nobody can dispute them, and inline inputs with the verdict', async () => {
  const bench = await openBench()
  const spool = await createSpool(await temporaryFolder())
  const device = await connectDevice(bench)
  const deliver = async () => {
    const taskId = await bench.submit({}, known)
    expect(await taskRow(bench, taskId)).toMatchObject({ inline_data: ['AQID'] })
    await bench.dispatcher.tick()
    await answer(device, known)
    return taskId
  }
  const [paid, unpaid] = [await deliver(), await deliver()]
  await bench.journal.query('UPDATE tasks SET paid = true WHERE task_id = $1', [paid])
  const waiting = await bench.submit({ deadline: bench.now() + 24 * HOUR_MS })
  const cancelled = await bench.submit()
  await cancelTask(bench.journal, bench.requester.address, cancelled, bench.now())
  for (const taskId of [paid, unpaid, cancelled])
    expect(await taskRow(bench, taskId)).toMatchObject({ inline_data: [] })
  expect(await taskRow(bench, waiting)).toMatchObject({ inline_data: ['AQID'] })

  const nonces = async () => (await bench.journal.query('SELECT 1 FROM nonces')).length
  await deleteOldData(bench.journal, spool, bench.now() + 24 * HOUR_MS - 1)
  expect(await taskRow(bench, paid)).toMatchObject({ result: known })
  expect(await nonces()).toBe(8)

  const root = bench.journal.tree.root()
  await deleteOldData(bench.journal, spool, bench.now() + 24 * HOUR_MS)
  expect(await nonces()).toBe(0)
  expect(await taskRow(bench, paid)).toMatchObject({
    result: null,
    result_hash: expect.any(String),
    status: 'delivered',
  })
  expect(await taskRow(bench, unpaid)).toMatchObject({ result: known })
  expect((await seatRows(bench, paid))[0]).toMatchObject({
    result: null,
    proof: expect.anything(),
    salt: expect.any(String),
  })
  expect((await seatRows(bench, unpaid))[0]).toMatchObject({ result: known })
  expect(bench.journal.tree.root()).toEqual(root)
})

it('deletes the answers of failed tasks too', async () => {
  const bench = await openBench()
  const spool = await createSpool(await temporaryFolder())
  const devices = await connectDevices(bench, 3)
  const taskId = await bench.submit()
  for (let n = 0; n < 3; n++) {
    await bench.dispatcher.tick()
    for (const [index, device] of devices.entries()) {
      if (device.heardOf('order').length > 0 && device.heardOf('committed').length === 0) {
        await answer(device, textResult(String(index)))
      }
    }
  }
  expect(await taskRow(bench, taskId)).toMatchObject({ status: 'failed' })
  expect((await seatRows(bench, taskId)).map(({ result }) => result)).not.toContain(null)
  await deleteOldData(bench.journal, spool, bench.now() + 24 * HOUR_MS)
  expect((await seatRows(bench, taskId)).map(({ result }) => result)).toEqual([null, null, null])
})

it('keeps spooled inputs of tasks under way', async () => {
  const bench = await openBench()
  const directory = await temporaryFolder()
  const spool = await createSpool(directory)
  const files = ['alone', 'listed', 'over'].map((text) => new TextEncoder().encode(text))
  const hashes = files.map((bytes) => toHex(sha256(bytes)))
  const [alone = '', listed = '', over = ''] = hashes
  for (const [index, bytes] of files.entries()) await spool.put(hashes[index] ?? '', bytes)
  const input = (hash: string) => ({
    source: 'http' as const,
    hash: `sha256:${hash}`,
    uri: `https://x.example/${hash}`,
  })
  const deadline = bench.now() + 24 * HOUR_MS
  await bench.submit({ deadline, input: input(alone) })
  await bench.submit({ deadline, input: [input(listed), input(listed)] })
  const cancelled = await bench.submit({ deadline, input: input(over) })
  await cancelTask(bench.journal, bench.requester.address, cancelled, bench.now())
  const dayAgo = new Date(bench.now() - 24 * HOUR_MS)
  for (const hash of hashes) await utimes(join(directory, hash), dayAgo, dayAgo)
  await deleteOldData(bench.journal, spool, bench.now())
  expect((await readdir(directory)).toSorted()).toEqual([alone, listed].toSorted())
})
