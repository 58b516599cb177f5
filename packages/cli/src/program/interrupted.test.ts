import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FlakyEndpoint, startFlakyEndpoint } from '../chain/startFlakyEndpoint.testing.ts'
import { type Bench, openBench } from '../escrow/openBench.testing.ts'
import { plainEnvironment, sourceArguments } from './gstdFromSources.testing.ts'

/** An endpoint that takes a message and lets it never arrive. */
const TAKEN = { status: 200, body: '{"ok":true,"result":{"@type":"ok"}}' }

let bench: Bench
let endpoint: FlakyEndpoint
beforeAll(async () => {
  bench = await openBench()
  endpoint = await startFlakyEndpoint(bench.network.endpoint)
  await bench.gstd(['wallet', 'create', '--fund'])
  await bench.gstd(['escrow', 'deposit', '1'])
  const file = join(bench.stateDir, 'network.json')
  const network = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...network, endpoint: endpoint.endpoint }))
})
afterAll(async () => {
  await endpoint.stop()
  await bench.close()
})

const start = (words: readonly string[]): ChildProcess & { stderr: NonNullable<ChildProcess['stderr']> } =>
  spawn(process.execPath, [...sourceArguments, ...words], {
    env: plainEnvironment(bench.stateDir),
    stdio: ['ignore', 'ignore', 'pipe'],
  })

/** Stops a command as soon as it waits for a message that it has sent. */
const interrupt = async (words: readonly string[]): Promise<{ code: unknown; said: string }> => {
  endpoint.requests.splice(0)
  endpoint.nextOf('sendBoc', TAKEN)
  const child = start(words)
  const said = text(child.stderr)
  const ended = once(child, 'close')
  const sentAt = () => endpoint.requests.findIndex(({ method }) => method === 'sendBoc')
  const isWaiting = () => sentAt() !== -1 && endpoint.requests.length > sentAt() + 1
  await expect.poll(isWaiting, { timeout: 20_000, interval: 10 }).toBe(true)
  child.kill('SIGINT')
  const [code] = await ended
  return { code, said: await said }
}

describe('a command that is stopped after it has sent something', () => {
  it.each([
    ['escrow deposit 1', 'gstd escrow show'],
    ['escrow close --output quiet', 'gstd escrow show'],
    ['session create --output json', 'gstd escrow show'],
    ['stake deposit 1 --wallet default', 'gstd stake show'],
  ])('says so, and how to look: %s', async (words, look) => {
    const { code, said } = await interrupt(words.split(' '))
    expect(code).toBe(130)
    expect(said).toContain('stopped by SIGINT, but ')
    expect(said).toContain(' was sent and may still arrive')
    expect(said).toContain(`"${look}`)
  })

  it('sends nothing any more when it was stopped before', async () => {
    endpoint.requests.splice(0)
    endpoint.next(...Array.from({ length: 3 }, () => ({ status: 429, retryAfter: '1' })))
    const child = start(['escrow', 'deposit', '1'])
    const said = text(child.stderr)
    const ended = once(child, 'close')
    await expect.poll(() => endpoint.requests.length, { timeout: 20_000, interval: 10 }).toBeGreaterThan(0)
    child.kill('SIGINT')
    const [code] = await ended
    expect(code).toBe(130)
    expect(await said).toBe('stopped by SIGINT\n')
    expect(endpoint.requests.some(({ method }) => method === 'sendBoc')).toBe(false)
  })
})
