import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ErrorCode, GstdError, parseWith } from '@gstd/sdk'
import type { z } from 'zod'
import { readPrivateFile } from './readPrivateFile.ts'

/** Private files are the owner's only; public ones may be read by all. */
const MODES = { private: 0o600, public: 0o644 } as const

const isMissing = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'

const parseJson = <Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  code: ErrorCode,
  what: string,
): z.output<Schema> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may be a secret.
    throw new GstdError(code, `${what} ${file} is not JSON`, { details: { file } })
  }
  return parseWith(schema, value, code, `${what} ${file}`)
}

/**
 * Reads a JSON file and checks it.
 *
 * @param what - the file's name in messages
 * @returns undefined when there is no such file
 * @throws GstdError with `code` when it cannot be read or is not what it should be
 */
export const readJsonFile = async <Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  code: ErrorCode,
  what: string,
): Promise<z.output<Schema> | undefined> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (isMissing(cause)) return undefined
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GstdError(code, `${what} ${file} cannot be read: ${reason}`, { details: { file }, cause })
  }
  return parseJson(text, file, schema, code, what)
}

/**
 * Reads a JSON file with a secret as `readJsonFile` does.
 *
 * @throws GstdError `STATE_EXPOSED` when others may read it, `STATE_CORRUPT`
 */
export const readPrivateJsonFile = async <Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  what: string,
): Promise<z.output<Schema> | undefined> => {
  const text = await readPrivateFile(file, 'STATE_CORRUPT', what)
  return text === undefined ? undefined : parseJson(text, file, schema, 'STATE_CORRUPT', what)
}

/**
 * Writes a JSON file in one step: after a crash there is the old content or the new one, never half of it.
 */
export const writeJsonFile = async (file: string, value: unknown, access: keyof typeof MODES): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomUUID()}.tmp`
  const handle = await open(temporary, 'wx', MODES[access])
  try {
    await handle.writeFile(`${JSON.stringify(value, undefined, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await rename(temporary, file)
  } catch (thrown) {
    await rm(temporary, { force: true })
    throw thrown
  }
}
