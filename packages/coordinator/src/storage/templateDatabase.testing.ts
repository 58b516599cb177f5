import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@gstd/postgres-for-tests'
import type { TestProject } from 'vitest/node'
import { copyPostgres } from './copyPostgres.testing.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './openDatabase.ts'

/** What tests copy: making a database takes seconds, copying it a moment. */
export type TemplateDatabase = { folder: string } | { databaseUrl: string }

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated, empty database. */
    templateDatabase: TemplateDatabase
  }
}

const migrated = async (location: string): Promise<void> => {
  const database = await openDatabase(location)
  await migrate(database)
  await database.close()
}

const makeFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gstd-template-'))
  await migrated(folder)
  return { template: { folder }, remove: () => rm(folder, { recursive: true, force: true }) }
}

const makeServer = async () => {
  const server = await startPostgres()
  const databaseUrl = await copyPostgres(server.urlOf('template1'))
  await migrated(databaseUrl)
  return { template: { databaseUrl }, remove: () => server.stop() }
}

/**
 * Makes the template once for all test files, and deletes it after them. The embedded database, or a PostgreSQL server
 * where the environment (or the project's configuration) says `GSTD_TEST_DATABASE=postgres`.
 */
export const setup = async ({ provide, config }: Pick<TestProject, 'provide' | 'config'>) => {
  const env: Partial<Record<string, string>> | undefined = config.env
  const kind = env?.['GSTD_TEST_DATABASE'] ?? process.env['GSTD_TEST_DATABASE'] ?? 'pglite'
  if (kind !== 'pglite' && kind !== 'postgres') throw new Error('GSTD_TEST_DATABASE is pglite or postgres')
  const { template, remove } = await (kind === 'postgres' ? makeServer() : makeFolder())
  provide('templateDatabase', template)
  return remove
}
