import { computeReservation } from '@gstd/sdk'
import { describe, expect, it } from 'vitest'
import { checkLog } from './checkLog.testing.ts'
import { connectDevice, textResult } from './connectDevice.testing.ts'
import { logged, readLog, seatStates, taskRow } from './inspect.testing.ts'
import { openBench } from './openBench.testing.ts'
import { answer, connectDevices, holders } from './play.testing.ts'

const reserved = Number(
  computeReservation({
    validation: 'reference',
    baseNano: 10_000_000n,
    tariffNano: 100_000n,
    redundancy: 3,
    maxDevices: 6,
  }),
)

describe('reference', () => {
  it('is accepted when two devices of different owners agree, and pays both', async () => {
    const bench = await openBench()
    const devices = await connectDevices(bench, 3)
    const taskId = await bench.submit()
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'queued', reserved_nano: reserved })
    await bench.dispatcher.tick()
    const [first, second] = holders(devices, taskId)
    if (first === undefined || second === undefined) throw new Error('two devices must have an order')
    expect([first.order().attempt, second.order().attempt]).toEqual([1, 2])

    await answer(first, textResult('a'))
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'running', reserved_nano: reserved })
    await answer(second, textResult('a'))

    const task = await taskRow(bench, taskId)
    expect(task).toMatchObject({ status: 'delivered', reserved_nano: 0, result: textResult('a'), error: null })
    const { verdicts } = await checkLog(await readLog(bench), bench.parameters)
    expect(verdicts).toMatchObject([
      { outcome: 'accepted', charged_nano: String(task.charged_nano), seats: [{ agreed: true }, { agreed: true }] },
    ])
    for (const device of [first, second]) {
      expect(device.heardOf('outcome')).toMatchObject([
        { agreed: true, reward_nano: expect.stringMatching(/^1\d{7}$/) },
      ])
    }
  })

  it('is accepted at once when one device reproduces the known answer', async () => {
    const bench = await openBench()
    const devices = await connectDevices(bench, 2)
    const known = textResult('known')
    const item = bench.requester.item(bench.now(), {}, known)
    await bench.submitBytes(await bench.requester.sign([item], bench.parameters, bench.now()))
    const taskId = item.descriptor.task_id
    await bench.dispatcher.tick()
    const [device, ...others] = holders(devices, taskId)
    expect(others).toEqual([])
    if (device !== undefined) await answer(device, known)
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered', result: known })
    const knownAnswers = new Map(item.known_answer === undefined ? [] : [[taskId, item.known_answer]])
    await checkLog(await readLog(bench), bench.parameters, knownAnswers)
  })

  it('takes a known answer by its meaning, as it may come from another runtime', async () => {
    const bench = await openBench()
    const [device] = await connectDevices(bench, 1)
    const taskId = await bench.submit({}, [{ text: 'Total:  12.50', confidence: 0.1 }])
    await bench.dispatcher.tick()
    if (device !== undefined) await answer(device, textResult('Total: 12.50'))
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered', result: textResult('Total: 12.50') })
  })

  it('overrules a known answer that two devices contradict', async () => {
    const bench = await openBench()
    const devices = await connectDevices(bench, 3)
    const taskId = await bench.submit({}, textResult('wrong'))
    for (const turn of [0, 1]) {
      await bench.dispatcher.tick()
      const device = holders(devices, taskId)[turn]
      if (device !== undefined) await answer(device, textResult('right'))
    }
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered', result: textResult('right') })
  })

  it('asks a referee when two differ, and pays those that agree', async () => {
    const bench = await openBench()
    const devices = await connectDevices(bench, 4)
    const taskId = await bench.submit()
    await bench.dispatcher.tick()
    const [first, second] = holders(devices, taskId)
    if (first === undefined || second === undefined) throw new Error('two devices must have an order')
    await answer(first, textResult('a'))
    await answer(second, textResult('b'))
    expect(await seatStates(bench, taskId)).toEqual(['attested', 'attested', 'open'])
    await bench.dispatcher.tick()
    const referee = holders(devices, taskId)[2]
    if (referee !== undefined) await answer(referee, textResult('b'))
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered', result: textResult('b') })
    expect(first.heardOf('outcome')).toMatchObject([{ agreed: false, reward_nano: '0' }])
    expect(second.heardOf('outcome')).toMatchObject([{ agreed: true }])
    await checkLog(await readLog(bench), bench.parameters)
  })

  it('fails when three differ, charges nothing and releases the reservation', async () => {
    const bench = await openBench()
    const devices = await connectDevices(bench, 3)
    const taskId = await bench.submit()
    for (const [turn, text] of ['a', 'b', 'c'].entries()) {
      await bench.dispatcher.tick()
      const device = holders(devices, taskId)[turn]
      if (device !== undefined) await answer(device, textResult(text))
    }
    expect(await taskRow(bench, taskId)).toMatchObject({
      status: 'failed',
      reserved_nano: 0,
      charged_nano: 0,
      error: { code: 'TASK_NO_AGREEMENT' },
    })
    await checkLog(await readLog(bench), bench.parameters)
    expect(await logged(bench, 'verdict')).toMatchObject([{ outcome: 'failed', charged_nano: '0' }])
  })

  it('compares devices by the hash of their results: one runtime gives one answer', async () => {
    const bench = await openBench()
    const devices = await connectDevices(bench, 3)
    const taskId = await bench.submit()
    await bench.dispatcher.tick()
    const [first, second] = holders(devices, taskId)
    if (first === undefined || second === undefined) throw new Error('two devices must have an order')
    await answer(first, [{ text: 'same', confidence: 0.9 }])
    await answer(second, [{ text: 'same', confidence: 0.8 }])
    expect(await seatStates(bench, taskId)).toEqual(['attested', 'attested', 'open'])
    await bench.dispatcher.tick()
    const referee = holders(devices, taskId)[2]
    if (referee !== undefined) await answer(referee, [{ text: 'same', confidence: 0.9 }])
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered' })
    await checkLog(await readLog(bench), bench.parameters)
  })

  it('never gives two seats of a task to devices of one owner', async () => {
    const bench = await openBench()
    const [device] = await connectDevices(bench, 1)
    if (device === undefined) throw new Error('no device')
    const sibling = await connectDevice(bench, { owner: device.identity.owner })
    const taskId = await bench.submit()
    await bench.dispatcher.tick()
    const [holder, ...others] = holders([device, sibling], taskId)
    expect(others).toEqual([])
    if (holder !== undefined) await answer(holder, textResult('a'))
    await bench.dispatcher.tick()
    expect(await seatStates(bench, taskId)).toEqual(expect.arrayContaining(['attested', 'open']))
  })

  it('holds a device to the owner it answered under, though it has another one now', async () => {
    const bench = await openBench()
    const [moved, stayed] = await connectDevices(bench, 2)
    if (moved === undefined || stayed === undefined) throw new Error('two devices must be there')
    stayed.disconnect()
    const taskId = await bench.submit()
    await bench.dispatcher.tick()
    await answer(moved, textResult('a'))
    const { key, owner } = moved.identity
    moved.disconnect()
    await connectDevice(bench, { key, certificate: { revision: 2 } })
    const sibling = await connectDevice(bench, { owner })
    await bench.dispatcher.tick()
    expect(sibling.heardOf('order')).toEqual([])
    await stayed.reconnect()
    await bench.dispatcher.tick()
    await answer(stayed, textResult('a'))
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered' })
    await checkLog(await readLog(bench), bench.parameters)
  })
})
