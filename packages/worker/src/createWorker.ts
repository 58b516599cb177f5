import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  canonicalRuntime,
  type DeviceState,
  findOperation,
  type NetworkParameters,
  type SignedCertificate,
  toGstdError,
} from '@gstd/sdk'
import { createAttester } from './attestation/createAttester.ts'
import type { CoordinatorUrls } from './connection/coordinatorUrls.ts'
import { createCoordinatorClock } from './connection/createCoordinatorClock.ts'
import { createCoordinatorLink } from './connection/createCoordinatorLink.ts'
import { fetchParameters } from './connection/fetchParameters.ts'
import { isRefusedForGood, openCertified } from './connection/openCertified.ts'
import { openSession, type Session } from './connection/openSession.ts'
import { createEnergyMeter } from './energy/createEnergyMeter.ts'
import { createExecutorPool } from './execution/createExecutorPool.ts'
import { createModelShelf } from './execution/createModelShelf.ts'
import { createOrderDesk } from './execution/createOrderDesk.ts'
import { computeFingerprint } from './identity/computeFingerprint.ts'
import { ensureCertificate, isRenewalDue } from './identity/ensureCertificate.ts'
import type { DeviceIdentity } from './identity/openDeviceIdentity.ts'
import { createModelCache } from './models/createModelCache.ts'
import { createEarnings } from './outbox/createEarnings.ts'
import type { Outbox } from './outbox/openOutbox.ts'
import type { StateLock } from './stateDir/lockStateDir.ts'
import type { Worker, WorkerOptions } from './Worker.ts'
import type { EmitEvent, WorkerState } from './workerEvents.ts'

export type WorkerParts = {
  urls: CoordinatorUrls
  identity: DeviceIdentity
  outbox: Outbox
  lock: StateLock
  emit: EmitEvent
}

/** Serves single raw blocks; what it sends is checked against the CID, so it need not be trusted. */
const DEFAULT_IPFS_GATEWAY = 'https://trustless-gateway.link'
const SOFTWARE = 'gstd-worker/0.0.0'
/** Layers that hold around the runtime in this version. */
const SANDBOX_LAYERS = ['process', 'permission']
const CHORES_EVERY_MS = 30_000
const FINISH_WITHIN_MS = 60_000
const DRAIN_POLL_MS = 50
/** What the coordinator has not asked for in a day, it will not ask for (protocol §8). */
const FORGET_AFTER_MS = 24 * 3_600_000

/** Puts a worker together and starts its connection. */
export const createWorker = async (options: WorkerOptions, parts: WorkerParts): Promise<Worker> => {
  const { network, slots, stateDir, owner, payoutAddress } = options
  const { urls, identity, outbox, lock, emit } = parts
  const origin = { network: network.network, vault: network.vault }
  const { deviceId, deviceKey, signer } = identity
  const fingerprint = await computeFingerprint(origin)
  const stopping = new AbortController()
  const clock = createCoordinatorClock()
  const models = createModelCache({ cacheDir: options.modelCacheDir ?? join(stateDir, 'models') })
  const pool = createExecutorPool(slots)
  const earnings = createEarnings()
  let parameters: NetworkParameters | undefined
  let certificateExpiry: Parameters<typeof isRenewalDue>[0] | undefined
  let paused = false
  let draining = false
  let announced: WorkerState | undefined
  let stock: Promise<void> = Promise.resolve()

  const readState = (): DeviceState => ({
    // Battery and mains come with the owner's preferences; until then a worker is run where there is power.
    available_energy: 1,
    slots: paused || draining ? 0 : slots,
    cached_models: shelf.cached(),
  })

  const connect = async (signal: AbortSignal): Promise<Session> => {
    const request = { url: urls.parameters, origin, coordinatorKey: network.coordinator_key, signal }
    const fetched = await fetchParameters(request)
    parameters = fetched.parameters
    if (fetched.timeMs !== undefined) clock.hint(fetched.timeMs)
    const served = fetched.parameters.models.filter(shelf.serves)
    stock = stock
      .then(() => shelf.stock(served))
      .then(tellState)
      .catch(reportError)
    const open = async (certificate: SignedCertificate): Promise<Session> => {
      certificateExpiry = certificate.certificate
      return openSession({
        url: urls.device,
        origin,
        identity,
        hello: {
          certificate,
          fingerprint,
          numeric_class: canonicalRuntime.numericClass,
          operations: [...new Set(served.map(({ operation }) => operation))].filter(
            (name) => findOperation(name) !== undefined,
          ),
          software: options.software ?? SOFTWARE,
          sandbox: SANDBOX_LAYERS,
        },
        readState,
        clock,
        onFault: (error, orderHash) => desk.onFault(error, orderHash),
        signal,
      })
    }
    return openCertified({
      owner,
      open,
      ensure: (replaced) =>
        ensureCertificate({
          stateDir,
          identity,
          owner,
          payoutAddress,
          origin,
          nowMs: clock.now(),
          ...(replaced !== undefined && { replaced }),
        }),
    })
  }

  const link = createCoordinatorLink({
    url: urls.device,
    connect,
    onConnected: async ({ roundTripMs }) => {
      emit({ type: 'connected', deviceId, url: urls.device, roundTripMs: Math.round(roundTripMs) })
      announce()
      await desk.onConnected()
    },
    onDisconnected: () => announce(),
    isFinal: isRefusedForGood,
    onMessage: async (message) => {
      if (message.type !== 'outcome') return desk.handle(message)
      const rewardNano = BigInt(message.reward_nano)
      if (!earnings.add(message.order_hash, rewardNano)) return
      const { tasks, earnedNano } = earnings
      const { order_hash: orderHash, agreed } = message
      emit({ type: 'outcome', orderHash, taskId: desk.taskOf(orderHash), agreed, rewardNano, earnedNano, tasks })
    },
    emit,
    signal: stopping.signal,
  })
  const shelf = createModelShelf({ models, pool, wanted: options.models, emit, signal: stopping.signal })
  const attester = createAttester({
    outbox,
    signer,
    origin,
    coordinatorKey: network.coordinator_key,
    now: () => clock.now(),
    send: (message) => link.send(message),
  })
  const desk = createOrderDesk({
    origin,
    deviceId,
    signer,
    clock,
    models,
    meter: createEnergyMeter(),
    sources: {
      policy: { allowLoopback: options.allowLoopback === true },
      ipfsGateway: options.ipfsGateway ?? DEFAULT_IPFS_GATEWAY,
    },
    coordinatorKey: network.coordinator_key,
    outbox,
    attester,
    pool,
    link,
    emit,
    parameters: () => parameters,
    serves: shelf.serves,
    isPaused: () => paused || draining,
  })

  const readWorkerState = (): WorkerState => {
    if (stopping.signal.aborted) return 'stopped'
    if (draining) return 'draining'
    if (paused) return 'paused'
    return link.connected ? 'connected' : 'connecting'
  }
  const announce = (): void => {
    const state = readWorkerState()
    if (state === announced) return
    announced = state
    emit({ type: 'state', state })
  }
  const tellState = (): void => {
    link.send({ type: 'heartbeat', state: readState() })
  }
  const change = (): void => {
    announce()
    tellState()
  }
  const reportError = (thrown: unknown): void => {
    const { code, message } = toGstdError(thrown)
    emit({ type: 'error', code, message })
  }

  const doChores = async (): Promise<void> => {
    await attester.attestAll()
    for (const { order_hash, finished_at } of outbox.entries()) {
      if (clock.now() - finished_at > FORGET_AFTER_MS) await desk.forget(order_hash)
    }
    const renewable = !('certificate' in owner)
    if (
      renewable &&
      certificateExpiry !== undefined &&
      desk.running === 0 &&
      isRenewalDue(certificateExpiry, clock.now())
    ) {
      link.reconnect('renewing the certificate')
    }
  }
  const chores = setInterval(() => void doChores().catch(reportError), CHORES_EVERY_MS)

  announce()
  const failed = Promise.withResolvers<never>()
  // Whoever waits for it gets the error; a program that does not wait is told by the event.
  failed.promise.catch(() => undefined)
  const running = link.run().catch((thrown: unknown) => {
    reportError(thrown)
    failed.reject(thrown)
    void stop()
  })

  const shutDown = async (): Promise<void> => {
    clearInterval(chores)
    const aborted = desk.abort()
    await attester.attestNew().catch(reportError)
    stopping.abort(new Error('the worker is stopping'))
    announce()
    await pool.close()
    await Promise.all([aborted, running, stock])
    lock.release()
  }
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= shutDown())

  return {
    deviceId,
    deviceKey,
    get state() {
      return readWorkerState()
    },
    status: () => ({
      state: readWorkerState(),
      connected: link.connected,
      slots,
      running: desk.running,
      waiting: outbox.entries().length,
      tasks: earnings.tasks,
      earnedNano: earnings.earnedNano,
      coordinatorTimeMs: clock.now(),
    }),
    pause: () => {
      paused = true
      change()
    },
    resume: () => {
      paused = false
      change()
    },
    finish: async (timeoutMs = FINISH_WITHIN_MS) => {
      draining = true
      change()
      const giveUpAtMs = performance.now() + timeoutMs
      const isBusy = () => desk.running > 0 || outbox.entries().length > 0
      while (isBusy() && performance.now() < giveUpAtMs && stopped === undefined) await delay(DRAIN_POLL_MS)
      await stop()
    },
    stop,
    failed: failed.promise,
  }
}
