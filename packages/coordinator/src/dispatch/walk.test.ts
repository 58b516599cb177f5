import type { GstdError, KnownAnswer } from '@gstd/sdk'
import { afterAll, describe, expect, it } from 'vitest'
import { cancelTask } from '../tasks/cancelTask.ts'
import { checkLog } from './checkLog.testing.ts'
import { textResult } from './connectDevice.testing.ts'
import { logged, readLog } from './inspect.testing.ts'
import { type Bench, openBench } from './openBench.testing.ts'
import { createCrowd, createRandom, type Random } from './randomActor.testing.ts'

const STEPS = 250
const TASKS = 10

const submitSome = async (bench: Bench, random: Random, knownAnswers: Map<string, KnownAnswer>): Promise<string> => {
  const majority = random.chance(0.5)
  const taskId = crypto.randomUUID()
  const known = !majority && random.chance(0.3) ? textResult(random.chance(0.7) ? taskId : 'mistaken') : undefined
  const item = bench.requester.item(
    bench.now(),
    { task_id: taskId, ...(majority && { validation: 'majority', redundancy: 3 + random.below(2) }) },
    known,
  )
  const [outcome] = await bench.submitBytes(await bench.requester.sign([item], bench.parameters, bench.now()))
  expect(outcome).toMatchObject({ status: 'accepted' })
  if (item.known_answer !== undefined) knownAnswers.set(taskId, item.known_answer)
  return taskId
}

const isStarted = (thrown: unknown): void => {
  if ((thrown as GstdError).code !== 'TASK_NOT_CANCELLABLE') throw thrown
}

const walk = async (bench: Bench, random: Random) => {
  const { requester } = bench
  const crowd = createCrowd(bench, random)
  const knownAnswers = new Map<string, KnownAnswer>()
  const taskIds: string[] = []
  for (let n = 0; n < 6; n++) await crowd.join(random.chance(0.2) ? crowd.devices[0] : undefined)
  for (let step = 0; step < STEPS; step++) {
    const lot = random.next()
    if (lot < 0.1 && taskIds.length < TASKS) taskIds.push(await submitSome(bench, random, knownAnswers))
    else if (lot < 0.11) {
      await bench.restart()
      crowd.scatter()
    } else if (lot < 0.12) {
      const taskId = taskIds[random.below(taskIds.length)]
      if (taskId !== undefined) await cancelTask(bench.journal, requester.address, taskId, bench.now()).catch(isStarted)
    } else if (lot < 0.2) await bench.pass(random.below(3000))
    else if (lot < 0.35) await bench.dispatcher.tick()
    else await crowd.act()
  }
  return { taskIds, knownAnswers }
}

/** Lets all time-outs and deadlines pass. */
const settle = async (bench: Bench): Promise<void> => {
  for (let n = 0; n < 6; n++) await bench.pass(150_000)
}

describe('whatever devices do', () => {
  /** Over all walks: one of them may be unlucky, since nonces and so lots are random. */
  let accepted = 0
  afterAll(() => {
    if (accepted === 0) throw new Error('no task of any walk was accepted')
  })

  it.each([1, 2, 3])('every task ends, is paid at most once, and the log alone shows why (walk %i)', async (seed) => {
    const bench = await openBench()
    const { taskIds, knownAnswers } = await walk(bench, createRandom(seed))
    await settle(bench)

    const tasks = await bench.journal.query<{ status: string; reserved_nano: number; charged_nano: number }>(
      'SELECT status, reserved_nano, charged_nano FROM tasks',
    )
    expect(tasks).toHaveLength(taskIds.length)
    expect(tasks.filter(({ status }) => !['delivered', 'failed', 'cancelled'].includes(status))).toEqual([])
    expect(tasks.every(({ reserved_nano }) => reserved_nano === 0)).toBe(true)
    const left = await bench.journal.query(`SELECT id, state FROM seats WHERE state NOT IN ('closed', 'ended')`)
    expect(left).toEqual([])

    const summed = await bench.journal.query(
      'SELECT sum(charged_nano)::int8 AS decided_nano, sum(reserved_nano)::int8 AS reserved_nano FROM tasks',
    )
    expect(await bench.journal.query('SELECT decided_nano, reserved_nano FROM escrow_sums')).toEqual(summed)

    const { verdicts } = await checkLog(await readLog(bench), bench.parameters, knownAnswers)
    const cancelled = await logged(bench, 'cancelled')
    expect(verdicts.length + cancelled.length).toBe(taskIds.length)
    accepted += verdicts.filter(({ outcome }) => outcome === 'accepted').length
    const charged = tasks.reduce((sum, task) => sum + task.charged_nano, 0)
    expect(charged).toBe(verdicts.reduce((sum, verdict) => sum + Number(verdict.charged_nano), 0))
    for (const { seats, tariff_nano, charged_nano } of verdicts) {
      const rewards = seats.reduce((sum, { reward_nano }) => sum + BigInt(reward_nano), 0n)
      expect(BigInt(charged_nano)).toBe(rewards + BigInt(tariff_nano))
    }
    const tries = await bench.journal.query('SELECT 1 FROM seats WHERE attempt IS NOT NULL AND tries >= 5')
    expect(tries).toEqual([])
  })
})
