import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate } from './migrate.ts'
import { openPglite } from './openPglite.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of a migrated, empty database that tests copy: making one takes seconds, copying it a moment. */
    templateDatabase: string
  }
}

let directory: string | undefined

/** Makes the template once for all test files. */
export const setup = async ({ provide }: Pick<TestProject, 'provide'>): Promise<void> => {
  directory = await mkdtemp(join(tmpdir(), 'gstd-template-'))
  const database = await openPglite(directory)
  await migrate(database)
  await database.close()
  provide('templateDatabase', directory)
}

export const teardown = async (): Promise<void> => {
  if (directory !== undefined) await rm(directory, { recursive: true, force: true })
}
