import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { knownModels } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { sourceArguments } from '../program/gstdFromSources.testing.ts'

const address = (digit: string) => `0:${digit.repeat(64)}`

it('refuses a model that nobody offers before it makes a wallet', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'gstd-worker-start-'))
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
  await writeFile(join(stateDir, 'network.json'), JSON.stringify(network))
  const words = ['worker', 'start', '--model', 'nope', '--output', 'json', '--state-dir', stateDir]
  const stdout = await new Promise<string>((resolve) =>
    execFile(process.execPath, [...sourceArguments, ...words], (_, text) => resolve(text)),
  )
  const { error } = JSON.parse(stdout)
  expect(error).toMatchObject({ code: 'MODEL_UNKNOWN', message: expect.stringContaining('nope') })
  for (const { id } of knownModels()) expect(error.hint).toContain(id)
  expect(await readdir(stateDir)).toEqual(['network.json'])
  await rm(stateDir, { recursive: true })
})
