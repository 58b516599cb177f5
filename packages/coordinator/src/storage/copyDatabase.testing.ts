import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { copyPostgres, dropPostgres } from './copyPostgres.testing.ts'
import type { Database } from './database.ts'
import { openDatabase } from './openDatabase.ts'

/** @returns a folder that is gone after the test. */
export const temporaryFolder = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'gstd-coordinator-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

const copyTemplate = async (): Promise<{ location: string; remove: () => Promise<void> }> => {
  const template = inject('templateDatabase')
  if ('databaseUrl' in template) {
    const location = await copyPostgres(template.databaseUrl)
    return { location, remove: () => dropPostgres(location) }
  }
  const location = await mkdtemp(join(tmpdir(), 'gstd-coordinator-'))
  await cp(template.folder, location, { recursive: true })
  return { location, remove: () => rm(location, { recursive: true, force: true }) }
}

/** @returns where a database of the test's own is, migrated and empty. */
export const copyDatabase = async (): Promise<string> => {
  const { location, remove } = await copyTemplate()
  onTestFinished(remove)
  return location
}

/** Opens a database of the test's own. */
export const openTestDatabase = async (): Promise<Database> => {
  const database = await openDatabase(await copyDatabase())
  onTestFinished(() => database.close())
  return database
}

/** Opens a database for all tests of a file; it is closed by them, and gone afterwards. */
export const copyDatabaseForFile = async (): Promise<Database> => {
  const { location, remove } = await copyTemplate()
  const database = await openDatabase(location)
  return {
    ...database,
    close: async () => {
      await database.close()
      await remove()
    },
  }
}
