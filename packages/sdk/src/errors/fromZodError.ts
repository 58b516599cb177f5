import type { z } from 'zod'
import type { ErrorCode } from './codes.ts'
import { GstdError } from './GstdError.ts'

/** The longest list of issues that an error carries; a hostile document could have thousands. */
const MAX_ISSUES = 8

/**
 * Turns a failed schema check into an error that names the path of every wrong field.
 *
 * @param code - the code of the document that was checked
 * @param what - the document's name, for the message
 */
const fromZodError = (code: ErrorCode, what: string, error: z.ZodError): GstdError => {
  const issues = error.issues.slice(0, MAX_ISSUES).map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : []
    const path = [...issue.path, ...(keys.length === 1 ? keys : [])].map(String).join('.')
    return { path, message: issue.message }
  })
  const first = issues[0]
  const where = first === undefined || first.path === '' ? '' : ` at ${first.path}`
  return new GstdError(code, `${what} is not valid${where}: ${first?.message ?? 'unknown issue'}`, {
    details: { path: first?.path ?? '', issues },
  })
}

/**
 * Parses `value` with `schema` or throws a {@link GstdError} with `code`.
 */
export const parseWith = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: ErrorCode,
  what: string,
): z.output<Schema> => {
  const result = schema.safeParse(value)
  if (!result.success) throw fromZodError(code, what, result.error)
  return result.data
}
