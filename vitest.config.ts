import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['@gstd/source'] }
const ssr = { resolve: { conditions: ['@gstd/source', 'node', 'module', 'import', 'default'] } }
const unit = (name: string, root: string) => ({
  resolve,
  ssr,
  test: { name, root, include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], testTimeout: 60_000, hookTimeout: 60_000 },
})

/** One project for each package, and `system` for the whole-system runs over real processes. */
export default defineConfig({
  test: {
    retry: 0,
    projects: [
      unit('sdk', 'packages/sdk'),
      unit('coordinator', 'packages/coordinator'),
      unit('auditor', 'packages/auditor'),
      unit('worker', 'packages/worker'),
      unit('devnet', 'packages/devnet'),
      unit('cli', 'packages/cli'),
      unit('contracts', 'contracts'),
      {
        resolve,
        ssr,
        test: {
          name: 'system',
          root: 'test',
          include: ['**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
