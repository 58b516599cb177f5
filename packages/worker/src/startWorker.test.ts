import { join } from 'node:path'
import {
  buildMerkleTree,
  checkProof,
  commitmentOf,
  createSigner,
  findOperation,
  fromHex,
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
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorkerBench, pictureOfBars, type WorkerBench } from './coordinatorForTests/openWorkerBench.ts'
import type { CoordinatorForTests } from './coordinatorForTests/startCoordinatorForTests.ts'
import { createExecutor } from './executor/createExecutor.ts'
import { createModelCache } from './models/createModelCache.ts'

const firstPicture = pictureOfBars(120)
const secondPicture = pictureOfBars(200)

let bench: WorkerBench
let coordinator: CoordinatorForTests

beforeEach(async () => {
  bench = await openWorkerBench()
  coordinator = bench.coordinator
})

afterEach(() => bench.close())

describe('startWorker', () => {
  it('sees an order through from its acknowledgement to the outcome', async () => {
    coordinator.serve('/second.png', (_, response) => response.end(secondPicture))
    const worker = await bench.start()
    await coordinator.welcomed(1)
    const given = await bench.give([
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
    expect(await bench.outboxFiles()).toEqual([`${orderHash}.json`])
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
    await bench.event('outcome')
    expect(worker.status()).toMatchObject({ state: 'connected', waiting: 0, tasks: 1, earnedNano: 10_400_000n })
    expect(await bench.outboxFiles()).toEqual([])
    expect(bench.events.find(({ type }) => type === 'outcome')).toMatchObject({ taskId: order.task_id })
  })

  it('reveals what the executor computes, bit for bit', async () => {
    await bench.start()
    await coordinator.welcomed(1)
    const { orderHash } = await bench.give([firstPicture, secondPicture])
    await coordinator.next('commit', orderHash)
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })
    const { result } = await coordinator.next('reveal', orderHash)

    const manifest = knownModels().find(({ id }) => id === 'pp-ocrv4-rec')
    if (manifest === undefined) throw new Error('no model')
    const executor = createExecutor()
    const model = await createModelCache({ cacheDir: join(bench.directory, 'models') }).load(manifest)
    const items = [firstPicture, secondPicture]
    const { outputs } = await executor.execute({ operation: 'ocr', model, params: {}, items, timeLimitMs: 5000 })
    await executor.close()
    expect(resultHashOf(result)).toBe(resultHashOf(outputs))
  })

  it('signs that an input has other bytes than its hash says', async () => {
    coordinator.serve('/a.png', (_, response) => response.end(secondPicture))
    const worker = await bench.start()
    await coordinator.welcomed(1)
    const uri = `${coordinator.url}/a.png`
    const { order, orderHash } = await bench.give([
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
    await bench.start()
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
      (await coordinator.makeOrder([firstPicture], { constraints: { time_limit_sec: 3600, max_energy_mwh: 20 } }))
        .message,
    ]
    for (const order of bad) {
      coordinator.send(order)
      expect(await coordinator.next('refuse')).toMatchObject({ reason: 'order_invalid' })
    }
    const moderation = knownModels().find(({ operation }) => operation === 'image-moderation')
    if (moderation === undefined) throw new Error('no model')
    await bench.give([firstPicture], {
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
    await bench.start()
    await coordinator.welcomed(1)
    const uri = `${coordinator.url}/slow.png`
    const slow = await bench.give([{ source: 'http', hash: `sha256:${toHex(sha256(firstPicture))}`, uri }])
    await coordinator.next('ack', slow.orderHash)
    const second = await bench.give([firstPicture])
    expect(await coordinator.next('refuse', second.orderHash)).toMatchObject({ reason: 'busy' })
    coordinator.send(slow.message)
    await coordinator.next('ack', slow.orderHash)
    release.resolve()
    const { commitment } = await coordinator.next('commit', slow.orderHash)
    coordinator.send(slow.message)
    await coordinator.next('ack', slow.orderHash)
    expect(await coordinator.next('commit', slow.orderHash)).toMatchObject({ commitment })
    expect(bench.events.filter(({ type }) => type === 'done')).toHaveLength(1)
  })

  it('says again after a lost connection what the coordinator may have missed', async () => {
    await bench.start()
    await coordinator.welcomed(1)
    const { orderHash } = await bench.give([firstPicture])
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
    await bench.event('attested')
    expect(await bench.outboxFiles()).toEqual([])
  })

  it('forgets what the coordinator drops', async () => {
    const worker = await bench.start()
    await coordinator.welcomed(1)
    const { orderHash } = await bench.give([firstPicture])
    await coordinator.next('commit', orderHash)
    coordinator.send({ type: 'dropped', order_hash: orderHash, reason: 'task_ended' })
    await bench.event('dropped')
    expect(worker.status()).toMatchObject({ waiting: 0, running: 0 })
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })
    expect(await coordinator.next('failed', orderHash)).toMatchObject({ code: 'ORDER_UNKNOWN' })
  })

  it('survives a hostile coordinator', async () => {
    const worker = await bench.start()
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
    for (let echo; echo !== 'still there?';) ({ echo } = await coordinator.next('heartbeat'))

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
})
