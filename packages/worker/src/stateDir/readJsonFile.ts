import { readFile } from 'node:fs/promises'
import { GstdError } from '@gstd/sdk'
import type { z } from 'zod'

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/**
 * Reads a JSON file of the state directory.
 *
 * @param hint - what to do when it cannot be read
 * @returns `undefined` when there is no such file
 * @throws GstdError `STATE_CORRUPT`
 */
export const readJsonFile = async <Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  hint: string,
): Promise<z.output<Schema> | undefined> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new GstdError('STATE_CORRUPT', `${file} cannot be read`, { details: { file }, hint, cause: error })
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new GstdError('STATE_CORRUPT', `${file} does not hold what it should`, {
      details: { file },
      hint,
      cause: error,
    })
  }
}
