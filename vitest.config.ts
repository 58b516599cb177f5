import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { closingLine } from './scripts/closingLine.ts'

// `npm test` hands its pipe to this process only: what tests start would take it for theirs, find it closed, and end.
delete process.env['GSTD_PARENT_FD']

// Compiled code of the sources, for the processes that tests start: they would read and strip the same files each time.
process.env['NODE_COMPILE_CACHE'] = fileURLToPath(new URL('node_modules/.cache/tests', import.meta.url))

/** Vitest leaves a processor free for an editor. Here files wait for the processes and timers of their tests as well. */
const maxWorkers = availableParallelism()

const setupFiles = [fileURLToPath(new URL('scripts/propertySeed.testing.ts', import.meta.url))]

/** Tests run on the sources: no build stands between a change and its test. */
const conditions = ['@gstd/source']
const fromSources = {
  resolve: { conditions },
  ssr: { resolve: { conditions: [...conditions, 'node', 'module', 'default'] } },
}

type Parts = { include?: string[]; globalSetup?: string[]; env?: Record<string, string> }
const unit = (
  name: string,
  root: string,
  { include = ['src/**/*.test.{ts,tsx}'], globalSetup = [], env = {} }: Parts = {},
) => ({
  ...fromSources,
  test: { name, root, include, globalSetup, env, setupFiles, maxWorkers, testTimeout: 60_000, hookTimeout: 60_000 },
})

const templateDatabase = fileURLToPath(
  new URL('packages/coordinator/src/storage/templateDatabase.testing.ts', import.meta.url),
)

/** What depends most on the database, once more on a PostgreSQL server. */
const onPostgres = {
  include: ['log/journal', 'dispatch/walk', 'dispatch/restart', 'payments/logCharges', 'payments/auditorAnswers'].map(
    (name) => `src/${name}.test.ts`,
  ),
  globalSetup: [templateDatabase],
  env: { GSTD_TEST_DATABASE: 'postgres' },
}

/** Whole networks of real processes. */
const system = (name: string, parts: { include: string[]; exclude?: string[]; maxWorkers: number }) => ({
  ...fromSources,
  test: { name, root: 'test', ...parts, setupFiles, testTimeout: 600_000, hookTimeout: 300_000 },
})

/** System tests that hold a time or a rate of fees against a bound: nothing else may run beside them. */
const measured = ['demo', 'killWorker'].map((name) => `${name}.test.ts`)

/** One project for each package, and the whole-system runs. */
export default defineConfig({
  test: {
    retry: 0,
    reporters: ['default', closingLine()],
    projects: [
      unit('sdk', 'packages/sdk'),
      unit('coordinator', 'packages/coordinator', { globalSetup: [templateDatabase] }),
      unit('coordinator-postgres', 'packages/coordinator', onPostgres),
      unit('auditor', 'packages/auditor'),
      unit('worker', 'packages/worker'),
      unit('devnet', 'packages/devnet'),
      unit('cli', 'packages/cli'),
      unit('contracts', 'contracts'),
      unit('scripts', 'scripts', { include: ['**/*.test.ts'], env: { NODE_DISABLE_COMPILE_CACHE: '1' } }),
      system('system', { include: ['**/*.test.ts'], exclude: measured, maxWorkers }),
      system('system-alone', { include: measured, maxWorkers: 1 }),
    ],
  },
})
