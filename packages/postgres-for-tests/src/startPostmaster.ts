import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ServerUser } from './serverUser.ts'

export type PostmasterOptions = {
  /** With `data` in it. */
  directory: string
  programs: string
  user: ServerUser
  port: number
  fsync: boolean
}

/** A running server's processes. */
export type Postmaster = {
  /** `kill -9`. */
  kill(): Promise<void>
  /** Ends it in order; it waits for no client. */
  stop(): Promise<void>
}

const READY_MS = 60_000
const POLL_MS = 20

/** Ends the server when standard input closes, so that it does not outlive whoever started it, `kill -9` included. */
const KEEPER =
  'exec 3<&0; "$@" 2>>"$0" 3<&- & server=$!; { cat; kill -INT $server; } <&3 >/dev/null 2>&1 & exec 3<&-; wait $server'

/** https://www.postgresql.org/docs/18/storage-file-layout.html: first line the id, eighth the state. */
const readPidFile = async (data: string): Promise<{ pid: number; state: string } | undefined> => {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  return lines.length < 8 ? undefined : { pid: Number(lines[0]), state: lines[7]?.trim() ?? '' }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** @returns when it takes connections */
export const startPostmaster = async (options: PostmasterOptions): Promise<Postmaster> => {
  const { directory, programs, user, port, fsync } = options
  const data = join(directory, 'data')
  const log = join(directory, 'log')
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `port=${port}`,
    `fsync=${fsync ? 'on' : 'off'}`,
  ]
  const command = [join(programs, 'postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])]
  const before = await readPidFile(data)
  const launch = (): ChildProcess =>
    spawn('/bin/sh', ['-c', KEEPER, log, ...command], {
      ...user,
      cwd: directory,
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    })

  let keeper = launch()
  const end = async (): Promise<void> => {
    if (hasEnded(keeper)) {
      keeper.stdin?.end()
      return
    }
    const ended = once(keeper, 'exit')
    keeper.stdin?.end()
    await ended
  }
  const deadlineMs = performance.now() + READY_MS
  for (;;) {
    const now = await readPidFile(data)
    if (now?.state === 'ready' && now.pid !== before?.pid) {
      const { pid } = now
      return {
        kill: async () => {
          process.kill(pid, 'SIGKILL')
          await end()
        },
        stop: end,
      }
    }
    if (hasEnded(keeper)) {
      // Of one that was killed, backends may still be there for a moment: the new one refuses to start beside them.
      keeper.stdin?.end()
      keeper = launch()
    }
    if (performance.now() > deadlineMs) {
      await end()
      throw new Error(`PostgreSQL is not ready: ${await readFile(log, 'utf8').catch(() => '')}`)
    }
    await delay(POLL_MS)
  }
}
