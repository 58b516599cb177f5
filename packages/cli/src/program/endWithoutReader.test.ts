import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const entry = fileURLToPath(new URL('../gstd.ts', import.meta.url))

/** What cannot be written: a file open for reading and, where there is one, a device that is always full. */
const unwritable: (readonly [string, 'r' | 'w'])[] = [
  [entry, 'r'],
  ...(existsSync('/dev/full') ? [['/dev/full', 'w'] as const] : []),
]

it.each(unwritable)('says in one line that %s cannot be written', async (file, flags) => {
  const stdout = openSync(file, flags)
  const words = ['--conditions=@gstd/source', entry, 'help', 'output']
  const child = spawn(process.execPath, words, { stdio: ['ignore', stdout, 'pipe'] })
  closeSync(stdout)
  const closed = once(child, 'close')
  if (child.stderr === null) throw new Error('no standard error')
  expect(await text(child.stderr)).toMatch(/^error  the output cannot be written: .+\n$/)
  expect(await closed).toEqual([3, null])
})

it('ends quietly when its reader is gone', async () => {
  const child = spawn(process.execPath, ['--conditions=@gstd/source', entry, 'help', 'output'])
  const closed = once(child, 'close')
  child.stdout.destroy()
  expect(await text(child.stderr)).toBe('')
  expect(await closed).toEqual([0, null])
})
