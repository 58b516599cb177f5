import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { type ErrorCode, GstdError } from '@gstd/sdk'

const MAX_BYTES = 64 * 1024
const GROUP_AND_OTHERS = 0o077

const isMissing = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'

/**
 * Reads a file with a secret, and refuses one that others may read. Windows has no such modes.
 *
 * @param what - the file's name in messages
 * @returns undefined when there is no such file
 * @throws GstdError `STATE_EXPOSED`; `code` when it cannot be read or is too long
 */
export const readPrivateFile = async (file: string, code: ErrorCode, what: string): Promise<string | undefined> => {
  const refuse = (reason: string, cause?: unknown) =>
    new GstdError(code, `${what} ${file} cannot be read: ${reason}`, { details: { file }, cause })
  let handle: Awaited<ReturnType<typeof open>>
  try {
    handle = await open(file, constants.O_RDONLY)
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause)
  }
  try {
    const status = await handle.stat()
    if (status.isDirectory()) throw refuse('it is a folder')
    if (process.platform !== 'win32' && status.isFile() && (status.mode & GROUP_AND_OTHERS) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, '0')
      throw new GstdError('STATE_EXPOSED', `${what} ${file} may be read by others: its mode is ${mode}`, {
        details: { file, mode },
        hint: `run: chmod 600 ${file}`,
      })
    }
    if (status.size > MAX_BYTES) throw refuse('it is too long')
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}
