import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { codes, type ErrorCode, isErrorCode } from './codes.ts'
import { chainCodes } from './codes/chain.ts'
import { configCodes } from './codes/config.ts'
import { deviceCodes } from './codes/device.ts'
import { documentCodes } from './codes/document.ts'
import { intakeCodes } from './codes/intake.ts'
import { networkCodes } from './codes/network.ts'
import { taskCodes } from './codes/task.ts'
import { GstdError } from './GstdError.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const docs = readFileSync(`${root}docs/errors.md`, 'utf8')
const declared = Object.keys(codes).filter(isErrorCode)

type Described = { anchor: string; code: string; facts: string; meaning: string; advice: string }

const ENTRY =
  /^### <a id="(?<anchor>[^"]+)"><\/a>(?<code>\w+)\n\n(?<facts>.+)\n\n(?<meaning>.+)\n\n\*\*What to do:\*\* (?<advice>.+)$/gm

const described = [...docs.matchAll(ENTRY)].map(({ groups }) => groups as Described)
const headings = [...docs.matchAll(/^### .*?(\w+)$/gm)].map(([, code]) => code)

/** Codes that no package of this repository raises itself: they come from peers of another version, or from devices. */
const raisedByPeersOnly: readonly ErrorCode[] = []

const sources = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root }).filter(
  (path) => !/\.(test|testing)\.tsx?$/.test(path) && !path.includes('/errors/codes/'),
)
const texts = sources.map((path) => readFileSync(root + path, 'utf8'))

describe('error codes', () => {
  it('are named AREA_REASON and say in one sentence what they mean', () => {
    for (const code of declared) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/)
      expect(codes[code].meaning).toMatch(/^[^\n]+\.$/)
    }
  })

  it('belong to one area each', () => {
    const areas = [documentCodes, intakeCodes, taskCodes, deviceCodes, chainCodes, networkCodes, configCodes]
    expect(areas.flatMap((area) => Object.keys(area))).toEqual(declared)
  })

  it('have a status of HTTP’s errors that fits their fault', () => {
    for (const code of declared) {
      const { httpStatus, fault } = new GstdError(code, '')
      expect(httpStatus).toBeGreaterThanOrEqual(400)
      expect(httpStatus).toBeLessThan(600)
      if (fault === 'internal') expect(httpStatus).toBe(500)
    }
  })

  it('are described in docs/errors.md, all of them, in order, and no others', () => {
    expect(described.map(({ code }) => code)).toEqual(declared)
    expect(headings).toEqual(declared)
  })

  it.each(described)('$code is described as it is declared', ({ anchor, code, facts, meaning, advice }) => {
    if (!isErrorCode(code)) throw new Error(`${code} is no code`)
    const error = new GstdError(code, '')
    const retryable = error.retryable ? 'retryable' : 'not retryable'
    expect(error.docsUrl).toBe(`docs/errors.md#${anchor}`)
    expect(facts).toBe(`\`${error.fault}\` · HTTP ${error.httpStatus} · exit ${error.exitCode} · ${retryable}`)
    expect(meaning).toBe(codes[code].meaning)
    expect(advice.length).toBeGreaterThan(20)
  })

  it('have the exit codes of the table', () => {
    const table = new Map(
      [...docs.matchAll(/^\| `(\w+)` \| (\d) \|/gm)].map(([, fault, exit]) => [fault, Number(exit)]),
    )
    for (const code of declared) {
      const { fault, exitCode } = new GstdError(code, '')
      expect(table.get(fault)).toBe(exitCode)
    }
    expect(new Set(table.values()).size).toBe(6)
  })

  it('are all used somewhere', () => {
    const unused = declared.filter(
      (code) => !raisedByPeersOnly.includes(code) && !texts.some((text) => text.includes(`'${code}'`)),
    )
    expect(unused).toEqual([])
  })

  it('are the only ones that sources raise', () => {
    const raised = texts.flatMap((text) => [...text.matchAll(/new GstdError\(\s*'(\w+)'/g)].map(([, code]) => code))
    expect(raised.length).toBeGreaterThan(50)
    expect(raised.filter((code) => code === undefined || !isErrorCode(code))).toEqual([])
  })
})
