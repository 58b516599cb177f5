import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { networkConfigSchema, parseWith } from '@gstd/sdk'
import { z } from 'zod'
import { coordinatorUrls } from './connection/coordinatorUrls.ts'
import { createWorker } from './createWorker.ts'
import { ensureCertificate } from './identity/ensureCertificate.ts'
import { openDeviceIdentity } from './identity/openDeviceIdentity.ts'
import { openOutbox } from './outbox/openOutbox.ts'
import { lockStateDir } from './stateDir/lockStateDir.ts'
import type { Worker, WorkerOptions } from './Worker.ts'
import { createEmitter } from './workerEvents.ts'

const optionsSchema = z.object({
  stateDir: z.string().min(1),
  network: networkConfigSchema,
  payoutAddress: z.string().regex(/^(?:0|-1):[0-9a-f]{64}$/, 'expected a raw address'),
  slots: z.int().min(1).max(64),
  models: z.array(z.string()).optional(),
  ipfsGateway: z.url({ protocol: /^https?$/ }).optional(),
})

/**
 * Starts a device: it connects to the network's coordinator, executes its orders and keeps every finished result on
 * disk until the coordinator has acknowledged it. A coordinator that is away is waited for.
 *
 * @throws GstdError `STATE_LOCKED` when another worker has the state directory, `STATE_CORRUPT`, `CONFIG_INVALID`,
 * `CERTIFICATE_INVALID` when a ready certificate is not for this device
 * @example
 * const worker = await startWorker({ stateDir, network, owner, payoutAddress: owner.address, slots: 1 })
 * process.once('SIGTERM', () => void worker.finish())
 */
export const startWorker = async (options: WorkerOptions): Promise<Worker> => {
  parseWith(optionsSchema, options, 'CONFIG_INVALID', 'the worker’s options')
  const { stateDir, network, owner, payoutAddress } = options
  const urls = coordinatorUrls(options.coordinatorUrl ?? network.coordinator)
  const emit = createEmitter(options.onEvent)

  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const lock = lockStateDir(stateDir)
  try {
    const identity = await openDeviceIdentity(stateDir)
    if ('certificate' in owner) {
      const origin = { network: network.network, vault: network.vault }
      await ensureCertificate({ stateDir, identity, owner, payoutAddress, origin, nowMs: Date.now() })
    }
    const outbox = await openOutbox(join(stateDir, 'outbox'), ({ code, message }) =>
      emit({ type: 'error', code, message }),
    )
    return await createWorker(options, { urls, identity, outbox, lock, emit })
  } catch (error) {
    lock.release()
    throw error
  }
}
