import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyBinaries } from './copyBinaries.ts'
import { freePort } from './freePort.ts'
import { initialise } from './initialise.ts'
import { type Postmaster, startPostmaster } from './startPostmaster.ts'
import { serverUser } from './serverUser.ts'

/** A server of one's own, in a temporary folder. */
export type PostgresServer = {
  /** @returns the URL of a database of this server, with its password; `postgres` is there from the beginning */
  urlOf(database: string): string
  /** `kill -9` of the server, as in a crash: what was acknowledged is there again after the next start. */
  kill(): Promise<void>
  /** Starts again on the same port. */
  restart(): Promise<void>
  /** Ends the server and deletes its folder. */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL on 127.0.0.1, which takes about a second. It ends with this process. Root runs it as `nobody`.
 *
 * @param options.fsync - whether it waits for the disk: without, it is faster, and survives all but a power cut
 */
export const startPostgres = async ({ fsync = false }: { fsync?: boolean } = {}): Promise<PostgresServer> => {
  const directory = await mkdtemp(join(tmpdir(), 'gstd-postgres-'))
  let postmaster: Postmaster | undefined
  const stop = async (): Promise<void> => {
    await postmaster?.stop()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const user = await serverUser()
    const programs = await copyBinaries(join(directory, 'native'))
    const password = randomBytes(16).toString('hex')
    await initialise({ directory, programs, user, password })
    const port = await freePort()
    const start = async (): Promise<void> => {
      postmaster = await startPostmaster({ directory, programs, user, port, fsync })
    }
    await start()
    return {
      urlOf: (database) => `postgres://gstd:${password}@127.0.0.1:${port}/${database}`,
      kill: async () => postmaster?.kill(),
      restart: start,
      stop,
    }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}
