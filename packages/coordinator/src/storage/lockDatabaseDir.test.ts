import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from './copyDatabase.testing.ts'
import { lockDatabaseDir } from './lockDatabaseDir.ts'

it('refuses a folder that has an owner, until it is given back', async () => {
  const directory = join(await temporaryFolder(), 'coordinator')
  const first = await lockDatabaseDir(directory)
  await expect(lockDatabaseDir(directory)).rejects.toMatchObject({ code: 'STATE_LOCKED' })
  first.release()
  first.release()
  const second = await lockDatabaseDir(directory)
  second.release()
})

it('refuses a folder of another process, until that is killed', async () => {
  const directory = await temporaryFolder()
  const module = JSON.stringify(join(import.meta.dirname, 'lockDatabaseDir.ts'))
  const script = `
    const { lockDatabaseDir } = await import(${module})
    globalThis.lock = await lockDatabaseDir(${JSON.stringify(directory)})
    console.log('locked')
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    await expect(lockDatabaseDir(directory)).rejects.toMatchObject({ code: 'STATE_LOCKED' })
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const lock = await lockDatabaseDir(directory)
  lock.release()
})
