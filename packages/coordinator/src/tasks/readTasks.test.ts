import { expect, it } from 'vitest'
import { connectDevice, textResult } from '../dispatch/connectDevice.testing.ts'
import { openBench } from '../dispatch/openBench.testing.ts'
import { answer } from '../dispatch/play.testing.ts'
import { cancelTask } from './cancelTask.ts'
import { checkOwner, listTasks, readTasks } from './readTasks.ts'
import { taskStatuses } from '@gstd/sdk'

const known = textResult('known')

it('lists the tasks of a requester by the status they are shown with, the latest first', async () => {
  const bench = await openBench()
  const device = await connectDevice(bench)
  const ids: Record<string, string> = {}
  const submit = async (name: string) => {
    await bench.pass(1)
    ids[name] = await bench.submit({}, known)
    return ids[name]
  }
  const paid = await submit('paid')
  await bench.dispatcher.tick()
  await answer(device, known)
  await bench.journal.query('UPDATE tasks SET paid = true WHERE task_id = $1', [paid])
  await submit('accepted')
  await bench.dispatcher.tick()
  await answer(device, known)
  const finalSize = bench.journal.tree.size
  await submit('delivered')
  await bench.dispatcher.tick()
  await answer(device, known)
  await submit('running')
  await bench.dispatcher.tick()
  await submit('queued')
  const cancelled = await submit('cancelled')
  const { address } = bench.requester
  await cancelTask(bench.journal, address, cancelled, bench.now())
  await expect(cancelTask(bench.journal, address, ids['running'] ?? '', bench.now())).rejects.toMatchObject({
    code: 'TASK_NOT_CANCELLABLE',
  })

  const all = await listTasks(bench.journal, address, { limit: 100 }, finalSize)
  expect(all.map(({ status }) => status)).toEqual(['cancelled', 'queued', 'running', 'delivered', 'accepted', 'paid'])
  for (const status of taskStatuses) {
    const found = await listTasks(bench.journal, address, { limit: 100, status }, finalSize)
    expect(found).toEqual(all.filter((task) => task.status === status))
    for (const { task_id } of found) expect(task_id).toBe(ids[status])
  }
  expect(await listTasks(bench.journal, address, { limit: 2 }, finalSize)).toEqual(all.slice(0, 2))
  expect(await listTasks(bench.journal, `0:${'99'.repeat(32)}`, { limit: 100 }, finalSize)).toEqual([])
  expect(await readTasks(bench.journal, address, [paid, cancelled], finalSize)).toEqual([all.at(-1), all.at(0)])
  const stranger = `0:${'99'.repeat(32)}`
  const unknown = { code: 'TASK_UNKNOWN', details: { task_id: paid } }
  await expect(readTasks(bench.journal, stranger, [paid], finalSize)).rejects.toMatchObject(unknown)
  await expect(checkOwner(bench.journal, stranger, [paid])).rejects.toMatchObject(unknown)
  await checkOwner(bench.journal, address, [paid, cancelled])
})
