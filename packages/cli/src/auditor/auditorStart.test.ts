import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createSigner, randomHex } from '@gstd/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unreachableNetwork } from '../network/unreachableNetwork.testing.ts'
import { sourceArguments, plainEnvironment } from '../program/gstdFromSources.testing.ts'

const coordinator = 'http://127.0.0.1:9'

let stateDir: string
let processes: ChildProcessWithoutNullStreams[]
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-auditor-start-'))
  processes = []
})
afterEach(async () => {
  await Promise.all(
    processes.map(async (child) => {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit')
    }),
  )
  await rm(stateDir, { recursive: true, force: true })
})

/** Writes as `writeJsonFile` does: whoever reads meanwhile sees the old file or the new one. */
const writeNetwork = async (network: object): Promise<void> => {
  const file = join(stateDir, 'network.json')
  await writeFile(`${file}.next`, JSON.stringify(network))
  await rename(`${file}.next`, file)
}

/** A network whose chain and coordinator nobody runs, and the auditor's key. */
const prepare = async (publicKey?: string): Promise<object> => {
  const seed = randomHex(32)
  const key = { version: 1, seed, public_key: createSigner(seed).publicKey }
  await mkdir(join(stateDir, 'keys'))
  await writeFile(join(stateDir, 'keys', 'auditor.json'), JSON.stringify(key), { mode: 0o600 })
  const network = { ...unreachableNetwork, auditor_key: publicKey ?? key.public_key, coordinator }
  await writeNetwork(network)
  return network
}

/** Starts the command from its sources. @returns what it has said so far, line by line */
const start = (): { child: ChildProcessWithoutNullStreams; lines: Record<string, unknown>[] } => {
  const words = [...sourceArguments, 'auditor', 'start', '--output', 'json']
  const child = spawn(process.execPath, words, { env: plainEnvironment(stateDir) })
  processes.push(child)
  const lines: Record<string, unknown>[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  return { child, lines }
}

describe('gstd auditor start', () => {
  it('waits for a coordinator, says so after `ready`, and stops in order', async () => {
    await prepare()
    const { child, lines } = start()
    await expect.poll(() => lines.length, { timeout: 30_000, interval: 20 }).toBeGreaterThan(1)
    expect(lines[0]).toEqual({ event: 'ready', coordinator, size: 0 })
    expect(lines[1]).toMatchObject({ event: 'stalled', code: 'COORDINATOR_UNREACHABLE', size: 0 })
    const exited = once(child, 'close')
    child.kill('SIGTERM')
    await exited
    expect(child.exitCode).toBe(0)
    expect(lines.slice(-2)).toEqual([{ event: 'stopping' }, { event: 'stopped' }])
  })

  it('reads the network’s file again when the coordinator is not there, and follows it', async () => {
    const network = await prepare()
    const { lines } = start()
    const said = (event: string) => lines.filter((line) => line['event'] === event)
    await expect.poll(() => said('stalled').length, { timeout: 30_000, interval: 20 }).toBe(1)
    await writeNetwork({ ...network, coordinator: 'http://127.0.0.1:8' })
    await expect.poll(() => said('moved'), { timeout: 30_000, interval: 20 }).toHaveLength(1)
    expect(said('moved')).toEqual([{ event: 'moved', coordinator: 'http://127.0.0.1:8' }])
    await expect.poll(() => said('stalled').length, { timeout: 30_000, interval: 20 }).toBe(2)
    expect(said('stalled')[1]).toMatchObject({ message: expect.stringContaining('127.0.0.1:8') })
  })

  it('is one process for one folder', async () => {
    await prepare()
    const first = start()
    await expect.poll(() => first.lines.length, { timeout: 30_000, interval: 20 }).toBeGreaterThan(0)
    const second = start()
    await once(second.child, 'close')
    expect(second.child.exitCode).toBe(3)
    expect(second.lines).toEqual([{ error: expect.objectContaining({ code: 'STATE_LOCKED' }) }])
  })

  it('refuses a key that is not the one of the network’s file', async () => {
    await prepare('7'.repeat(64))
    const { child, lines } = start()
    await once(child, 'close')
    expect(child.exitCode).toBe(3)
    expect(lines).toEqual([{ error: expect.objectContaining({ code: 'CONFIG_INVALID' }) }])
  })
})
