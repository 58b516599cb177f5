import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { coordinatorMessageSchema, deviceMessageSchema, logEntrySchema } from '@gstd/sdk'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).filter(
  (file) => !/\.(?:test|testing)\.ts$/.test(file),
)

/** Everything that a pattern's first group matches, sorted. */
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found).sort()

const section = (text: string, heading: string): string => text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
const protocol = read('docs/protocol.md')

describe('docs/protocol.md', () => {
  it('has a row for every kind of hashed document, and for no other', () => {
    const declared = sources.flatMap((file) => all(read(file), /\b(?:defineDocument|hashDocument)\(\s*'([^']+)'/g))
    const [hashed = ''] = section(protocol, 'Documents').split('Hashed otherwise')
    expect(all(hashed, /^\| `([^`]+)` \|/gm)).toEqual([...new Set(declared)].sort())
  })

  it('has a row for every route of the coordinator, and for no other', () => {
    const routes = globSync('packages/coordinator/src/http/routes/*.ts', { cwd: root }).flatMap((file) =>
      [...read(file).matchAll(/server\.(get|put|post|delete)\(\s*'([^']+)'/g)].map(
        ([, method = '', path]) => `${method.toUpperCase()} ${path}`,
      ),
    )
    const webSocket = 'GET /api/v1/device'
    expect(all(section(protocol, 'HTTP API'), /^\| `([A-Z]+ [^`]+)` \|/gm)).toEqual([...routes, webSocket].sort())
  })

  it('has a row for every message between coordinator and device', () => {
    const types = (schema: typeof deviceMessageSchema | typeof coordinatorMessageSchema) =>
      schema.options.map(({ shape }) => shape.type.value).sort()
    const messages = section(protocol, 'The device connection')
    expect(all(messages, /^\| device \| `([^`]+)` \|/gm)).toEqual(types(deviceMessageSchema))
    expect(all(messages, /^\| coordinator \| `([^`]+)` \|/gm)).toEqual(types(coordinatorMessageSchema))
  })

  it('has a row for every kind of log entry', () => {
    const kinds = logEntrySchema.options.map(({ shape }) => shape.kind.value).sort()
    expect(all(section(protocol, 'The log and its heads'), /^\| `([^`]+)` \|/gm)).toEqual(kinds)
  })
})

describe('docs/guides/run-a-network.md', () => {
  it('has a row for every metric of the coordinator, and for no other', () => {
    const declared = all(read('packages/coordinator/src/metrics/createInstruments.ts'), /'(gstd_[a-z_]+)'/g)
    expect(all(section(read('docs/guides/run-a-network.md'), 'Metrics'), /^\| `(gstd_[^`]+)` \|/gm)).toEqual(declared)
  })
})

describe('the documentation', () => {
  const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md', 'contracts/README.md', 'examples/*.md'], {
    cwd: root,
  })

  it.each(pages)('%s links to files that are there', (page) => {
    const links = all(read(page), /\]\(([^)#\s]+)(?:#[^)]*)?\)/g).filter((link) => !/^[a-z]+:/.test(link))
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
  })
})
