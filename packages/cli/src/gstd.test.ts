import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unreachableNetwork } from './network/unreachableNetwork.testing.ts'
import { commands } from './program/commands.ts'
import { plainEnvironment } from './program/gstdFromSources.testing.ts'

const binary = join(import.meta.dirname, '..', 'dist', 'gstd.js')

type Ended = { code: number; stdout: string; stderr: string }

let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-cli-'))
})
afterEach(() => rm(stateDir, { recursive: true, force: true }))

/** Runs the built binary as a shell would, with a state folder of its own. */
const gstd = (words: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const plain = { ...plainEnvironment(stateDir), ...env }
    const child = execFile(
      process.execPath,
      [binary, ...words],
      { env: plain, timeout: 30_000 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }),
    )
    child.stdin?.end()
  })

/** A network whose chain and coordinator nobody runs. */
const writeNetwork = () => writeFile(join(stateDir, 'network.json'), JSON.stringify(unreachableNetwork))

describe('help', () => {
  it('ends quietly when nobody reads it to the end', async () => {
    const env = { HOME: stateDir, GSTD_STATE_DIR: stateDir }
    const child = spawn(process.execPath, [binary, 'submit', '--help'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const [code] = await once(child, 'close')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('shows every command with its options and examples', async () => {
    const { code, stdout, stderr } = await gstd(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const { name } of commands) expect(stdout).toContain(name.split(' ')[0])
    for (const command of commands) {
      const help = await gstd([...command.name.split(' '), '--help'])
      expect(help.code).toBe(0)
      for (const { flags } of Object.values(command.options)) expect(help.stdout).toContain(flags)
      for (const example of command.examples) expect(help.stdout).toContain(example)
      const lines = help.stdout.split('\n').filter((line) => !line.startsWith('  gstd '))
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    }
  })

  it('explains topics, and commands by their name', async () => {
    expect((await gstd(['help', 'exit-codes'])).stdout).toContain('configuration or local state')
    expect((await gstd(['help', 'task', 'get'])).stdout).toContain('Usage: gstd task get')
    expect(await gstd(['help', 'nonsense'])).toMatchObject({ code: 2, stdout: '' })
  })

  it('says its version', async () => {
    expect((await gstd(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('errors', () => {
  it('say what is wrong and what to run next', async () => {
    const { code, stdout, stderr } = await gstd(['task', 'list', '--limit', 'many'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(
      'error  --limit: "many" is not a whole number from 1 to 1000 (USAGE_INVALID)\nnext   gstd task list --help\n',
    )
  })

  it.each([
    [['tsak', 'list'], 2, 'USAGE_INVALID'],
    [['task'], 2, 'USAGE_INVALID'],
    [['task', 'get'], 2, 'USAGE_INVALID'],
    [['task', 'list', '--bogus'], 2, 'USAGE_INVALID'],
    [['submit', '--input', 'x'], 2, 'USAGE_INVALID'],
    [['submit', '--operation', 'ocr', '--reward', '-1'], 2, 'USAGE_INVALID'],
    [['submit', '--operation', 'ocr', '--time-limit', '5'], 2, 'USAGE_INVALID'],
    [['wallet', 'show', '--name', '../x'], 2, 'USAGE_INVALID'],
    [['wallet', 'show'], 3, 'CONFIG_MISSING'],
    [['wallet', 'show', '--network', 'mainnet'], 3, 'CONFIG_MISSING'],
    [['wallet', 'show', '--network', binary], 3, 'CONFIG_INVALID'],
    [['coordinator', 'start', '--database', 'mysql://x'], 2, 'USAGE_INVALID'],
  ] as const)('%j ends with %i', async (words, code, errorCode) => {
    const ended = await gstd([...words, '--output', 'json'])
    expect(ended.code).toBe(code)
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: errorCode } })
    expect(ended.stdout.trimEnd()).not.toContain('\n')
  })

  it('carry the state folder and network that were given into the next command', async () => {
    const { stdout } = await gstd(['wallet', 'show', '--state-dir', '/tmp/no such', '--output', 'json'])
    expect(JSON.parse(stdout)).toMatchObject({ error: { next: "gstd devnet start --state-dir '/tmp/no such'" } })
  })

  it('blame the chain when its endpoint is away', async () => {
    await writeNetwork()
    const { code, stdout } = await gstd(['wallet', 'balance', '--address', `0:${'7'.repeat(64)}`, '--output', 'json'])
    expect(code).toBe(6)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'CHAIN_UNAVAILABLE', fault: 'chain', retryable: true } })
  })

  it('take the output mode from the environment, and colours only where they are wanted', async () => {
    const json = await gstd(['task', 'list', '--limit', 'many'], { GSTD_OUTPUT: 'json' })
    expect(JSON.parse(json.stdout)).toHaveProperty('error')
    const quiet = await gstd(['task', 'list', '--limit', 'many', '--output=quiet'])
    expect(quiet.stderr).toMatch(/^USAGE_INVALID: .*\n$/)
    expect((await gstd(['task'], { FORCE_COLOR: '1' })).stderr).toContain('\u001b[')
    expect((await gstd(['task'], { NO_COLOR: '1' })).stderr).not.toContain('\u001b[')
  })
})

describe('wallet', () => {
  it('writes files that only their owner can read, and never overwrites one', async () => {
    await writeNetwork()
    const made = await gstd(['wallet', 'create', '--output', 'json'])
    expect(made.code).toBe(0)
    const wallet: unknown = JSON.parse(made.stdout)
    expect(wallet).toMatchObject({ name: 'default', created: true, address: expect.stringMatching(/^0:[0-9a-f]{64}$/) })
    expect((await stat(join(stateDir, 'wallets', 'default.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(stateDir, 'wallets'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(stateDir, 'wallets'))).toEqual(['default.json'])

    const again = await gstd(['wallet', 'create', '--output', 'json'])
    expect(again.code).toBe(3)
    const shown = await gstd(['wallet', 'show', '--output', 'json'])
    expect(wallet).toMatchObject(
      JSON.parse(shown.stdout).address === undefined ? {} : { address: JSON.parse(shown.stdout).address },
    )
    expect(shown.stdout).not.toContain('mnemonic')
    expect((await gstd(['wallet', 'show', '--output', 'quiet'])).stdout).toMatch(/^0:[0-9a-f]{64}\n$/)
  })

  it('refuses a file whose words do not belong to its address', async () => {
    await writeNetwork()
    await gstd(['wallet', 'create'])
    const file = join(stateDir, 'wallets', 'default.json')
    await writeFile(file, '{"version":1}')
    const broken = await gstd(['wallet', 'show', '--output', 'json'])
    expect(broken.code).toBe(3)
    expect(JSON.parse(broken.stdout)).toMatchObject({ error: { code: 'STATE_CORRUPT' } })
  })

  it('is asked for before a task can be submitted', async () => {
    await writeNetwork()
    const { stdout } = await gstd([
      'submit',
      '--operation',
      'ocr',
      '--input',
      binary,
      '--wallet',
      'w',
      '--output',
      'json',
    ])
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'CONFIG_MISSING', next: 'gstd wallet create --fund --name w' },
    })
  })
})
