import fc from 'fast-check'
import { expect, it } from 'vitest'
import { busyStates, type SeatRow, type SeatState } from '../seats/seatRow.ts'
import type { StoredStatus } from '../tasks/taskRow.ts'
import { createLiveTasks } from './createLiveTasks.ts'
import { isLive, type LiveTask } from './liveTask.ts'

const DEVICES = ['a', 'b', 'c']
const states: SeatState[] = ['dispatched', 'acknowledged', 'started', 'committed', 'revealing', 'revealed', 'ended']
const statuses: StoredStatus[] = ['queued', 'running', 'running', 'delivered', 'failed', 'cancelled']

/** A seat as far as the memory of tasks looks at it. */
const seat = fc.record({
  state: fc.constantFrom(...states),
  deviceId: fc.option(fc.constantFrom(...DEVICES), { nil: null }),
  hasProof: fc.boolean(),
})

const puts = fc.array(
  fc.record({
    taskId: fc.constantFrom('t1', 't2', 't3', 't4'),
    status: fc.constantFrom(...statuses),
    seats: fc.array(seat, { maxLength: 4 }),
    isForgotten: fc.boolean(),
  }),
  { maxLength: 30 },
)

type Put = {
  taskId: string
  status: StoredStatus
  seats: { state: SeatState; deviceId: string | null; hasProof: boolean }[]
}

const toTask = ({ taskId, status, seats }: Put, nth: number): LiveTask =>
  ({
    task_id: taskId,
    status,
    seats: seats.map(({ state, deviceId, hasProof }, index) => ({
      id: nth * 10 + index,
      task_id: taskId,
      state: deviceId === null ? 'open' : state,
      device_id: deviceId,
      order_hash: deviceId === null ? null : `order ${nth}.${index}`,
      proof_hash: deviceId !== null && hasProof ? `proof ${nth}.${index}` : null,
    })) as SeatRow[],
  }) as unknown as LiveTask

it('answers every question as a look at all tasks would', () => {
  fc.assert(
    fc.property(puts, (sequence) => {
      const live = createLiveTasks()
      const all = new Map<string, LiveTask>()
      const orders: string[] = []
      for (const [nth, put] of sequence.entries()) {
        const task = toTask(put, nth)
        live.put(task)
        all.delete(task.task_id)
        if (isLive(task.status)) all.set(task.task_id, task)
        if (put.isForgotten) {
          live.forget('t1')
          all.delete('t1')
        }
        for (const { order_hash } of task.seats) if (order_hash !== null) orders.push(order_hash)

        const seats = [...all.values()].flatMap((known) => known.seats)
        expect([...live.all()]).toEqual([...all.values()])
        expect(live.size).toBe(all.size)
        expect(new Set(live.waiting())).toEqual(
          new Set([...all.values()].filter((known) => known.seats.some(({ state }) => state === 'open'))),
        )
        for (const orderHash of orders) {
          const holder = seats.find(({ order_hash }) => order_hash === orderHash)
          expect(live.ofOrder(orderHash)?.task_id).toBe(holder?.task_id)
        }
        for (const { proof_hash, task_id } of seats) {
          if (proof_hash !== null) expect(live.ofProof(proof_hash)?.task_id).toBe(task_id)
        }
        for (const deviceId of DEVICES) {
          const held = seats.filter(({ device_id }) => device_id === deviceId)
          expect(live.busySlots(deviceId)).toBe(
            held.filter(({ state }) => busyStates.includes(state as 'started')).length,
          )
          expect(live.ofDevice(deviceId)).toEqual(
            held.filter(({ state }) => state !== 'ended').toSorted((a, b) => a.id - b.id),
          )
        }
      }
      live.replace([])
      expect([live.size, ...live.all(), ...live.waiting(), live.busySlots('a'), ...live.ofDevice('a')]).toEqual([0, 0])
    }),
  )
})
