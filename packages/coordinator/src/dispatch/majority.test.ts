import { describe, expect, it } from 'vitest'
import { checkLog } from './checkLog.testing.ts'
import { type DeviceForTests, textResult } from './connectDevice.testing.ts'
import { readLog, seatStates, taskRow } from './inspect.testing.ts'
import { type Bench, openBench } from './openBench.testing.ts'
import { connectDevices, holders, runToCommit } from './play.testing.ts'

const openMajority = async (count: number) => {
  const bench = await openBench()
  const devices = await connectDevices(bench, count)
  const taskId = await bench.submit({ validation: 'majority' })
  await bench.dispatcher.tick()
  return { bench, devices, taskId, first: holders(devices, taskId) }
}

/** Commits all, then reveals and attests all. */
const voteAll = async (voters: readonly DeviceForTests[], texts: readonly string[]): Promise<void> => {
  for (const [index, voter] of voters.entries()) await runToCommit(voter, textResult(texts[index] ?? ''))
  for (const voter of voters) await voter.reveal()
  for (const voter of voters) await voter.attest()
}

/** Dispatches the one seat that was added, and votes. */
const voteNext = async (bench: Bench, devices: DeviceForTests[], taskId: string, text: string): Promise<void> => {
  expect((await seatStates(bench, taskId)).filter((state) => state !== 'attested')).toEqual(['open'])
  await bench.dispatcher.tick()
  const voter = holders(devices, taskId).at(-1)
  if (voter !== undefined) await voteAll([voter], [text])
}

describe('majority', () => {
  it('is accepted when three agree, and pays three', async () => {
    const { bench, taskId, first } = await openMajority(4)
    expect(first).toHaveLength(3)
    await voteAll(first, ['a', 'a', 'a'])
    expect(await taskRow(bench, taskId)).toMatchObject({
      status: 'delivered',
      reserved_nano: 0,
      result: textResult('a'),
    })
    const { verdicts } = await checkLog(await readLog(bench), bench.parameters)
    expect(verdicts[0]?.seats.map(({ agreed }) => agreed)).toEqual([true, true, true])
  })

  it('is accepted at two of three: 66.7 % is more than 66 %', async () => {
    const { bench, taskId, first } = await openMajority(4)
    await voteAll(first, ['a', 'b', 'a'])
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered', result: textResult('a') })
    const { verdicts } = await checkLog(await readLog(bench), bench.parameters)
    expect(verdicts[0]?.seats.map(({ agreed, reward_nano }) => [agreed, reward_nano === '0'])).toEqual([
      [true, false],
      [false, true],
      [true, false],
    ])
  })

  it('adds seats one at a time while three differ, and is accepted at four of six', async () => {
    const { bench, devices, taskId, first } = await openMajority(7)
    await voteAll(first, ['a', 'b', 'c'])
    for (const text of ['a', 'a', 'a']) await voteNext(bench, devices, taskId, text)
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered', result: textResult('a') })
    const { verdicts } = await checkLog(await readLog(bench), bench.parameters)
    expect(verdicts[0]?.seats.filter(({ agreed }) => agreed).map(({ attempt }) => attempt)).toEqual([1, 4, 5, 6])
  })

  it('fails as soon as 66 % of max_devices is out of reach', async () => {
    const { bench, devices, taskId, first } = await openMajority(7)
    await voteAll(first, ['a', 'b', 'c'])
    await voteNext(bench, devices, taskId, 'd')
    expect(await taskRow(bench, taskId)).toMatchObject({
      status: 'failed',
      reserved_nano: 0,
      charged_nano: 0,
      error: { code: 'TASK_NO_AGREEMENT' },
    })
    await checkLog(await readLog(bench), bench.parameters)
  })

  it('asks nobody to reveal before every open seat has committed', async () => {
    const { first } = await openMajority(4)
    const [a, b, c] = first
    if (a === undefined || b === undefined || c === undefined) throw new Error('three devices must have an order')
    await runToCommit(a, textResult('a'))
    await runToCommit(b, textResult('a'))
    await c.ack()
    await c.started()
    expect([a, b].flatMap((device) => device.heardOf('reveal_request'))).toEqual([])
    await expect(a.reveal()).rejects.toMatchObject({ code: 'ORDER_UNKNOWN' })
    await c.commit(textResult('a'))
    for (const device of [a, b, c]) expect(device.heardOf('reveal_request')).toHaveLength(1)
  })

  it('waits with the reveals for the device that takes over a seat whose first one timed out', async () => {
    const { bench, devices, taskId, first } = await openMajority(4)
    const [a, b, c] = first
    if (a === undefined || b === undefined || c === undefined) throw new Error('three devices must have an order')
    await runToCommit(a, textResult('a'))
    await runToCommit(b, textResult('a'))
    await bench.pass(bench.parameters.timing.ack_ms)
    expect(await seatStates(bench, taskId)).toEqual(['committed', 'committed', 'ended:no_ack', 'open'])
    expect(c.heardOf('dropped')).toMatchObject([{ reason: 'no_ack' }])
    await bench.dispatcher.tick()
    const d = devices.find((device) => !first.includes(device))
    if (d === undefined) throw new Error('the fourth device must be there')
    expect(d.order()).toMatchObject({ task_id: taskId, attempt: 4 })
    expect([a, b].flatMap((device) => device.heardOf('reveal_request'))).toEqual([])
    await runToCommit(d, textResult('a'))
    for (const device of [a, b, d]) {
      expect(device.heardOf('reveal_request')).toHaveLength(1)
      await device.reveal()
      await device.attest()
    }
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered' })
    await checkLog(await readLog(bench), bench.parameters)
  })

  it('asks for the signatures that decide it', async () => {
    const { bench, taskId, first } = await openMajority(3)
    for (const device of first) await runToCommit(device, textResult('a'))
    for (const device of first) await device.reveal()
    expect(await seatStates(bench, taskId)).toEqual(['revealed', 'revealed', 'revealed'])
    for (const device of first) expect(device.heardOf('attest_request').length).toBeGreaterThan(0)
  })

  it('ends at its deadline although two have committed and nobody is there for the third seat', async () => {
    const { bench, taskId, first } = await openMajority(2)
    expect(first).toHaveLength(2)
    for (const device of first) await runToCommit(device, textResult('a'))
    await bench.pass(600_000)
    expect(await taskRow(bench, taskId)).toMatchObject({
      status: 'failed',
      reserved_nano: 0,
      charged_nano: 0,
      error: { code: 'TASK_EXPIRED' },
    })
    for (const device of first) expect(device.heardOf('dropped')).toMatchObject([{ reason: 'task_ended' }])
    await checkLog(await readLog(bench), bench.parameters)
  })
})
