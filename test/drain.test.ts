import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { SupervisedProcess } from '@gstd/cli/supervisor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bringUp, type DemoNetwork } from '../examples/demo/bringUp.ts'
import { createProcesses, type Processes } from '../examples/demo/processes.ts'
import { picture } from './support/startParties.ts'
import { until } from './support/until.ts'

const TASKS = 300
/** Longer than an echo of one signal, such as npm's of Ctrl-C. */
const SECOND_WISH_MS = 700

let stateDir: string
let processes: Processes
let network: DemoNetwork
let coordinator: SupervisedProcess
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-drain-'))
  processes = createProcesses(stateDir)
  network = await bringUp(processes, stateDir, () => undefined, ['alice', 'bob'])
  coordinator = network.coordinator.process
  const task = { operation: 'image-moderation', model: 'nsfw-mobilenet-v2', rewardTon: '0.001' }
  await network.client.submit(Array.from({ length: TASKS }, (_, index) => ({ ...task, input: picture(index) })))
})
afterAll(async () => {
  await Promise.all(network.devices.map((device) => device.process.kill()))
  await processes.stop()
  await rm(stateDir, { recursive: true, force: true })
})

const signalDevices = (signal: NodeJS.Signals) => {
  for (const device of network.devices) device.process.signal(signal)
}

const url = (path: string) => String(network.coordinator.ready['url']) + path

const countBegun = async () =>
  (await network.client.list({ limit: 1000 })).filter((task) => task.seats.length > 0).length

/** Halts devices in the middle of their work: what they have cannot be finished until they go on. */
const haltAtWork = async () => {
  const begun = await countBegun()
  await until('work', async () => (await countBegun()) > begun)
  signalDevices('SIGSTOP')
}

const restart = async (drain: string) => {
  const { host } = new URL(url(''))
  coordinator = (await processes.start('coordinator', 'coordinator', 'start', '--listen', host, '--drain', drain))
    .process
  signalDevices('SIGCONT')
}

describe('a coordinator that is asked to stop', () => {
  it('takes nothing new, and ends as soon as devices have finished what they have', async () => {
    await haltAtWork()
    coordinator.signal('SIGTERM')
    await until('the drain', async () => (await fetch(url('/readyz'))).status === 503)
    expect(await (await fetch(url('/readyz'))).json()).toMatchObject({
      status: 'not_ready',
      checks: { intake: { ok: false, code: 'SHUTTING_DOWN' }, database: { ok: true } },
    })
    const headers = { 'content-type': 'application/json' }
    const refused = await fetch(url('/api/v1/tasks'), { method: 'POST', headers, body: '{}' })
    expect({ status: refused.status, retryAfter: refused.headers.get('retry-after') }).toEqual({
      status: 503,
      retryAfter: '5',
    })
    expect(await refused.json()).toMatchObject({ code: 'SHUTTING_DOWN' })
    expect(coordinator.isRunning()).toBe(true)
    signalDevices('SIGCONT')
    expect(await coordinator.exited).toEqual({ code: 0, signal: null })
    expect(coordinator.lastLines().join('\n')).not.toContain('stopped while devices work')
  })

  it('waits no longer than it was told', async () => {
    await restart('200ms')
    await haltAtWork()
    coordinator.signal('SIGTERM')
    expect(await coordinator.exited).toEqual({ code: 0, signal: null })
    expect(coordinator.lastLines().join('\n')).toContain('stopped while devices work')
  })

  it('ends at once when it is asked again', async () => {
    await restart('25s')
    await haltAtWork()
    coordinator.signal('SIGTERM')
    await until('the drain', async () => (await fetch(url('/readyz'))).status === 503)
    await delay(SECOND_WISH_MS)
    expect(coordinator.isRunning()).toBe(true)
    coordinator.signal('SIGTERM')
    expect(await coordinator.exited).toEqual({ code: 143, signal: null })
  })
})
