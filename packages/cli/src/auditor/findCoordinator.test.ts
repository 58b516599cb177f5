import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadNetwork } from '../network/loadNetwork.ts'
import { findCoordinator } from './findCoordinator.ts'

const address = (digit: string) => `0:${digit.repeat(64)}`
const network = {
  name: 'devnet',
  endpoint: 'http://127.0.0.1:9/api/v2/jsonRPC',
  network: -3,
  vault: address('1'),
  gstd_master: address('2'),
  operator_address: address('3'),
  guardian: address('4'),
  coordinator_key: '5'.repeat(64),
  auditor_key: '6'.repeat(64),
  challenge_window_sec: 2,
  minimum_payout_nano: '0',
  epoch_ms: 3000,
  independence: 'owner',
  coordinator: 'http://127.0.0.1:9',
}

let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-find-coordinator-'))
})
afterEach(() => rm(stateDir, { recursive: true }))

it.each([
  ['the file’s', {}, undefined, 'http://127.0.0.1:8'],
  ['the flag’s', {}, 'http://127.0.0.1:5', 'http://127.0.0.1:5'],
  ['none of another vault', { vault: address('7') }, undefined, undefined],
  ['none of another chain', { network: -239 }, undefined, undefined],
])('finds %s', async (_what, changes, flag, expected) => {
  const now = { ...network, coordinator: 'http://127.0.0.1:8', ...changes }
  await writeFile(join(stateDir, 'network.json'), JSON.stringify(now))
  const context = { network: () => loadNetwork({ stateDir, network: 'devnet', coordinator: flag }) }
  expect(await findCoordinator(context, network)).toBe(expected)
})
