import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import type { Database } from './database.ts'
import { openPglite } from './openPglite.ts'

/** @returns a folder that is gone after the test. */
export const temporaryFolder = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'gstd-coordinator-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** @returns the folder of a database of the test's own, migrated and empty. */
export const copyDatabase = async (): Promise<string> => {
  const directory = await temporaryFolder()
  await cp(inject('templateDatabase'), directory, { recursive: true })
  return directory
}

/** Opens a database of the test's own. */
export const openTestDatabase = async (): Promise<Database> => {
  const database = await openPglite(await copyDatabase())
  onTestFinished(() => database.close())
  return database
}

/** Opens a database for all tests of a file; it is closed by them, and its folder is gone afterwards. */
export const copyDatabaseForFile = async (): Promise<Database> => {
  const directory = await mkdtemp(join(tmpdir(), 'gstd-coordinator-'))
  await cp(inject('templateDatabase'), directory, { recursive: true })
  const database = await openPglite(directory)
  return {
    ...database,
    close: async () => {
      await database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
