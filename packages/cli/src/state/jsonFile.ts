import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ErrorCode, GstdError, parseWith } from '@gstd/sdk'
import type { z } from 'zod'
import { makeDir } from './makeDir.ts'
import { readPrivateFile } from './readPrivateFile.ts'
import { recoveryOf } from './recoveryOf.ts'

/** Private files are the owner's only; public ones may be read by all. */
const MODES = { private: 0o600, public: 0o644 } as const

const codeOf = (thrown: unknown): unknown => (thrown instanceof Error && 'code' in thrown ? thrown.code : undefined)

const isMissing = (thrown: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(String(codeOf(thrown)))

/** @returns the error of a damaged file with what to do about it; one that cannot be read may be whole. */
const withRecovery = (thrown: unknown, file: string): unknown => {
  if (!(thrown instanceof GstdError) || thrown.hint !== undefined || codeOf(thrown.cause) !== undefined) return thrown
  const { hint, next } = recoveryOf(file)
  const details = { ...thrown.details, ...(next !== undefined && { next }) }
  return new GstdError(thrown.code, thrown.message, { details, hint, cause: thrown.cause })
}

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

/** Reads with `read` and checks; adds to errors what to do about them. */
const readChecked = async <Schema extends z.ZodType>(
  read: () => Promise<string | undefined>,
  file: string,
  schema: Schema,
  code: ErrorCode,
  what: string,
): Promise<z.output<Schema> | undefined> => {
  try {
    const text = await read()
    return text === undefined ? undefined : parseJson(text, file, schema, code, what)
  } catch (thrown) {
    throw withRecovery(thrown, file)
  }
}

const readPublicFile = async (file: string, code: ErrorCode, what: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if (isMissing(cause)) return undefined
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GstdError(code, `${what} ${file} cannot be read: ${reason}`, { details: { file }, cause })
  }
}

/**
 * Reads a JSON file and checks it.
 *
 * @param what - the file's name in messages
 * @returns undefined when there is no such file
 * @throws GstdError with `code` when it cannot be read or is not what it should be
 */
export const readJsonFile = <Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  code: ErrorCode,
  what: string,
): Promise<z.output<Schema> | undefined> =>
  readChecked(() => readPublicFile(file, code, what), file, schema, code, what)

/**
 * Reads a JSON file with a secret as `readJsonFile` does.
 *
 * @throws GstdError `STATE_EXPOSED` when others may read it, `STATE_CORRUPT`
 */
export const readPrivateJsonFile = <Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  what: string,
): Promise<z.output<Schema> | undefined> =>
  readChecked(() => readPrivateFile(file, 'STATE_CORRUPT', what), file, schema, 'STATE_CORRUPT', what)

/**
 * Writes a JSON file in one step: after a crash there is the old content or the new one, never half of it.
 */
export const writeJsonFile = async (file: string, value: unknown, access: keyof typeof MODES): Promise<void> => {
  await makeDir(dirname(file))
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
