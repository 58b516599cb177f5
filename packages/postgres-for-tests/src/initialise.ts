import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServerUser } from './serverUser.ts'

/** What makes the data folder of a new server. */
export type Initialisation = { directory: string; programs: string; user: ServerUser; password: string }

/** Makes `data` in the folder, for the role `gstd` with its password. */
export const initialise = async ({ directory, programs, user, password }: Initialisation): Promise<void> => {
  const passwordFile = join(directory, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user !== undefined) for (const path of [directory, passwordFile]) await chown(path, user.uid, user.gid)
  const where = ['-D', join(directory, 'data'), '-U', 'gstd', `--pwfile=${passwordFile}`]
  const initdb = spawn(
    join(programs, 'initdb'),
    [...where, '--auth=scram-sha-256', '--encoding=UTF8', '--no-locale', '--no-sync'],
    { ...user, cwd: directory, env: { LC_ALL: 'C' }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  initdb.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = await once(initdb, 'close')
  if (code !== 0) throw new Error(`initdb ended with ${String(code)}: ${said}`)
}
