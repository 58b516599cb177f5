import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startPostgres } from '@gstd/postgres-for-tests'
import { networkConfigSchema } from '@gstd/sdk'
import { toNano } from '@ton/core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openChain } from '../chain/openChain.ts'
import { requestFaucet } from '../chain/requestFaucet.ts'
import { type Bench, openBench } from '../escrow/openBench.testing.ts'
import { sourceArguments, plainEnvironment } from '../program/gstdFromSources.testing.ts'

const signal = AbortSignal.timeout(600_000)
const guardian = `0:${'9'.repeat(64)}`

let bench: Bench
let operatorDir: string
let networkOut: string
let auditorKey: string
beforeAll(async () => {
  bench = await openBench()
  operatorDir = join(bench.stateDir, 'operator')
  networkOut = join(bench.stateDir, 'testnet.json')
  await mkdir(operatorDir)
  const auditor = { GSTD_STATE_DIR: join(bench.stateDir, 'auditor'), GSTD_PASSPHRASE: 'another correct battery' }
  const made = await bench.gstd(['auditor', 'key'], { env: auditor })
  auditorKey = String(made.data['public_key'])
})
afterAll(() => bench.close())

const env = () => ({
  GSTD_STATE_DIR: operatorDir,
  GSTD_PASSPHRASE: 'correct horse battery',
  GSTD_TON_REQUESTS_PER_SECOND: '1000',
})
const wordsOf = (changes: Record<string, string | undefined> = {}): string[] => {
  const flags: Record<string, string | undefined> = {
    '--name': 'testnet',
    '--endpoint': bench.network.endpoint,
    '--auditor-key': auditorKey,
    '--guardian': guardian,
    '--gstd-master': bench.network.gstd_master,
    '--network-out': networkOut,
    '--coordinator': 'https://coordinator.example',
    ...changes,
  }
  const given = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))
  return ['coordinator', 'deploy', ...given]
}
const deploy = (changes?: Record<string, string | undefined>, more = env()) =>
  bench.gstd(wordsOf(changes), { env: more })
const balance = (address: string) => openChain(bench.network, {}).balance(address)

describe('gstd coordinator deploy', () => {
  it('says where to send TON, deploys, verifies, writes the file, and then sends nothing more', async () => {
    const poor = await deploy()
    expect(poor).toMatchObject({ code: 2, data: { error: { code: 'WALLET_INSUFFICIENT' } } })
    const { details } = poor.data['error'] as { details: { address: string } }
    for (const key of ['operator', 'coordinator']) {
      const file = join(operatorDir, 'keys', `${key}.json`)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      expect(await readFile(file, 'utf8')).toContain('"scrypt"')
    }
    await requestFaucet(bench.network, details.address, toNano('10'), signal)
    await expect.poll(() => balance(details.address), { timeout: 20_000 }).toBe(toNano('10'))

    const done = await deploy()
    expect(done).toMatchObject({ code: 0, data: { deployed: true, operator_address: details.address } })
    const network = networkConfigSchema.parse(JSON.parse(await readFile(networkOut, 'utf8')))
    expect(network).toMatchObject({
      name: 'testnet',
      network: -3,
      vault: done.data['vault'],
      gstd_master: bench.network.gstd_master,
      guardian,
      treasury: guardian,
      auditor_key: auditorKey,
      challenge_window_sec: 3600,
      independence: 'owner+machine+range',
      minimum_payout_nano: '50000000',
      coordinator: 'https://coordinator.example',
    })
    expect(network).not.toHaveProperty('faucet')

    const before = await balance(details.address)
    const again = await deploy()
    expect(again).toMatchObject({ code: 0, data: { deployed: false, vault: network.vault, spent_nano: '0' } })
    expect(await balance(details.address)).toBe(before)

    const other = await deploy({ '--challenge-window': '2h' })
    expect(other).toMatchObject({ code: 3, data: { error: { code: 'CONFIG_INVALID' } } })
    const elsewhere = await deploy({ '--treasury': `0:${'7'.repeat(64)}` })
    expect(elsewhere).toMatchObject({ code: 3, data: { error: { code: 'CONFIG_INVALID' } } })
    expect(JSON.stringify(elsewhere.data)).toContain('another treasury')
    const guarded = await deploy({ '--guardian': `0:${'7'.repeat(64)}` })
    expect(guarded).toMatchObject({ code: 3, data: { error: { code: 'CONFIG_INVALID' } } })
    expect(JSON.stringify(guarded.data)).toContain('another guardian')
    expect(await balance(details.address)).toBe(before)
    expect(JSON.parse(await readFile(networkOut, 'utf8'))).toEqual(network)
  })

  it('makes a network that a coordinator starts on, with the passphrase and a PostgreSQL server only', async () => {
    const key = await bench.gstd(['auditor', 'key'], { env: { GSTD_STATE_DIR: join(bench.stateDir, 'auditor') } })
    expect(key).toMatchObject({ code: 0, data: { public_key: auditorKey, created: false } })
    const start = ['coordinator', 'start', '--network', networkOut, '--listen', '127.0.0.1:0']
    const { GSTD_PASSPHRASE: _, ...without } = env()
    const refused = await bench.gstd(start, { env: without })
    expect(refused).toMatchObject({ code: 3, data: { error: { code: 'CONFIG_MISSING' } } })
    const embedded = await bench.gstd(start, { env: env() })
    expect(embedded).toMatchObject({ code: 3, data: { error: { code: 'CONFIG_MISSING' } } })
    expect(embedded.stdout).toContain('needs a PostgreSQL server')
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    const child = spawn(process.execPath, [...sourceArguments, ...start, '--output', 'json'], {
      env: { ...plainEnvironment(operatorDir), ...env(), GSTD_DATABASE: server.urlOf('postgres') },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    expect(JSON.parse(String(line))).toMatchObject({ event: 'ready' })
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    expect((await exited)[0]).toBe(0)
  })

  it.each<[string, Record<string, string | undefined>, string]>([
    ['a short window', { '--challenge-window': '2s' }, 'USAGE_INVALID'],
    ['a short epoch', { '--epoch': '8s' }, 'USAGE_INVALID'],
    ['owners alone as independent', { '--independence': 'owner' }, 'USAGE_INVALID'],
    ['no GSTD', { '--gstd-master': undefined }, 'USAGE_INVALID'],
    ['a name of no known network', { '--name': 'mynet' }, 'USAGE_INVALID'],
    ['a name that lies', { '--name': 'mainnet', '--global-id': '-3' }, 'USAGE_INVALID'],
    ['a key that is none', { '--auditor-key': 'abc' }, 'USAGE_INVALID'],
    ['a guardian that is none', { '--guardian': 'nobody' }, 'USAGE_INVALID'],
    ['no guardian', { '--guardian': undefined }, 'USAGE_INVALID'],
    ['plain http beyond this machine', { '--coordinator': 'http://coordinator.example' }, 'CONFIG_INVALID'],
    ['a master that is no jetton', { '--gstd-master': `0:${'8'.repeat(64)}` }, 'CHAIN_STATE_INVALID'],
  ])('refuses %s', async (_name, changes, code) => {
    expect((await deploy(changes)).data).toMatchObject({ error: { code } })
  })

  it('refuses a vault for the GSTD master, and one party with two keys', async () => {
    const vault = await deploy({ '--gstd-master': bench.network.vault })
    expect(vault.data).toMatchObject({ error: { code: 'CHAIN_STATE_INVALID' } })
    const { coordinator_key: own, operator_address: operator } = JSON.parse(await readFile(networkOut, 'utf8'))
    expect((await deploy({ '--auditor-key': own })).data).toMatchObject({ error: { code: 'USAGE_INVALID' } })
    expect((await deploy({ '--guardian': operator })).data).toMatchObject({ error: { code: 'USAGE_INVALID' } })
  })

  it('deploys test GSTD on a devnet, without a passphrase', async () => {
    const devnetDir = join(bench.stateDir, 'devnet-operator')
    const more = { ...env(), GSTD_STATE_DIR: devnetDir, GSTD_PASSPHRASE: '' }
    const changes = {
      '--name': 'devnet',
      '--gstd-master': undefined,
      '--network-out': join(bench.stateDir, 'devnet-2.json'),
      '--challenge-window': '2s',
      '--independence': 'owner',
    }
    const poor = await deploy(changes, more)
    const { details } = poor.data['error'] as { details: { address: string } }
    await requestFaucet(bench.network, details.address, toNano('2'), signal)
    await expect.poll(() => balance(details.address), { timeout: 20_000 }).toBe(toNano('2'))
    const done = await deploy(changes, more)
    expect(done).toMatchObject({ code: 0, data: { deployed: true } })
    expect(done.data['gstd_master']).not.toBe(bench.network.gstd_master)
    expect(await deploy(changes, more)).toMatchObject({ code: 0, data: { deployed: false, spent_nano: '0' } })
    await writeFile(String(done.data['network_file']), '{}')
    expect((await deploy(changes, more)).data).toMatchObject({ error: { code: 'CONFIG_INVALID' } })
  })
})
