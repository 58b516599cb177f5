import { GstdError } from '@gstd/sdk'

const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * Reads `--param key=value`: a value that is JSON (`3`, `true`, `["a"]`) is that value, everything else is text.
 *
 * @throws GstdError `USAGE_INVALID`
 */
export const parseParam = (text: string): readonly [string, unknown] => {
  const at = text.indexOf('=')
  if (at < 1)
    throw new GstdError('USAGE_INVALID', `"${text}" is not of the form key=value`, { details: { value: text } })
  return [text.slice(0, at), parseValue(text.slice(at + 1))]
}
