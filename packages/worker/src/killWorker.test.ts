import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkProof, commitmentOf, resultHashOf } from '@gstd/sdk'
import { encode } from 'fast-png'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CoordinatorForTests, startCoordinatorForTests } from './coordinatorForTests/startCoordinatorForTests.ts'

const script = fileURLToPath(new URL('coordinatorForTests/workerProcess.ts', import.meta.url))
const picture = encode({ width: 96, height: 48, data: new Uint8Array(96 * 48 * 3).fill(200), channels: 3, depth: 8 })

let coordinator: CoordinatorForTests
let directory: string
let processes: ChildProcessWithoutNullStreams[]

const startProcess = () => {
  const settings = {
    stateDir: join(directory, 'worker'),
    modelCacheDir: join(directory, 'models'),
    network: coordinator.network,
    ownerSeed: '8'.repeat(64),
    ownerAddress: `0:${'8'.repeat(64)}`,
  }
  const child = spawn(process.execPath, ['--conditions=@gstd/source', script, JSON.stringify(settings)])
  processes.push(child)
  return child
}

const kill = async (child: ChildProcessWithoutNullStreams) => {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

beforeEach(async () => {
  coordinator = await startCoordinatorForTests()
  directory = await mkdtemp(join(tmpdir(), 'gstd-kill-'))
  processes = []
})

afterEach(async () => {
  await Promise.all(processes.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).map(kill))
  await coordinator.close()
  await rm(directory, { recursive: true, force: true })
})

describe('a worker that is killed', () => {
  it('reveals after its restart what it committed to before', async () => {
    const first = startProcess()
    await coordinator.welcomed(1)
    const { order, orderHash, message } = await coordinator.makeOrder([picture])
    coordinator.send(message)
    const started = await coordinator.next('started', orderHash)
    const { commitment } = await coordinator.next('commit', orderHash)
    await kill(first)

    const second = startProcess()
    await coordinator.welcomed(2)
    expect(await coordinator.next('started', orderHash)).toEqual(started)
    expect(await coordinator.next('commit', orderHash)).toMatchObject({ commitment })
    coordinator.send({ type: 'committed', order_hash: orderHash })
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })
    const revealed = await coordinator.next('reveal', orderHash)
    const resultHash = resultHashOf(revealed.result)
    expect(commitmentOf({ resultHash, deviceId: order.device_id, salt: revealed.salt })).toBe(commitment)
    checkProof(revealed.proof, order, resultHash)
    await kill(second)

    const third = startProcess()
    await coordinator.welcomed(3)
    expect(await coordinator.next('reveal', orderHash)).toEqual(revealed)
    coordinator.send({ type: 'revealed', order_hash: orderHash })
    const { proof_hashes } = await coordinator.next('attest')
    await kill(third)

    startProcess()
    await coordinator.welcomed(4)
    expect(await coordinator.next('attest')).toMatchObject({ proof_hashes })
    coordinator.send({ type: 'attested', proof_hashes })
    coordinator.send({ type: 'reveal_request', order_hash: orderHash })
    expect(await coordinator.next('failed', orderHash)).toMatchObject({ code: 'ORDER_UNKNOWN' })
    expect(await readdir(join(directory, 'worker', 'outbox'))).toEqual([])
  })

  it('leaves its state directory free, and only then', async () => {
    const first = startProcess()
    await coordinator.welcomed(1)
    const refused = startProcess()
    const [line] = await once(refused.stdout, 'data')
    expect(JSON.parse(String(line))).toEqual({ type: 'crash', code: 'STATE_LOCKED' })
    await kill(first)
    startProcess()
    await coordinator.welcomed(2)
  })
})
