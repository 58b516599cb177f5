/**
 * What `npm run NAME` does, in one place. `runs` is the script that the pinned Node is given, relative to the root;
 * `needs` is what must be there before: `built` packages that run, or nothing but the installed dependencies.
 *
 * @typedef {{ summary: string, needs: 'built' | 'installed', runs: readonly string[] }} Command
 * @type {Readonly<Record<string, Command>>}
 */
export const commands = {
  demo: {
    summary: 'a local network from chain to devices, real tasks, receipts and payments',
    needs: 'built',
    runs: ['examples/demo/main.ts'],
  },
  test: {
    summary: 'every test; arguments go to vitest, such as `-- --project sdk`',
    needs: 'built',
    runs: ['node_modules/vitest/vitest.mjs', 'run'],
  },
  check: {
    summary: 'types, lint, dependency directions, format, unused code, contract code',
    needs: 'installed',
    runs: ['scripts/check.ts'],
  },
  build: {
    summary: 'contracts, models, bundles and declarations of every package',
    needs: 'installed',
    runs: ['scripts/build.ts', '--all'],
  },
  bench: { summary: 'a measurement by name: `npm run bench -- NAME`', needs: 'built', runs: ['bench/main.ts'] },
  fuzz: {
    summary: 'random operations against the invariants: `npm run fuzz -- contracts`',
    needs: 'built',
    runs: ['contracts/fuzz.ts'],
  },
  format: {
    summary: 'formats every file in place',
    needs: 'installed',
    runs: ['node_modules/oxfmt/bin/oxfmt', '--write', '.'],
  },
}
