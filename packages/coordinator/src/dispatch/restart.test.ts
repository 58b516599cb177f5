import type { WorkOrder } from '@gstd/sdk'
import { describe, expect, it } from 'vitest'
import { type DeviceForTests, textResult } from './connectDevice.testing.ts'
import { logged, seatStates, taskRow } from './inspect.testing.ts'
import { busyStates } from '../seats/seatRow.ts'
import { type Bench, openBench } from './openBench.testing.ts'
import { connectDevices, holders, runTo, type Step } from './play.testing.ts'

const known = textResult('known')

const dispatchOne = async (bench: Bench) => {
  const [device] = await connectDevices(bench, 1)
  const taskId = await bench.submit({}, known)
  await bench.dispatcher.tick()
  if (device === undefined || holders([device], taskId).length === 0) throw new Error('the device must have the order')
  return { device, taskId }
}

/** What the device still has to do after each state; `resume` tells it. */
const rest: Record<Exclude<Step, 'attested'>, ('ack' | 'started' | 'commit' | 'reveal' | 'attest')[]> = {
  dispatched: ['ack', 'started', 'commit', 'reveal', 'attest'],
  acknowledged: ['started', 'commit', 'reveal', 'attest'],
  started: ['commit', 'reveal', 'attest'],
  committed: ['reveal', 'attest'],
  revealed: ['attest'],
}

const runAct = (
  device: DeviceForTests,
  act: 'ack' | 'started' | 'reveal' | 'attest',
  order: WorkOrder,
): Promise<void> =>
  act === 'reveal' ? device.reveal({}, order) : act === 'attest' ? device.attest() : device[act](order)

const isBusy = (state: string): boolean => busyStates.some((busy) => busy === state)

describe('a restart of the coordinator', () => {
  it('loses nothing, whatever state an execution is in', async () => {
    const bench = await openBench()
    for (const [step, todo] of Object.entries(rest)) {
      const { device, taskId } = await dispatchOne(bench)
      const order = device.order()
      await runTo(device, step as Step, known)
      const root = bench.journal.tree.root()
      // Whether an order was acknowledged and started is not written.
      const states = (await seatStates(bench, taskId)).map((state) => (isBusy(state) ? 'acknowledged' : state))
      await bench.restart()
      expect(bench.journal.tree.root()).toEqual(root)
      expect(await seatStates(bench, taskId)).toEqual(states)
      device.heard.length = 0
      // Late only because the coordinator was away: nobody is blamed while devices find back.
      await bench.pass(9_000)
      expect(await seatStates(bench, taskId)).toEqual(states)
      await device.reconnect()
      const told = device.heard.map(({ type }) => type)
      expect(told).toEqual([step === 'committed' ? 'reveal_request' : step === 'revealed' ? 'attest_request' : 'order'])
      for (const act of todo) await (act === 'commit' ? device.commit(known, order) : runAct(device, act, order))
      expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered', reserved_nano: 0 })
      device.disconnect()
    }
    expect(await logged(bench, 'verdict')).toHaveLength(Object.keys(rest).length)
    expect(await logged(bench, 'seat_end')).toEqual([])
  })

  it('ends what nobody comes back for, once the grace is over', async () => {
    const bench = await openBench()
    const { taskId } = await dispatchOne(bench)
    await bench.restart()
    await bench.pass(25_000)
    expect(await seatStates(bench, taskId)).toEqual(['ended:no_start', 'open'])
  })
})
