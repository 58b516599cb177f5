import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSigner } from '@gstd/sdk'
import { encode } from 'fast-png'
import { startWorker } from '../startWorker.ts'
import type { Worker, WorkerOptions } from '../Worker.ts'
import type { WorkerEvent } from '../workerEvents.ts'
import { type CoordinatorForTests, type GivenOrder, startCoordinatorForTests } from './startCoordinatorForTests.ts'

type EventOf<Type extends WorkerEvent['type']> = Extract<WorkerEvent, { type: Type }>

/** A real worker on a fresh state directory, and a coordinator for it. */
export type WorkerBench = {
  coordinator: CoordinatorForTests
  directory: string
  events: WorkerEvent[]
  start(changes?: Partial<WorkerOptions>): Promise<Worker>
  /** Waits for an event; those that came before count. */
  event<Type extends WorkerEvent['type']>(type: Type, fits?: (event: EventOf<Type>) => boolean): Promise<EventOf<Type>>
  /** Makes an order and sends it. */
  give(...order: Parameters<CoordinatorForTests['makeOrder']>): Promise<GivenOrder>
  outboxFiles(): Promise<string[]>
  close(): Promise<void>
}

/** @returns a PNG that the OCR model takes: dark bars on white. */
export const pictureOfBars = (width: number): Uint8Array => {
  const height = 48
  const data = new Uint8Array(width * height * 3).fill(255)
  for (let y = 8; y < 40; y++) {
    for (let x = 10; x < width - 10; x += 9) data.fill(0, (y * width + x) * 3, (y * width + x) * 3 + 6)
  }
  return encode({ width, height, data, channels: 3, depth: 8 })
}

const ownerAddress = `0:${'a'.repeat(64)}`

/** Sets everything up but the worker. */
export const openWorkerBench = async (): Promise<WorkerBench> => {
  const coordinator = await startCoordinatorForTests()
  const directory = await mkdtemp(join(tmpdir(), 'gstd-worker-'))
  const events: WorkerEvent[] = []
  const workers: Worker[] = []
  let waiting: (() => void)[] = []

  return {
    coordinator,
    directory,
    events,
    start: async (changes = {}) => {
      const worker = await startWorker({
        stateDir: join(directory, 'worker'),
        network: coordinator.network,
        owner: { signer: createSigner('7'.repeat(64)), address: ownerAddress, wallet: 'v5r1' },
        payoutAddress: ownerAddress,
        slots: 1,
        models: ['pp-ocrv4-rec'],
        modelCacheDir: join(directory, 'models'),
        allowLoopback: true,
        onEvent: (event) => {
          events.push(event)
          const woken = waiting
          waiting = []
          for (const wake of woken) wake()
        },
        ...changes,
      })
      workers.push(worker)
      return worker
    },
    event: async <Type extends WorkerEvent['type']>(
      type: Type,
      fits: (event: EventOf<Type>) => boolean = () => true,
    ) => {
      const isWanted = (event: WorkerEvent): event is EventOf<Type> => event.type === type
      for (;;) {
        const found = events.filter(isWanted).find(fits)
        if (found !== undefined) return found
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
    give: async (...order) => {
      const given = await coordinator.makeOrder(...order)
      coordinator.send(given.message)
      return given
    },
    outboxFiles: () => readdir(join(directory, 'worker', 'outbox')),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
      await coordinator.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
