import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { networkConfigSchema } from '@gstd/sdk'
import { readGstdBalance } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import { TonClient } from '@ton/ton'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sourceArguments, plainEnvironment } from '../program/gstdFromSources.testing.ts'

const readySchema = z.object({
  event: z.literal('ready'),
  endpoint: z.url(),
  faucet: z.url(),
  vault: z.string(),
  gstd_master: z.string(),
  network_file: z.string(),
  restored: z.boolean(),
})

let stateDir: string
let processes: ChildProcessWithoutNullStreams[]
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-devnet-start-'))
  processes = []
})

const end = async (child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): Promise<number | null> => {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
  return child.exitCode
}

afterEach(async () => {
  await Promise.all(processes.map((child) => end(child, 'SIGKILL')))
  await rm(stateDir, { recursive: true, force: true })
})

/** Starts the command line from its sources, with a state folder of its own. */
const spawnGstd = (...words: string[]): ChildProcessWithoutNullStreams => {
  const child = spawn(process.execPath, [...sourceArguments, ...words], { env: plainEnvironment(stateDir) })
  processes.push(child)
  return child
}

/** Runs a command to its end. */
const runGstd = async (...words: string[]): Promise<{ code: number | null; stdout: string }> => {
  const child = spawnGstd(...words)
  const [stdout] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: child.exitCode, stdout }
}

/** Starts a devnet on a free port. @returns what it said once it was ready */
const startDevnet = (...words: string[]) => startDevnetAt(['--port', '0'], ...words)

/** Starts a devnet where `where` says; without words where it was. */
const startDevnetAt = async (where: readonly string[], ...words: string[]) => {
  const child = spawnGstd('--output', 'json', 'devnet', 'start', ...where, '--block-ms', '20', ...words)
  const lines: unknown[] = []
  const closed = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout })
      .on('line', (line) => lines.push(JSON.parse(line)))
      .on('close', resolve)
  })
  await expect.poll(() => lines.length, { timeout: 50_000, interval: 20 }).toBeGreaterThan(0)
  return { child, ready: readySchema.parse(lines[0]), closed, lines }
}

const readNetwork = async () =>
  networkConfigSchema.parse(JSON.parse(await readFile(join(stateDir, 'network.json'), 'utf8')))

describe('gstd devnet start', () => {
  it('brings up chain, keys, contracts and the network’s file, and stops in order', async () => {
    const { child, ready, closed, lines } = await startDevnet('--coordinator-port', '7999')
    expect(ready.restored).toBe(false)
    expect(ready.network_file).toBe(join(stateDir, 'network.json'))
    const network = await readNetwork()
    expect(network).toMatchObject({
      name: 'devnet',
      network: -3,
      endpoint: ready.endpoint,
      faucet: ready.faucet,
      vault: ready.vault,
      gstd_master: ready.gstd_master,
      coordinator: 'http://127.0.0.1:7999',
    })
    for (const key of ['operator', 'guardian', 'minter', 'coordinator', 'auditor']) {
      expect((await stat(join(stateDir, 'keys', `${key}.json`))).mode & 0o777).toBe(0o600)
    }
    const client = new TonClient({ endpoint: ready.endpoint })
    expect(await client.isContractDeployed(Address.parseRaw(ready.vault))).toBe(true)
    expect(await client.isContractDeployed(Address.parseRaw(ready.gstd_master))).toBe(true)

    const made = await runGstd('wallet', 'create', '--fund', '--output', 'json')
    expect(made.code).toBe(0)
    const { address } = z.object({ address: z.string() }).parse(JSON.parse(made.stdout))
    expect(await client.getBalance(Address.parseRaw(address))).toBeGreaterThan(0n)
    const master = Address.parseRaw(ready.gstd_master)
    expect(await readGstdBalance(client, { master, owner: Address.parseRaw(address) })).toBeGreaterThan(0n)

    expect(await end(child, 'SIGTERM')).toBe(0)
    await closed
    expect(lines.slice(1)).toEqual([{ event: 'stopping' }, { event: 'stopped' }])
  })

  it('goes on where it was when it was stopped or killed', async () => {
    const first = await startDevnet()
    const network = await readNetwork()
    await end(first.child, 'SIGKILL')
    const second = await startDevnet()
    expect(second.ready).toMatchObject({ restored: true, vault: network.vault, gstd_master: network.gstd_master })
    expect(await end(second.child, 'SIGTERM')).toBe(0)
    const third = await startDevnet('--prices', '2025-12')
    expect(third.ready).toMatchObject({ restored: true, vault: network.vault })
    expect(await readNetwork()).toEqual({ ...network, endpoint: third.ready.endpoint, faucet: third.ready.faucet })
  })

  it('comes back where it was, so that those who know its address find it', async () => {
    const first = await startDevnet()
    await end(first.child, 'SIGKILL')
    const second = await startDevnetAt([])
    expect(second.ready).toMatchObject({ restored: true, endpoint: first.ready.endpoint })
    await end(second.child, 'SIGTERM')
    const third = await startDevnet()
    expect(third.ready.endpoint).not.toBe(first.ready.endpoint)
  })

  it('says so when it has to go elsewhere', async () => {
    const first = await startDevnet()
    await end(first.child, 'SIGKILL')
    const { port } = new URL(first.ready.endpoint)
    const other = createServer().listen(Number(port), '127.0.0.1')
    await once(other, 'listening')
    const second = spawnGstd('devnet', 'start', '--output', 'json')
    const [note] = await once(createInterface({ input: second.stderr }), 'line')
    expect(note).toBe(`port ${port}, where the devnet was, is taken: it listens on port 7410 now`)
    other.close()
  })

  it.each(['/proc/gstd', '/proc', '/dev/null/gstd'])('refuses %s, where no folder can be made', async (dir) => {
    const { code, stdout } = await runGstd('devnet', 'start', '--output', 'json', '--state-dir', dir)
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'CONFIG_INVALID', hint: expect.stringContaining('--state-dir') },
    })
  })

  it('says what is in the way: a used port, or another devnet over the same folder', async () => {
    const { ready } = await startDevnet()
    const { port } = new URL(ready.endpoint)
    const locked = await runGstd('devnet', 'start', '--port', '0', '--output', 'json')
    expect(locked.code).toBe(3)
    expect(JSON.parse(locked.stdout)).toMatchObject({ error: { code: 'STATE_LOCKED' } })
    const other = join(stateDir, 'other')
    const used = await runGstd('devnet', 'start', '--port', port, '--output', 'json', '--state-dir', other)
    expect(used.code).toBe(3)
    expect(JSON.parse(used.stdout)).toMatchObject({
      error: { code: 'PORT_IN_USE', hint: expect.stringContaining('port') },
    })
  })

  it.each([[['--port', '70000']], [['--listen', 'nowhere']], [['--prices', '1999-01']], [['--block-ms', '0']]])(
    'refuses %j',
    async (words) => {
      const { code, stdout } = await runGstd('devnet', 'start', ...words, '--output', 'json')
      expect(code).toBe(2)
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE_INVALID' } })
    },
  )
})
