import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { childArguments, childEnvironment } from './childArguments.ts'

describe('the child’s sandbox', () => {
  it('denies files, processes, threads, code and the network', () => {
    const script = fileURLToPath(new URL('./escapeForTests.ts', import.meta.url))
    const printed = execFileSync(process.execPath, childArguments(script, 512), { env: childEnvironment() })
    const outcomes: Record<string, string> = JSON.parse(printed.toString())
    expect(Object.keys(outcomes).length).toBeGreaterThan(10)
    expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'denied')).toEqual([])
  })

  it('starts without the worker’s environment', () => {
    expect(Object.keys(childEnvironment()).filter((name) => name !== 'SystemRoot')).toEqual(['UV_USE_IO_URING'])
  })
})
