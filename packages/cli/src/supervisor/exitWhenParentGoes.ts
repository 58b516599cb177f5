import { Socket } from 'node:net'
import { PARENT_FD_VARIABLE } from './parentPipe.ts'

const DEFAULT_GRACE_MS = 10_000

const inheritedFd = (): number | undefined => {
  const value = process.env[PARENT_FD_VARIABLE]
  delete process.env[PARENT_FD_VARIABLE] // a child of this process must not take its own descriptor 3 for the pipe
  return value !== undefined && /^\d{1,4}$/.test(value) ? Number(value) : undefined
}

const stopThisProcess = (graceMs: number): void => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref()
  process.kill(process.pid, 'SIGTERM')
}

/**
 * Ends this process when the one that supervises it is gone, also by `kill -9`: the kernel closes the pipe between
 * them, nobody has to send a signal. It gets a SIGTERM from itself, so that what it does on SIGTERM is done, and is
 * killed when that takes longer than the grace. Does nothing in a process that no supervisor started; the pipe does
 * not keep the process alive.
 *
 * @param options - `fd`: the pipe's descriptor, default from `GSTD_PARENT_FD`; `graceMs`: default 10,000
 * @returns whether a supervisor is watched
 */
export const exitWhenParentGoes = (options: { fd?: number; graceMs?: number } = {}): boolean => {
  const fd = options.fd ?? inheritedFd()
  if (fd === undefined) return false
  let gone = false
  const onGone = (): void => {
    if (gone) return
    gone = true
    stopThisProcess(options.graceMs ?? DEFAULT_GRACE_MS)
  }
  new Socket({ fd, readable: true, writable: false }).on('error', onGone).on('close', onGone).resume().unref()
  return true
}
