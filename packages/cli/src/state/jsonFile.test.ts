import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { networkConfigSchema } from '@gstd/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSession } from '../session/readSession.ts'
import { readLastTasks } from '../submit/history.ts'
import { readWalletFile } from '../wallet/walletFile.ts'
import { readJsonFile } from './jsonFile.ts'
import { historyFile, networkFile, sessionFile, walletFile } from './paths.ts'

let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-state-'))
})
afterEach(() => rm(stateDir, { recursive: true, force: true }))

const readNetwork = () =>
  readJsonFile(networkFile(stateDir), networkConfigSchema, 'CONFIG_INVALID', 'the network’s file')

describe.each(['', '{"version":1,', '\u0000\u0001', '[]', '{"version":9}'])('a file that holds %j', (content) => {
  it.each<[string, () => string, () => Promise<unknown>, string, string | undefined]>([
    ['network', () => networkFile(stateDir), readNetwork, 'gstd devnet start', undefined],
    [
      'wallet',
      () => walletFile(stateDir, 'a'),
      () => readWalletFile(stateDir, 'a'),
      'backup',
      'gstd wallet import --name a',
    ],
    [
      'session',
      () => sessionFile(stateDir, 'a'),
      () => readSession(stateDir, 'a'),
      'remove',
      'gstd session create --wallet a',
    ],
    ['history', () => historyFile(stateDir, 'a'), () => readLastTasks(stateDir, 'a'), 'remove', 'gstd task list'],
  ])('is an error that says how to go on: %s', async (_, fileOf, read, words, next) => {
    const file = fileOf()
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
    await chmod(file, 0o600)
    const error = await read().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ hint: expect.stringContaining(file), details: next === undefined ? {} : { next } })
    expect(error).toMatchObject({ hint: expect.stringContaining(words) })
  })
})
