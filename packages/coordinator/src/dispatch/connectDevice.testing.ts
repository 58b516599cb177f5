import {
  canonicalRuntime,
  commitmentOf,
  type CoordinatorMessage,
  type DeviceMessage,
  inputUnavailableDocument,
  type Proof,
  proofDocument,
  randomHex,
  resultHashOf,
  signBatch,
  startedDocument,
  type WorkOrder,
  workOrderDocument,
} from '@gstd/sdk'
import type { Connection } from '../devices/connections.ts'
import { addressRangeOf } from '../devices/addressRange.ts'
import {
  createDeviceIdentity,
  type DeviceIdentity,
  type DeviceIdentityOptions,
} from '../devices/createDevice.testing.ts'
import { checkHello, registerDevice } from '../devices/registerDevice.ts'
import type { Bench } from './openBench.testing.ts'

type Said<Type extends CoordinatorMessage['type']> = Extract<CoordinatorMessage, { type: Type }>
type Reveal = Extract<DeviceMessage, { type: 'reveal' }>

/** A device that does exactly what a test says, with real keys and signatures. */
export type DeviceForTests = {
  readonly identity: DeviceIdentity
  readonly deviceId: string
  /** Everything it was told since it connected. */
  readonly heard: CoordinatorMessage[]
  heardOf<Type extends CoordinatorMessage['type']>(type: Type): Said<Type>[]
  /** @returns the last order it was given */
  order(): WorkOrder
  say(message: DeviceMessage): Promise<void>
  ack(order?: WorkOrder): Promise<void>
  started(order?: WorkOrder): Promise<void>
  commit(result: unknown[], order?: WorkOrder): Promise<void>
  /** Reveals what it committed to, or something else. */
  reveal(changes?: { message?: Partial<Reveal>; proof?: Partial<Proof> }, order?: WorkOrder): Promise<void>
  /** Signs the root over the proofs of the orders that it has revealed and not attested. */
  attest(): Promise<void>
  unavailable(order?: WorkOrder): Promise<void>
  disconnect(): void
  /** Connects again, with the same keys. */
  reconnect(): Promise<void>
}

/** One line of text as an OCR result. */
export const textResult = (text: string): unknown[] => [{ confidence: 0.9, text }]

/** Connects a new device to a bench, as `serveDevice` does once its key is proven. */
export const connectDevice = async (
  bench: Bench,
  options: Partial<DeviceIdentityOptions> & { remoteAddress?: string } = {},
): Promise<DeviceForTests> => {
  const origin = { network: bench.parameters.network, vault: bench.parameters.vault }
  const identity = await createDeviceIdentity({ origin, nowMs: bench.now(), ...options })
  const { deviceId, key, hello } = identity
  const remoteAddress = options.remoteAddress ?? '203.0.113.1'
  const heard: CoordinatorMessage[] = []
  const prepared = new Map<string, { result: unknown[]; salt: string }>()
  let unattested: string[] = []
  let connection: Connection | undefined

  const connect = async (): Promise<void> => {
    await checkHello(hello, bench.parameters, bench.now())
    await registerDevice(bench.journal, deviceId, hello, remoteAddress, 'salt')
    const { certificate } = identity.certificate
    connection = {
      deviceId,
      deviceKey: key.publicKey,
      certifiedUntilMs: certificate.expires_at,
      owner: certificate.owner,
      fingerprint: hello.fingerprint,
      addressRange: addressRangeOf(remoteAddress),
      operations: new Set(hello.operations),
      state: hello.state,
      latencyMs: 5,
      send: (message) => heard.push(message),
      close: () => undefined,
    }
    bench.connections.add(connection)
    await bench.seats.resume(connection)
  }
  await connect()

  const say = async (message: DeviceMessage): Promise<void> => {
    if (connection === undefined) throw new Error('the device is not connected')
    const { written } = await bench.seats.handle(connection, message)
    await written
  }
  const heardOf = <Type extends CoordinatorMessage['type']>(type: Type): Said<Type>[] =>
    heard.filter((message): message is Said<Type> => message.type === type)
  const order = (): WorkOrder => {
    const last = heardOf('order').at(-1)
    if (last === undefined) throw new Error(`device ${deviceId} has no order`)
    return last.order
  }
  const hashOf = workOrderDocument.id

  return {
    identity,
    deviceId,
    heard,
    heardOf,
    order,
    say,
    ack: (given = order()) => say({ type: 'ack', order_hash: hashOf(given) }),
    started: async (given = order()) => {
      const notice = { device_id: deviceId, order_hash: hashOf(given), started_at: bench.now() }
      const signature = await key.sign(startedDocument.hash({ version: 1, ...origin, ...notice }))
      await say({ type: 'started', order_hash: notice.order_hash, started_at: notice.started_at, signature })
    },
    commit: async (result, given = order()) => {
      const salt = randomHex(32)
      prepared.set(hashOf(given), { result, salt })
      const commitment = commitmentOf({ resultHash: resultHashOf(result), deviceId, salt })
      await say({ type: 'commit', order_hash: hashOf(given), commitment })
    },
    reveal: async ({ message, proof: changes } = {}, given = order()) => {
      const orderHash = hashOf(given)
      const { result, salt } = prepared.get(orderHash) ?? { result: textResult('unprepared'), salt: randomHex(32) }
      const proof: Proof = {
        version: 1,
        ...origin,
        task_id: given.task_id,
        device_id: deviceId,
        attempt: given.attempt,
        order_hash: orderHash,
        result_hash: resultHashOf(result),
        nonce: given.nonce,
        timestamp: bench.now(),
        execution_time_ms: 20,
        energy_consumed_mwh: 0.01,
        energy_method: 'cpu-time',
        energy_uncertainty: 0.5,
        model_hash: given.model_hash,
        numeric_class: canonicalRuntime.numericClass,
        ...changes,
      }
      const before = heardOf('revealed').length
      await say({ type: 'reveal', order_hash: orderHash, result, salt, proof, ...message })
      const proofHash = proofDocument.id(proof)
      if (heardOf('revealed').length > before && !unattested.includes(proofHash)) unattested.push(proofHash)
    },
    attest: async () => {
      const hashes = unattested
      if (hashes.length === 0) return
      const { batch } = await signBatch({
        kind: 'proof',
        origin,
        signer: key,
        recipient: bench.parameters.coordinator_key,
        hashes: hashes.map((hash) => Uint8Array.from(Buffer.from(hash, 'hex'))),
        timestamp: bench.now(),
      })
      await say({ type: 'attest', batch, proof_hashes: hashes })
      unattested = unattested.filter((hash) => !hashes.includes(hash))
    },
    unavailable: async (given = order()) => {
      const notice = { device_id: deviceId, order_hash: hashOf(given), item: 0 }
      const signature = await key.sign(inputUnavailableDocument.hash({ version: 1, ...origin, ...notice }))
      await say({ type: 'input_unavailable', order_hash: notice.order_hash, item: 0, message: 'gone', signature })
    },
    disconnect: () => {
      if (connection !== undefined) bench.connections.remove(connection)
      connection = undefined
    },
    reconnect: connect,
  }
}
