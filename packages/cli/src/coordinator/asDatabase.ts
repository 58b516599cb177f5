import { resolve } from 'node:path'
import { GstdError } from '@gstd/sdk'

/**
 * Parses where a coordinator's database is.
 *
 * @throws GstdError `USAGE_INVALID`
 */
export const asDatabase = (text: string): { databaseUrl: string } | { databaseDir: string } => {
  if (/^postgres(?:ql)?:\/\//.test(text)) return { databaseUrl: text }
  if (!/^\w+:\/\//.test(text)) return { databaseDir: resolve(text) }
  throw new GstdError('USAGE_INVALID', '--database takes a folder, or postgres://USER@HOST/DATABASE')
}
