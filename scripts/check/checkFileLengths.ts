import { readFile } from 'node:fs/promises'
import { inRoot } from '../bootstrap/paths.mjs'
import { runTool, type StepResult } from '../build/runTool.ts'

const MAX_LINES = 400

/** Counts the lines of what the linter does not read: contracts and scripts of the shell. */
export const checkFileLengths = async (): Promise<StepResult> => {
  const listed = await runTool('git', [
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    '*.tolk',
    '*.sh',
    '.ci/run',
  ])
  if (!listed.passed) return listed
  const files = listed.output.split('\n').filter(Boolean)
  const lengths = await Promise.all(
    files.map(async (file) => ({ file, lines: (await readFile(inRoot(file), 'utf8')).split('\n').length - 1 })),
  )
  const long = lengths.filter(({ lines }) => lines > MAX_LINES)
  const output = long.map(({ file, lines }) => `${file} has ${lines} lines, the limit is ${MAX_LINES}`).join('\n')
  return { passed: long.length === 0, output }
}
