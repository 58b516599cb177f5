import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadNetwork } from '../network/loadNetwork.ts'
import { unreachableNetwork } from '../network/unreachableNetwork.testing.ts'
import { findCoordinator } from './findCoordinator.ts'

let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-find-coordinator-'))
})
afterEach(() => rm(stateDir, { recursive: true }))

it.each([
  ['the file’s', {}, undefined, 'http://127.0.0.1:8'],
  ['the flag’s', {}, 'http://127.0.0.1:5', 'http://127.0.0.1:5'],
  ['none of another vault', { vault: `0:${'7'.repeat(64)}` }, undefined, undefined],
  ['none of another chain', { network: -239 }, undefined, undefined],
])('finds %s', async (_what, changes, flag, expected) => {
  const now = { ...unreachableNetwork, coordinator: 'http://127.0.0.1:8', ...changes }
  await writeFile(join(stateDir, 'network.json'), JSON.stringify(now))
  const context = { network: () => loadNetwork({ stateDir, network: 'devnet', coordinator: flag }) }
  expect(await findCoordinator(context, unreachableNetwork)).toBe(expected)
})
