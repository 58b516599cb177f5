import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { knownModels } from '@gstd/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unreachableNetwork } from '../network/unreachableNetwork.testing.ts'
import { sourceArguments } from '../program/gstdFromSources.testing.ts'

let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-worker-start-'))
})
afterEach(() => rm(stateDir, { recursive: true }))

/** @returns why a worker does not start on a network, having left nothing in the state folder. */
const refusalOf = async (words: readonly string[], changes: object = {}): Promise<Record<string, unknown>> => {
  await writeFile(join(stateDir, 'network.json'), JSON.stringify({ ...unreachableNetwork, ...changes }))
  const all = ['worker', 'start', ...words, '--output', 'json', '--state-dir', stateDir]
  const stdout = await new Promise<string>((resolve) =>
    execFile(process.execPath, [...sourceArguments, ...all], (_, text) => resolve(text)),
  )
  expect(await readdir(stateDir)).toEqual(['network.json'])
  return JSON.parse(stdout).error
}

describe('gstd worker start', () => {
  it('refuses a model that nobody offers before it makes a wallet', async () => {
    const error = await refusalOf(['--model', 'nope'])
    expect(error).toMatchObject({ code: 'MODEL_UNKNOWN', message: expect.stringContaining('nope') })
    for (const { id } of knownModels()) expect(error['hint']).toContain(id)
  })

  it('refuses a payout address that the vault cannot pay', async () => {
    expect(await refusalOf(['--payout', `-1:${'7'.repeat(64)}`])).toMatchObject({
      code: 'USAGE_INVALID',
      message: expect.stringMatching(/^--payout: .*masterchain/),
      hint: expect.stringContaining('0:'),
    })
  })

  it('refuses a network whose tariff cannot be paid', async () => {
    expect(await refusalOf([], { operator_address: `-1:${'3'.repeat(64)}` })).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('operator_address'),
    })
  })
})
