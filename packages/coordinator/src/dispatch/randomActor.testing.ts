import { type GstdError, randomHex, workOrderDocument, type WorkOrder } from '@gstd/sdk'
import { connectDevice, type DeviceForTests, textResult } from './connectDevice.testing.ts'
import { isHeld } from '../seats/findSeat.ts'
import type { Bench } from './openBench.testing.ts'

/** A small seeded generator (mulberry32), so that a failing walk can be walked again. */
export const createRandom = (seed: number) => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { next, below: (limit: number) => Math.floor(next() * limit), chance: (share: number) => next() < share }
}

export type Random = ReturnType<typeof createRandom>

/** What a device may answer a coordinator's refusal with: nothing; anything else is a defect. */
const refusals = new Set(['ORDER_UNKNOWN', 'COMMITMENT_MISMATCH', 'MERKLE_PROOF_INVALID', 'SIGNATURE_INVALID'])

const tolerate = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (thrown) {
    if (!refusals.has((thrown as GstdError).code)) throw thrown
  }
}

/** Devices that act at random: mostly the right next step, sometimes a wrong one, none, or another answer. */
export const createCrowd = (bench: Bench, random: Random) => {
  const devices: DeviceForTests[] = []
  const away = new Set<DeviceForTests>()
  const answerOf = (order: WorkOrder) => textResult(random.chance(0.75) ? order.task_id : `wrong ${random.below(3)}`)

  const nextStep = async (device: DeviceForTests, order: WorkOrder, state: string): Promise<void> => {
    const hash = workOrderDocument.id(order)
    switch (state) {
      case 'dispatched':
        return device.ack(order)
      case 'acknowledged':
        return random.chance(0.1) ? device.unavailable(order) : device.started(order)
      case 'started':
        return random.chance(0.05)
          ? device.say({ type: 'failed', order_hash: hash, code: 'RUNTIME_CRASHED', message: '' })
          : device.commit(answerOf(order), order)
      case 'revealing':
        return device.reveal(random.chance(0.1) ? { proof: { nonce: randomHex(16) } } : {}, order)
      case 'revealed':
        return device.attest()
      default:
    }
  }

  const anyStep = async (device: DeviceForTests, order: WorkOrder): Promise<void> => {
    const acts = [
      () => device.ack(order),
      () => device.started(order),
      () => device.commit(answerOf(order), order),
      () => device.reveal({}, order),
      () => device.attest(),
      () => device.unavailable(order),
    ]
    await acts[random.below(acts.length)]?.()
  }

  return {
    devices,
    join: async (owner?: DeviceForTests) => {
      const slots = 1 + random.below(3)
      devices.push(await connectDevice(bench, { slots, ...(owner !== undefined && { owner: owner.identity.owner }) }))
    },
    /** One device says something. */
    act: async () => {
      const live = [...bench.journal.live.all()]
        .flatMap(({ seats }) => seats.filter(isHeld))
        .filter(({ state }) => !['attested', 'closed', 'ended'].includes(state))
        .toSorted((a, b) => a.id - b.id)
      const seat = live[random.below(live.length)]
      const device =
        devices.find(({ deviceId }) => deviceId === seat?.device_id) ?? devices[random.below(devices.length)]
      if (device === undefined) return
      if (away.has(device)) {
        await device.reconnect()
        away.delete(device)
      } else if (random.chance(0.02)) {
        device.disconnect()
        away.add(device)
      }
      const past = device.heardOf('order').map(({ order }) => order)
      const any = past[random.below(past.length)]
      if (away.has(device) || any === undefined) return
      const isRight = seat !== undefined && random.chance(0.9)
      await tolerate(() => (isRight ? nextStep(device, seat.work_order, seat.state) : anyStep(device, any)))
    },
    /** After a restart of the coordinator, everybody comes back some time. */
    scatter: () => {
      for (const device of devices) {
        device.disconnect()
        away.add(device)
      }
    },
  }
}
