import type { Reporter, TestModule } from 'vitest/node'

/**
 * Reporter whose one line ends a run: `N passed, N failed`. Counts what vitest reports: tests by their state, a file
 * that could not be loaded, a failed hook of a suite and an error outside of any test as one failure each.
 */
export const closingLine = (): Reporter => {
  let line: string | undefined
  return {
    onInit() {
      process.once('exit', () => {
        if (line !== undefined) process.stdout.write(`${line}\n`) // after whatever the other reporters have to say
      })
    },
    onTestRunEnd(modules: readonly TestModule[], unhandledErrors) {
      const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
      const count = (state: string): number => states.filter((found) => found === state).length
      const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
      const broken = suites.filter((suite) => suite.errors().length > 0).length
      const skipped = count('skipped')
      line =
        `${count('passed')} passed, ${count('failed') + broken + unhandledErrors.length} failed` +
        (skipped === 0 ? '' : `, ${skipped} skipped`)
    },
  }
}
