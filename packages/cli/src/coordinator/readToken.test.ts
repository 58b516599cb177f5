import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Coordinator, startCoordinator } from '@gstd/coordinator'
import { createReader, requestReadToken } from '@gstd/sdk'
import { proveWallet } from '@gstd/sdk/contracts'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../escrow/openBench.testing.ts'
import { writeJsonFile } from '../state/jsonFile.ts'
import { networkFile } from '../state/paths.ts'
import { openOperatorWallet, openSeed } from '../keys/operatorKeys.ts'
import { createKeyring } from '../keystore/createKeyring.ts'
import { openWallet } from '../wallet/openWallet.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'

let bench: Bench
let coordinator: Coordinator
let owner: TonWallet
beforeAll(async () => {
  bench = await openBench()
  const { network, stateDir } = bench
  const sources = { environment: undefined, file: undefined, terminal: undefined }
  const keyring = createKeyring({ stateDir, network, sources })
  coordinator = await startCoordinator({
    network,
    databaseDir: join(stateDir, 'coordinator'),
    listen: { host: '127.0.0.1', port: 0 },
    keys: {
      coordinatorSeed: (await openSeed(keyring, 'coordinator', network.coordinator_key)).seed,
      operatorWallet: await openOperatorWallet(keyring),
    },
    logger: pino({ level: 'silent' }),
  })
  await bench.gstd(['wallet', 'create', '--fund'])
  await bench.gstd(['escrow', 'deposit', '1'])
  owner = await openWallet(keyring, 'default')
})
afterAll(async () => {
  await coordinator.stop()
  await bench.close()
})

const ask = async (method: string, path: string, token: string, body?: string) => {
  const response = await fetch(coordinator.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
  })
  return { status: response.status, data: (await response.json()) as Record<string, unknown> }
}

const logIn = (changes: Partial<Parameters<typeof proveWallet>[0]> = {}) =>
  requestReadToken({
    coordinator: coordinator.url,
    prove: (challenge) =>
      proveWallet({
        signer: owner.signer,
        wallet: owner.version,
        network: bench.network.network,
        timestamp: Math.floor(Date.now() / 1000),
        ...challenge,
        ...changes,
      }),
  })

describe('a wallet without its session key', () => {
  it('reads its own tasks and escrow, and nothing else', async () => {
    const { token, requester, expiresAt } = await logIn()
    expect(requester).toBe(owner.address)
    expect(expiresAt).toBeGreaterThan(Date.now() + 3_500_000)
    expect(await ask('GET', '/api/v1/tasks', token)).toEqual({ status: 200, data: { tasks: [] } })
    expect(await ask('GET', `/api/v1/escrows/${requester}`, token)).toMatchObject({
      status: 200,
      data: { requester, balance_nano: '1000000000' },
    })
    const unknown = `/api/v1/tasks/${crypto.randomUUID()}`
    for (const path of [unknown, `${unknown}/receipt`]) {
      expect(await ask('GET', path, token)).toMatchObject({ status: 404, data: { code: 'TASK_UNKNOWN' } })
    }
    const wait = JSON.stringify({ tasks: [{ task_id: crypto.randomUUID() }], wait_ms: 0 })
    expect(await ask('POST', '/api/v1/tasks/wait', token, wait)).toMatchObject({ data: { code: 'TASK_UNKNOWN' } })
    const other = `/api/v1/escrows/0:${'1'.repeat(64)}`
    expect(await ask('GET', other, token)).toMatchObject({ status: 401, data: { code: 'AUTH_REQUIRED' } })
  })

  it('has a reader in the SDK', async () => {
    const token = await logIn()
    const reader = createReader({ network: bench.network, coordinator: coordinator.url, token })
    expect(await reader.list({ limit: 5 })).toEqual([])
    expect(await reader.escrow()).toMatchObject({ requester: owner.address, reserved_nano: '0' })
    expect((await reader.parameters()).vault).toBe(bench.network.vault)
    await expect(reader.get(crypto.randomUUID())).rejects.toMatchObject({ code: 'TASK_UNKNOWN' })
    const stranger = createReader({
      network: bench.network,
      coordinator: coordinator.url,
      token: { ...token, token: 'made-up' },
    })
    await expect(stranger.list()).rejects.toMatchObject({ code: 'AUTH_REQUIRED' })
  })

  it('is what commands fall back on', async () => {
    await writeJsonFile(networkFile(bench.stateDir), { ...bench.network, coordinator: coordinator.url }, 'public')
    const withKey = await bench.gstd(['task', 'list'])
    expect(withKey).toMatchObject({ code: 0, stderr: '' })
    await rm(join(bench.stateDir, 'sessions'), { recursive: true })
    const without = await bench.gstd(['task', 'list'])
    expect(without).toMatchObject({ code: 0, stderr: expect.stringContaining('the wallet proves its address') })
    expect(without.stdout).toBe(withKey.stdout)
    const unknown = await bench.gstd(['task', 'receipt', crypto.randomUUID()])
    expect(unknown.data).toMatchObject({ error: { code: 'TASK_UNKNOWN' } })
    const nobody = await bench.gstd(['task', 'list', '--wallet', 'nobody'])
    expect(nobody.data).toMatchObject({ error: { code: 'CONFIG_MISSING' } })
    const cancelled = await bench.gstd(['task', 'cancel', crypto.randomUUID()])
    expect(cancelled.data).toMatchObject({ error: { code: 'CONFIG_MISSING' } })
  })

  it('changes nothing', async () => {
    const { token } = await logIn()
    const cancelled = await ask('DELETE', `/api/v1/tasks/${crypto.randomUUID()}`, token)
    expect(cancelled).toMatchObject({ status: 401, data: { code: 'AUTH_REQUIRED' } })
    const spooled = await ask('PUT', `/api/v1/blobs/${'0'.repeat(64)}`, token, '{}')
    expect(spooled).toMatchObject({ status: 401, data: { code: 'AUTH_REQUIRED' } })
    const evidence = await ask('GET', `/api/v1/auditor/evidence/${crypto.randomUUID()}`, token)
    expect(evidence).toMatchObject({ status: 401, data: { code: 'AUTH_REQUIRED' } })
  })

  it('is refused with a proof for another domain, an old one, or none', async () => {
    const refusedBy = (check: string) => ({ code: 'WALLET_PROOF_INVALID', details: { check } })
    await expect(logIn({ domain: 'elsewhere.example' })).rejects.toMatchObject(refusedBy('domain'))
    await expect(logIn({ payload: 'made up' })).rejects.toMatchObject(refusedBy('challenge'))
    const hourAgo = Math.floor(Date.now() / 1000) - 3600
    await expect(logIn({ timestamp: hourAgo })).rejects.toMatchObject(refusedBy('age'))
    expect(await ask('GET', '/api/v1/tasks', 'made-up')).toMatchObject({ status: 401 })
    expect(await ask('POST', '/api/v1/auth/ton-proof', '', '{}')).toMatchObject({
      status: 400,
      data: { code: 'DOCUMENT_MALFORMED' },
    })
    const large = await ask('POST', '/api/v1/auth/ton-proof', '', `{"x":"${'x'.repeat(40_000)}"}`)
    expect(large).toMatchObject({ status: 413, data: { code: 'DOCUMENT_TOO_LARGE' } })
  })
})
