import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  buildMerkleTree,
  checkProof,
  commitmentOf,
  createSigner,
  findOperation,
  fromHex,
  type GstdError,
  inputUnavailableDocument,
  knownModels,
  modelHashOf,
  proofDocument,
  randomHex,
  resultHashOf,
  sha256,
  startedDocument,
  toHex,
  verifyBatch,
  verifySignature,
} from '@gstd/sdk'
import { encode } from 'fast-png'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CoordinatorForTests, type GivenOrder, startCoordinatorForTests } from './coordinatorForTests/startCoordinatorForTests.ts'
import { createExecutor } from './executor/createExecutor.ts'
import { createModelCache } from './models/createModelCache.ts'
import { startWorker } from './startWorker.ts'
import type { Worker, WorkerOptions } from './Worker.ts'
import type { WorkerEvent } from './workerEvents.ts'

const ownerAddress = `0:${'a'.repeat(64)}`

/** A picture that the OCR model takes: dark bars on white. */
const picture = (width: number): Uint8Array => {
  const height = 48
  const data = new Uint8Array(width * height * 3).fill(255)
  for (let y = 8; y < 40; y++) for (let x = 10; x < width - 10; x += 9) data.fill(0, (y * width + x) * 3, (y * width + x) * 3 + 6)
  return encode({ width, height, data, channels: 3, depth: 8 })
}
const firstPicture = picture(120)
const secondPicture = picture(200)

let coordinator: CoordinatorForTests
let directory: string
let events: WorkerEvent[]
let workers: Worker[]
let onEvents: (() => void)[]

const start = async (changes: Partial<WorkerOptions> = {}): Promise<Worker> => {
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
      for (const wake of onEvents.splice(0)) wake()
    },
    ...changes,
  })
  workers.push(worker)
  return worker
}

/** Waits for an event, those that came before included. */
const event = async <Type extends WorkerEvent['type']>(
  type: Type,
  fits: (event: Extract<WorkerEvent, { type: Type }>) => boolean = () => true,
): Promise<Extract<WorkerEvent, { type: Type }>> => {
  for (;;) {
    for (const found of events) {
      if (found.type !== type) continue
      const narrowed = found as Extract<WorkerEvent, { type: Type }>
      if (fits(narrowed)) return narrowed
    }
    await new Promise<void>((resolve) => onEvents.push(resolve))
  }
}

const give = async (inputs: Parameters<CoordinatorForTests['makeOrder']>[0], changes = {}): Promise<GivenOrder> => {
  const given = await coordinator.makeOrder(inputs, changes)
  coordinator.send(given.message)
  return given
}

const outboxFiles = () => readdir(join(directory, 'worker', 'outbox'))

beforeEach(async () => {
  coordinator = await startCoordinatorForTests()
  directory = await mkdtemp(join(tmpdir(), 'gstd-worker-'))
  events = []
  workers = []
  onEvents = []
})

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()))
  await coordinator.close()
  await rm(directory, { recursive: true, force: true })
})

describe('startWorker', () => {
  it('sees an order through from its acknowledgement to the outcome', async () => {
    coordinator.serve('/second.png', (_, response) => response.end(secondPicture))
    const worker = await start()
    await coordinator.welcomed(1)
    const given = await give([
      firstPicture,
      { source: 'http', hash: `sha256:${toHex(sha256(secondPicture))}`, uri: `${coordinator.url}/second.png` },
      new TextEncoder().encode('this is no picture'),
    ])
    const { order, orderHash } = given

    await coordinator.next('ack', orderHash)
    const started = await coordinator.next('started', orderHash)
    const origin = { version: 1 as const, network: order.network, vault: order.vault }
    const notice = { ...origin, device_id: worker.deviceId, order_hash: orderHash, started_at: started.started_at }
    expect(await verifySignature(worker.deviceKey, startedDocument.hash(notice), started.signature)).toBe(true)

    const { commitment } = await coordinator.next('commit', orderHash)
    expect(await outboxFiles()).toEqual([`${orderHash}.json`])
    coordinator.send({ type: 'committed', order_hash: orderHash })
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })

    const { result, salt, proof } = await coordinator.next('reveal', orderHash)
    const resultHash = resultHashOf(result)
    expect(commitmentOf({ resultHash, deviceId: worker.deviceId, salt })).toBe(commitment)
    checkProof(proof, order, resultHash)
    expect(proof.energy_consumed_mwh).toBeGreaterThan(0)
    expect(proof.execution_time_ms).toBeGreaterThan(0)
    const schema = findOperation('ocr')?.resultItemSchema
    expect(result.map((item) => schema?.safeParse(item).success)).toEqual([true, true, true])
    expect(result[2]).toMatchObject({ error: { code: 'ITEM_UNDECODABLE' } })

    coordinator.send({ type: 'revealed', order_hash: orderHash })
    const { batch, proof_hashes } = await coordinator.next('attest')
    expect(proof_hashes).toEqual([proofDocument.id(proof)])
    expect(batch.header.root).toBe(toHex(buildMerkleTree(proof_hashes.map(fromHex)).root))
    await verifyBatch(batch, {
      kind: 'proof',
      origin,
      signer: worker.deviceKey,
      recipient: coordinator.signer.publicKey,
    })

    coordinator.send({ type: 'attested', proof_hashes })
    coordinator.send({ type: 'outcome', order_hash: orderHash, agreed: true, reward_nano: '10400000' })
    coordinator.send({ type: 'outcome', order_hash: orderHash, agreed: true, reward_nano: '10400000' })
    await event('outcome')
    expect(worker.status()).toMatchObject({ state: 'connected', waiting: 0, tasks: 1, earnedNano: 10_400_000n })
    expect(await outboxFiles()).toEqual([])
    expect(events.find(({ type }) => type === 'outcome')).toMatchObject({ taskId: order.task_id })
  })

  it('reveals what the executor computes, bit for bit', async () => {
    await start()
    await coordinator.welcomed(1)
    const { orderHash } = await give([firstPicture, secondPicture])
    await coordinator.next('commit', orderHash)
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })
    const { result } = await coordinator.next('reveal', orderHash)

    const manifest = knownModels().find(({ id }) => id === 'pp-ocrv4-rec')
    if (manifest === undefined) throw new Error('no model')
    const executor = createExecutor()
    const model = await createModelCache({ cacheDir: join(directory, 'models') }).load(manifest)
    const items = [firstPicture, secondPicture]
    const { outputs } = await executor.execute({ operation: 'ocr', model, params: {}, items, timeLimitMs: 5000 })
    await executor.close()
    expect(resultHashOf(result)).toBe(resultHashOf(outputs))
  })

  it('signs that an input has other bytes than its hash says', async () => {
    coordinator.serve('/a.png', (_, response) => response.end(secondPicture))
    const worker = await start()
    await coordinator.welcomed(1)
    const uri = `${coordinator.url}/a.png`
    const { order, orderHash } = await give([
      firstPicture,
      { source: 'http', hash: `sha256:${toHex(sha256(firstPicture))}`, uri },
    ])
    const said = await coordinator.next('input_unavailable', orderHash)
    expect(said).toMatchObject({ item: 1, message: expect.stringContaining('hash') })
    const notice = {
      version: 1 as const,
      network: order.network,
      vault: order.vault,
      device_id: worker.deviceId,
      order_hash: orderHash,
      item: 1,
    }
    expect(await verifySignature(worker.deviceKey, inputUnavailableDocument.hash(notice), said.signature)).toBe(true)
    expect(coordinator.said.some(({ type }) => type === 'started')).toBe(false)
  })

  it('refuses orders that the coordinator did not sign as they are', async () => {
    await start()
    await coordinator.welcomed(1)
    const genuine = await coordinator.makeOrder([firstPicture])
    const stranger = createSigner(randomHex(32))
    const { message } = genuine
    const bad = [
      { ...message, order: { ...message.order, reward: { amount_ton: '0.02' } } },
      { ...message, order: { ...message.order, nonce: randomHex(16) } },
      { ...message, inclusion: { ...message.inclusion, index: 0 } },
      { ...message, batch: { ...message.batch, signature: message.batch.signature.replace(/^../, '00') } },
      { ...message, data: [] },
      (await coordinator.makeOrder([firstPicture], {}, stranger)).message,
      (await coordinator.makeOrder([firstPicture], { device_id: randomHex(16) })).message,
      (await coordinator.makeOrder([firstPicture], { vault: `0:${'6'.repeat(64)}` })).message,
      (await coordinator.makeOrder([firstPicture], { network: -239 })).message,
      (await coordinator.makeOrder([firstPicture], { dispatched_at: Date.now() - 10 * 60_000 })).message,
      (await coordinator.makeOrder([firstPicture], { model_hash: randomHex(32) })).message,
      (await coordinator.makeOrder([firstPicture], { model: 'nsfw-mobilenet-v2' })).message,
      (await coordinator.makeOrder([firstPicture], { operation: 'shell' })).message,
      (await coordinator.makeOrder([firstPicture], { params: { layout: 'page' } })).message,
      (await coordinator.makeOrder([firstPicture], { constraints: { time_limit_sec: 3600, max_energy_mwh: 20 } })).message,
    ]
    for (const order of bad) {
      coordinator.send(order)
      expect(await coordinator.next('refuse')).toMatchObject({ reason: 'order_invalid' })
    }
    const moderation = knownModels().find(({ operation }) => operation === 'image-moderation')
    if (moderation === undefined) throw new Error('no model')
    await give([firstPicture], {
      operation: moderation.operation,
      model: moderation.id,
      model_hash: modelHashOf(moderation),
    })
    expect(await coordinator.next('refuse')).toMatchObject({ reason: 'model_unavailable' })
    coordinator.send(message)
    await coordinator.next('ack', genuine.orderHash)
    await coordinator.next('commit', genuine.orderHash)
    expect(coordinator.said.filter(({ type }) => type === 'ack')).toHaveLength(1)
  })

  it('refuses what it has no slot for, and repeats itself instead of executing an order twice', async () => {
    const release = Promise.withResolvers<void>()
    coordinator.serve('/slow.png', (_, response) => void release.promise.then(() => response.end(firstPicture)))
    await start()
    await coordinator.welcomed(1)
    const uri = `${coordinator.url}/slow.png`
    const slow = await give([{ source: 'http', hash: `sha256:${toHex(sha256(firstPicture))}`, uri }])
    await coordinator.next('ack', slow.orderHash)
    const second = await give([firstPicture])
    expect(await coordinator.next('refuse', second.orderHash)).toMatchObject({ reason: 'busy' })
    coordinator.send(slow.message)
    await coordinator.next('ack', slow.orderHash)
    release.resolve()
    const { commitment } = await coordinator.next('commit', slow.orderHash)
    coordinator.send(slow.message)
    await coordinator.next('ack', slow.orderHash)
    expect(await coordinator.next('commit', slow.orderHash)).toMatchObject({ commitment })
    expect(events.filter(({ type }) => type === 'done')).toHaveLength(1)
  })

  it('says again after a lost connection what the coordinator may have missed', async () => {
    await start()
    await coordinator.welcomed(1)
    const { orderHash } = await give([firstPicture])
    const first = await coordinator.next('started', orderHash)
    const { commitment } = await coordinator.next('commit', orderHash)
    coordinator.cut()

    await coordinator.welcomed(2)
    expect(await coordinator.next('started', orderHash)).toEqual(first)
    expect(await coordinator.next('commit', orderHash)).toMatchObject({ commitment })
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })
    const revealed = await coordinator.next('reveal', orderHash)
    coordinator.cut()

    await coordinator.welcomed(3)
    expect(await coordinator.next('reveal', orderHash)).toEqual(revealed)
    coordinator.send({ type: 'revealed', order_hash: orderHash })
    const { proof_hashes } = await coordinator.next('attest')
    coordinator.cut()

    await coordinator.welcomed(4)
    expect(await coordinator.next('attest')).toMatchObject({ proof_hashes })
    coordinator.send({ type: 'attest_request' })
    expect(await coordinator.next('attest')).toMatchObject({ proof_hashes })
    coordinator.send({ type: 'attested', proof_hashes })
    await event('attested')
    expect(await outboxFiles()).toEqual([])
  })

  it('forgets what the coordinator drops', async () => {
    const worker = await start()
    await coordinator.welcomed(1)
    const { orderHash } = await give([firstPicture])
    await coordinator.next('commit', orderHash)
    coordinator.send({ type: 'dropped', order_hash: orderHash, reason: 'task_ended' })
    await event('dropped')
    expect(worker.status()).toMatchObject({ waiting: 0, running: 0 })
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })
    expect(await coordinator.next('failed', orderHash)).toMatchObject({ code: 'ORDER_UNKNOWN' })
  })

  it('survives a hostile coordinator', async () => {
    const worker = await start()
    await coordinator.welcomed(1)
    const orderHash = randomHex(32)
    const given = await coordinator.makeOrder([firstPicture])
    coordinator.sendRaw('')
    coordinator.sendRaw('{"type":')
    coordinator.sendRaw('[]')
    coordinator.sendRaw('null')
    coordinator.sendRaw(JSON.stringify({ type: 'constructor' }))
    coordinator.sendRaw(JSON.stringify({ type: 'order', order: null, __proto__: { batch: 1 } }))
    coordinator.sendRaw(`{"type":"attested","proof_hashes":${'['.repeat(2000)}${']'.repeat(2000)}}`)
    coordinator.sendRaw(JSON.stringify({ ...given.message, extra: 1 }))
    coordinator.sendRaw(JSON.stringify({ ...given.message, data: [{ toString: 'x' }] }))
    coordinator.send({ type: 'welcome', device_id: worker.deviceId, time: 0, heartbeat_ms: 0 })
    coordinator.send({ type: 'attested', proof_hashes: [randomHex(32)] })
    coordinator.send({ type: 'revealed', order_hash: orderHash })
    coordinator.send({ type: 'error', code: 'ORDER_UNKNOWN', message: 'x'.repeat(100_000), order_hash: orderHash })
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })
    expect(await coordinator.next('failed', orderHash)).toMatchObject({ code: 'ORDER_UNKNOWN' })
    coordinator.sendRaw(JSON.stringify({ type: 'committed', order_hash: orderHash, surprise: true }))
    expect(await coordinator.next('failed', orderHash)).toMatchObject({ code: 'MESSAGE_INVALID' })
    coordinator.send({ type: 'ping', echo: 'still there?' })
    for (let echo; echo !== 'still there?'; ) ({ echo } = await coordinator.next('heartbeat'))

    coordinator.sendRaw(Buffer.from([1, 2, 3]))
    await coordinator.welcomed(2)
    coordinator.sendRaw('x'.repeat(5 * 1024 * 1024))
    await coordinator.welcomed(3)
    for (let index = 0; index < 30; index++) coordinator.sendRaw('garbage')
    await coordinator.welcomed(4)
    coordinator.send(given.message)
    await coordinator.next('commit', given.orderHash)
    expect(worker.state).toBe('connected')
  })

  it('waits for a coordinator that is away', async () => {
    coordinator.hide(true)
    const worker = await start()
    expect(worker.state).toBe('connecting')
    await event('disconnected')
    coordinator.hide(false)
    await coordinator.welcomed(1)
    await event('state', ({ state }) => state === 'connected')
  })

  it('says nothing to a coordinator whose parameters another key signed', async () => {
    const worker = await start({ network: { ...coordinator.network, coordinator_key: '1'.repeat(64) } })
    expect(await event('error')).toMatchObject({ code: 'SIGNATURE_INVALID' })
    expect(worker.state).toBe('connecting')
    expect(coordinator.said).toEqual([])
  })

  it('pauses and resumes', async () => {
    const worker = await start()
    await coordinator.welcomed(1)
    worker.pause()
    expect(worker.state).toBe('paused')
    const refused = await give([firstPicture])
    expect(await coordinator.next('refuse', refused.orderHash)).toMatchObject({ reason: 'paused' })
    worker.resume()
    const { orderHash } = await give([firstPicture])
    await coordinator.next('commit', orderHash)
  })

  it('hands everything over before it finishes', async () => {
    const worker = await start()
    await coordinator.welcomed(1)
    const { orderHash } = await give([firstPicture])
    await coordinator.next('ack', orderHash)
    const finished = worker.finish()
    const late = await give([firstPicture])
    expect(await coordinator.next('refuse', late.orderHash)).toMatchObject({ reason: 'paused' })
    await coordinator.next('commit', orderHash)
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })
    await coordinator.next('reveal', orderHash)
    coordinator.send({ type: 'revealed', order_hash: orderHash })
    coordinator.send({ type: 'attested', proof_hashes: (await coordinator.next('attest')).proof_hashes })
    await finished
    expect(worker.state).toBe('stopped')
    expect(await outboxFiles()).toEqual([])
  })

  it('lets one worker at a time have a state directory', async () => {
    const worker = await start()
    await expect(start()).rejects.toMatchObject({ code: 'STATE_LOCKED' } satisfies Partial<GstdError>)
    await worker.stop()
    await start()
    await coordinator.welcomed(1)
  })

  it('keeps its key to itself and its certificate for the next start', async () => {
    const worker = await start()
    await coordinator.welcomed(1)
    await worker.stop()
    for (const name of ['device.json', 'certificate.json']) {
      expect((await stat(join(directory, 'worker', name))).mode & 0o777).toBe(0o600)
    }
    const { seed } = JSON.parse(await readFile(join(directory, 'worker', 'device.json'), 'utf8'))
    expect(JSON.stringify(coordinator.said)).not.toContain(seed)
    const again = await start()
    await coordinator.welcomed(2)
    expect(again.deviceId).toBe(worker.deviceId)
    const [first, second] = coordinator.said.filter((message) => message.type === 'hello')
    expect(second).toEqual({ ...first, state: expect.anything() })
    await again.stop()
    await start({ payoutAddress: `0:${'b'.repeat(64)}` })
    await coordinator.welcomed(3)
    const moved = coordinator.said.findLast((message) => message.type === 'hello')
    expect(moved?.certificate.certificate.payout_address).toBe(`0:${'b'.repeat(64)}`)
    expect(moved?.certificate.certificate.revision).toBeGreaterThan(first?.certificate.certificate.revision ?? Infinity)
  })

  it('does not become another device when its key cannot be read', async () => {
    const worker = await start()
    await worker.stop()
    await writeFile(join(directory, 'worker', 'device.json'), '{"version":1')
    await expect(start()).rejects.toMatchObject({ code: 'STATE_CORRUPT' })
  })
})
