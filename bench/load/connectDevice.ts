import {
  canonicalRuntime,
  challengeDocument,
  commitmentOf,
  type CoordinatorMessage,
  type DeviceMessage,
  type NetworkConfig,
  type Proof,
  proofDocument,
  randomHex,
  startedDocument,
  type WorkOrder,
  workOrderDocument,
} from '@gstd/sdk'
import { agreedResult, agreedResultHash } from './agreedResult.ts'
import { createIdentity } from './createIdentity.ts'
import { createProofGatherer } from './createProofGatherer.ts'
import { openSocket } from './openSocket.ts'

export type SimulatedDevice = {
  readonly bytes: number
  close(): void
}

export type DeviceOptions = {
  network: NetworkConfig
  slots: number
  proofsPerSignature: number
  onAgreed(): void
  onDropped(reason: string): void
  /** Something that must not happen in a bench. */
  onError(thrown: unknown): void
}

type Prepared = { salt: string; proof: Proof; isRevealed: boolean }

const EXECUTION_MS = 1
const ENERGY_MWH = 0.01

/**
 * Connects a device that computes nothing: it answers every order at once with the agreed result. Everything that it
 * signs is real: certificate, challenge, start, proofs.
 *
 * @returns once the coordinator has said welcome
 */
export const connectDevice = async (options: DeviceOptions): Promise<SimulatedDevice> => {
  const { network, slots, onError } = options
  const origin = { network: network.network, vault: network.vault }
  const { deviceId, key, hello } = await createIdentity(origin, slots)
  const prepared = new Map<string, Prepared>()
  const welcomed = Promise.withResolvers<void>()
  let heartbeat: NodeJS.Timeout | undefined
  let isClosing = false

  const say = (message: DeviceMessage): void => socket.send(message)
  const gatherer = createProofGatherer({
    origin,
    key,
    coordinatorKey: network.coordinator_key,
    maxProofs: options.proofsPerSignature,
    isBusy: () => [...prepared.values()].some(({ isRevealed }) => !isRevealed),
    send: say,
    onError,
  })

  const take = async (order: WorkOrder): Promise<void> => {
    const order_hash = workOrderDocument.id(order)
    say({ type: 'ack', order_hash })
    const started_at = Date.now()
    const notice = { version: 1 as const, ...origin, device_id: deviceId, order_hash, started_at }
    const salt = randomHex(32)
    const proof: Proof = {
      version: 1,
      ...origin,
      task_id: order.task_id,
      device_id: deviceId,
      attempt: order.attempt,
      order_hash,
      result_hash: agreedResultHash,
      nonce: order.nonce,
      timestamp: Math.max(started_at, order.dispatched_at),
      execution_time_ms: EXECUTION_MS,
      energy_consumed_mwh: ENERGY_MWH,
      energy_method: 'cpu-time',
      energy_uncertainty: 0.5,
      model_hash: order.model_hash,
      numeric_class: canonicalRuntime.numericClass,
    }
    prepared.set(order_hash, { salt, proof, isRevealed: false })
    say({ type: 'started', order_hash, started_at, signature: await key.sign(startedDocument.hash(notice)) })
    say({ type: 'commit', order_hash, commitment: commitmentOf({ resultHash: agreedResultHash, deviceId, salt }) })
  }

  const find = (orderHash: string): Prepared => {
    const found = prepared.get(orderHash)
    if (found === undefined) throw new Error(`device ${deviceId} has no order ${orderHash}`)
    return found
  }

  const hear = async (message: CoordinatorMessage): Promise<void> => {
    switch (message.type) {
      case 'challenge': {
        const hash = challengeDocument.hash({ version: 1, ...origin, device_id: deviceId, nonce: message.nonce })
        return say({ type: 'authenticate', signature: await key.sign(hash) })
      }
      case 'welcome':
        heartbeat = setInterval(() => say({ type: 'heartbeat', state: hello.state }), message.heartbeat_ms)
        return welcomed.resolve()
      case 'ping':
        return say({ type: 'heartbeat', state: hello.state, echo: message.echo })
      case 'order':
        return take(message.order)
      case 'reveal_request': {
        const { salt, proof } = find(message.order_hash)
        return say({ type: 'reveal', order_hash: message.order_hash, result: agreedResult, salt, proof })
      }
      case 'revealed': {
        const revealed = find(message.order_hash)
        if (revealed.isRevealed) return
        revealed.isRevealed = true
        return gatherer.add(proofDocument.id(revealed.proof))
      }
      case 'attest_request':
        return gatherer.request()
      case 'outcome':
        if (!message.agreed) throw new Error(`the answer to order ${message.order_hash} did not agree`)
        if (prepared.delete(message.order_hash)) options.onAgreed()
        return
      case 'dropped':
        prepared.delete(message.order_hash)
        return options.onDropped(message.reason)
      case 'error':
        throw new Error(`the coordinator refused a message: ${message.code} ${message.message}`)
      case 'committed':
      case 'attested':
    }
  }

  const socket = await openSocket(
    `${network.coordinator.replace(/^http/, 'ws')}/api/v1/device`,
    (text) => void hear(JSON.parse(text) as CoordinatorMessage).catch(onError),
    (reason) => {
      clearInterval(heartbeat)
      if (!isClosing) onError(new Error(`device ${deviceId}: ${reason}`))
    },
  )
  say(hello)
  await welcomed.promise
  return {
    get bytes() {
      return socket.bytes
    },
    close: () => {
      isClosing = true
      socket.close()
    },
  }
}
