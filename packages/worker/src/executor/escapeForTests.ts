import { execFileSync } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import { lockDown } from './lockDown.ts'
import { loadRuntime } from './loadRuntime.ts'

/**
 * Runs as the executor's child does, and tries to get out: prints the names of the attempts that succeeded.
 */
const attempts: Record<string, () => unknown> = {
  'read a file': () => readFileSync(process.execPath),
  'read itself': () => readFileSync(import.meta.filename),
  'open a file': async () => (await open('/etc/hostname')).close(),
  'list a folder': () => readdirSync('/'),
  'write a file': () => writeFileSync('gstd-escape', ''),
  'follow a link': () => readlinkSync('/proc/self/exe'),
  'start a process': () => execFileSync(process.execPath, ['--version']),
  'start a thread': () => new Worker('', { eval: true }),
  'load code': () => import(new URL('./frame.ts?again', import.meta.url).href),
  'load an addon': () => process.dlopen({ exports: {} }, '/lib/libc.so.6'),
  'resolve a name': () => lookup('example.com'),
  connect: () =>
    new Promise((resolve, reject) => {
      connect(9, '127.0.0.1').on('connect', resolve).on('error', reject)
    }),
  // Not a port that `fetch` refuses by itself.
  fetch: () => fetch('http://127.0.0.1:8080/'),
  'allow itself more': () => process.permission?.has('fs.read') === true || Promise.reject(new Error('no')),
}

await loadRuntime()
lockDown()

/** A refused connection was tried: the network itself must be what is denied. */
const wasDenied = (error: unknown): boolean => {
  const { code, cause } = Object(error)
  const isDenied = code === 'ERR_ACCESS_DENIED' || code === 'ERR_DLOPEN_DISABLED'
  return isDenied || (cause !== undefined && wasDenied(cause)) || Object(error).message === 'no'
}

const outcomes: Record<string, string> = {}
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await attempt()
    outcomes[name] = 'succeeded'
  } catch (error) {
    outcomes[name] = wasDenied(error) ? 'denied' : String(error)
  }
}
process.stdout.write(JSON.stringify(outcomes))
