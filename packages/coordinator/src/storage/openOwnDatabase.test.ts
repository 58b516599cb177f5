import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from './copyDatabase.testing.ts'
import { openOwnDatabase } from './openOwnDatabase.ts'

it.each(['testnet', 'mainnet'])('asks for a server on %s, and says why, before it makes anything', async (name) => {
  const databaseDir = join(await temporaryFolder(), 'coordinator')
  await expect(openOwnDatabase({ name }, { databaseDir })).rejects.toMatchObject({
    code: 'CONFIG_MISSING',
    message: expect.stringContaining('--database postgres://'),
    hint: expect.stringContaining('power cut'),
  })
  expect(existsSync(databaseDir)).toBe(false)
})

it('gives the folder back when the database cannot be opened', async () => {
  const databaseDir = await temporaryFolder()
  const away = { databaseDir, databaseUrl: 'postgres://gstd@127.0.0.1:1/gstd' }
  await expect(openOwnDatabase({ name: 'testnet' }, away)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  await expect(openOwnDatabase({ name: 'testnet' }, away)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
})
