import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import type { GstdError } from '@gstd/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorkerBench, pictureOfBars, type WorkerBench } from './coordinatorForTests/openWorkerBench.ts'
import type { CoordinatorForTests } from './coordinatorForTests/startCoordinatorForTests.ts'

const picture = pictureOfBars(120)

let bench: WorkerBench
let coordinator: CoordinatorForTests

beforeEach(async () => {
  bench = await openWorkerBench()
  coordinator = bench.coordinator
})

afterEach(() => bench.close())

describe('a worker', () => {
  it('waits for a coordinator that is away', async () => {
    coordinator.hide(true)
    const worker = await bench.start()
    expect(worker.state).toBe('connecting')
    await bench.event('disconnected')
    coordinator.hide(false)
    await coordinator.welcomed(1)
    await bench.event('state', ({ state }) => state === 'connected')
  })

  it('stops at once, whoever does not answer', async () => {
    const reached = Promise.withResolvers<void>()
    const mute = createServer(() => reached.resolve())
    mute.listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const { port } = mute.address() as AddressInfo
    const worker = await bench.start({ coordinatorUrl: `http://127.0.0.1:${port}` })
    await reached.promise
    const beforeMs = performance.now()
    await worker.stop()
    expect(performance.now() - beforeMs).toBeLessThan(8000)
    expect(worker.state).toBe('stopped')
    mute.close()
  })

  it('says nothing to a coordinator whose parameters another key signed', async () => {
    const worker = await bench.start({ network: { ...coordinator.network, coordinator_key: '1'.repeat(64) } })
    expect(await bench.event('error')).toMatchObject({ code: 'SIGNATURE_INVALID' })
    expect(worker.state).toBe('connecting')
    expect(coordinator.said).toEqual([])
  })

  it('replaces the certificate of a restored backup by one above what the coordinator knows', async () => {
    const first = await bench.start()
    await coordinator.welcomed(1)
    await first.stop()
    const file = join(bench.directory, 'worker', 'certificate.json')
    const { revision } = JSON.parse(await readFile(file, 'utf8')).certificate
    const newest = revision + 1_000_000
    coordinator.knowRevision(newest)
    await bench.start()
    await coordinator.welcomed(2)
    expect(JSON.parse(await readFile(file, 'utf8')).certificate.revision).toBe(newest + 1)
    expect(bench.events.filter(({ type }) => type === 'disconnected' || type === 'error')).toEqual([])
  })

  it('stops with a ready-made certificate that the coordinator refuses, and says what to do', async () => {
    const first = await bench.start()
    await coordinator.welcomed(1)
    await first.stop()
    const file = join(bench.directory, 'worker', 'certificate.json')
    const { certificate, owner_signature } = JSON.parse(await readFile(file, 'utf8'))
    coordinator.knowRevision(certificate.revision + 1)
    const second = await bench.start({ owner: { certificate, owner_signature } })
    await expect(second.failed).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID',
      message: expect.stringContaining('with a higher revision'),
    })
    await second.stop()
    expect(second.state).toBe('stopped')
    expect(await bench.event('error')).toMatchObject({ code: 'CERTIFICATE_INVALID' })
  })

  it('pauses and resumes', async () => {
    const worker = await bench.start()
    await coordinator.welcomed(1)
    worker.pause()
    expect(worker.state).toBe('paused')
    const refused = await bench.give([picture])
    expect(await coordinator.next('refuse', refused.orderHash)).toMatchObject({ reason: 'paused' })
    worker.resume()
    const { orderHash } = await bench.give([picture])
    await coordinator.next('commit', orderHash)
  })

  it('hands everything over before it finishes', async () => {
    const worker = await bench.start()
    await coordinator.welcomed(1)
    const { orderHash } = await bench.give([picture])
    await coordinator.next('ack', orderHash)
    const finished = worker.finish()
    const late = await bench.give([picture])
    expect(await coordinator.next('refuse', late.orderHash)).toMatchObject({ reason: 'paused' })
    await coordinator.next('commit', orderHash)
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })
    await coordinator.next('reveal', orderHash)
    coordinator.send({ type: 'revealed', order_hash: orderHash })
    coordinator.send({ type: 'attested', proof_hashes: (await coordinator.next('attest')).proof_hashes })
    await finished
    expect(worker.state).toBe('stopped')
    expect(await bench.outboxFiles()).toEqual([])
  })

  it('lets one worker at a time have a state directory', async () => {
    const worker = await bench.start()
    await expect(bench.start()).rejects.toMatchObject({ code: 'STATE_LOCKED' } satisfies Partial<GstdError>)
    await worker.stop()
    await bench.start()
    await coordinator.welcomed(1)
  })

  it('keeps its key to itself and its certificate for the next start', async () => {
    const worker = await bench.start()
    await coordinator.welcomed(1)
    await worker.stop()
    for (const name of ['device.json', 'certificate.json']) {
      expect((await stat(join(bench.directory, 'worker', name))).mode & 0o777).toBe(0o600)
    }
    const { seed } = JSON.parse(await readFile(join(bench.directory, 'worker', 'device.json'), 'utf8'))
    expect(JSON.stringify(coordinator.said)).not.toContain(seed)
    const again = await bench.start()
    await coordinator.welcomed(2)
    expect(again.deviceId).toBe(worker.deviceId)
    const [first, second] = coordinator.said.filter((message) => message.type === 'hello')
    expect(second).toEqual({ ...first, state: expect.anything() })
    await again.stop()
    await bench.start({ payoutAddress: `0:${'b'.repeat(64)}` })
    await coordinator.welcomed(3)
    const moved = coordinator.said.findLast((message) => message.type === 'hello')
    expect(moved?.certificate.certificate.payout_address).toBe(`0:${'b'.repeat(64)}`)
    expect(moved?.certificate.certificate.revision).toBeGreaterThan(first?.certificate.certificate.revision ?? Infinity)
  })

  it('does not become another device when its key cannot be read', async () => {
    const worker = await bench.start()
    await worker.stop()
    await writeFile(join(bench.directory, 'worker', 'device.json'), '{"version":1')
    await expect(bench.start()).rejects.toMatchObject({ code: 'STATE_CORRUPT' })
  })
})
