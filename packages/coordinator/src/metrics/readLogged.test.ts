import { expect, it } from 'vitest'
import { openBench } from '../dispatch/openBench.testing.ts'
import { cancelTask } from '../tasks/cancelTask.ts'
import { createInstruments } from './createInstruments.ts'
import { readLogged } from './readLogged.ts'

it('counts what was logged and what has ended between two sizes of the log, once', async () => {
  const bench = await openBench()
  const { journal, requester } = bench
  const instruments = createInstruments()
  const start = journal.tree.size
  const [first, second] = [await bench.submit(), await bench.submit()]
  await cancelTask(journal, requester.address, first, bench.now())
  const cancelled = journal.tree.size
  await readLogged(journal, start, cancelled, instruments)
  await cancelTask(journal, requester.address, second, bench.now())
  await readLogged(journal, cancelled, journal.tree.size, instruments)
  await readLogged(journal, journal.tree.size, journal.tree.size, instruments)
  const text = await instruments.registry.metrics()
  expect(text).toContain('gstd_logged_entries_total{kind="task"} 2\n')
  expect(text).toContain('gstd_logged_entries_total{kind="cancelled"} 2\n')
  expect(text).toMatch(/gstd_tasks_ended_total\{status="cancelled",method="[a-z]+"\} 2\n/)
})
