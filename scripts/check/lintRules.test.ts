import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inRoot } from '../bootstrap/paths.mjs'

/** Each file breaks rules; beside it, what the linter must say of it, and nothing else. */
const violations: Record<string, { source: string; rules: string[] }> = {
  'packages/coordinator/src/imports.ts': {
    source: `import { w } from '@gstd/worker'\nexport { w }`,
    rules: ['no-restricted-imports'],
  },
  'packages/coordinator/src/allowed.ts': {
    source: `import { s } from '@gstd/sdk'\nimport { c } from '@gstd/sdk/contracts'\nexport { c, s }`,
    rules: [],
  },
  'contracts/src/imports.ts': {
    source: `import { d } from '@gstd/devnet'\nimport { w } from '@gstd/worker'\nexport { d, w }`,
    rules: ['no-restricted-imports'],
  },
  'packages/cli/src/imports.ts': {
    source: `import { w } from '@gstd/worker'\nimport { d } from '@gstd/worker/dist/deep.js'\nexport { d, w }`,
    rules: ['no-restricted-imports'],
  },
  'packages/sdk/src/imports.ts': {
    source: `import { readFile } from 'node:fs'\nimport { Cell } from '@ton/core'\nimport { c } from '@gstd/cli'\nexport { c, Cell, readFile }`,
    rules: ['no-restricted-imports', 'no-restricted-imports', 'no-restricted-imports'],
  },
  'packages/sdk/src/contracts/imports.ts': {
    source: `import { Cell } from '@ton/core'\nimport { readFile } from 'node:fs'\nexport { Cell, readFile }`,
    rules: ['no-restricted-imports'],
  },
  'packages/worker/src/a.ts': { source: `import { b } from './b.ts'\nexport const a = () => b()`, rules: ['no-cycle'] },
  'packages/worker/src/b.ts': { source: `import { a } from './a.ts'\nexport const b = () => a()`, rules: ['no-cycle'] },
  'packages/worker/src/promises.ts': {
    source: `const later = async () => {}\nlater()\n;[1].forEach(async () => {})\nexport { later }`,
    rules: ['no-floating-promises', 'no-misused-promises'],
  },
  'packages/worker/src/style.ts': {
    source: `import fs from 'fs'\nconst a = (v: any) => v!.x === fs\nexport default a`,
    rules: ['no-default-export', 'no-explicit-any', 'no-non-null-assertion', 'prefer-node-protocol'],
  },
  'packages/worker/src/long.ts': { source: 'export {}\n'.repeat(401), rules: ['max-lines'] },
  'packages/worker/src/skipped.test.ts': {
    source: `import { it } from 'vitest'\nit.only('a', () => {})\nit.skip('b', () => {})`,
    rules: ['no-disabled-tests', 'no-focused-tests'],
  },
}

type Diagnostic = { code: string; filename: string }

describe('the linter’s configuration', () => {
  let folder = ''
  let found: Diagnostic[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gstd-lint-'))
    await cp(inRoot('.oxlintrc.json'), join(folder, '.oxlintrc.json'))
    await symlink(inRoot('node_modules'), join(folder, 'node_modules'))
    await writeFile(
      join(folder, 'tsconfig.json'),
      '{ "compilerOptions": { "module": "nodenext", "target": "es2024", "strict": true, "noEmit": true, "allowImportingTsExtensions": true } }',
    )
    for (const [path, { source }] of Object.entries(violations)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), source)
    }
    const { stdout } = spawnSync(inRoot('node_modules/.bin/oxlint'), ['-f', 'json', 'packages', 'contracts'], {
      cwd: folder,
      encoding: 'utf8',
    })
    const report: { diagnostics: Diagnostic[] } = JSON.parse(stdout)
    found = report.diagnostics
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each(Object.entries(violations))('%s', (path, { rules }) => {
    const codes = found.filter(({ filename }) => filename === path).map(({ code }) => /\((.*)\)/.exec(code)?.[1])
    expect(new Set(codes)).toEqual(new Set(rules))
    expect(codes).toHaveLength(rules.length)
  })
})
