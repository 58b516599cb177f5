import { GstdError } from '@gstd/sdk'
import type { ChainAccess } from '@gstd/sdk/contracts'

const MAX_PER_SECOND = 10_000

/**
 * Reads from the environment how the chain's endpoint may be used: `GSTD_TON_API_KEY`, `GSTD_TON_REQUESTS_PER_SECOND`.
 *
 * @throws GstdError `CONFIG_INVALID`
 */
export const chainAccessFromEnv = (env: NodeJS.ProcessEnv): ChainAccess => {
  const apiKey = env['GSTD_TON_API_KEY'] === '' ? undefined : env['GSTD_TON_API_KEY']
  if (apiKey !== undefined && !/^[\x21-\x7e]{1,512}$/.test(apiKey)) {
    throw new GstdError('CONFIG_INVALID', 'GSTD_TON_API_KEY is no key: it has spaces or other characters')
  }
  const text = env['GSTD_TON_REQUESTS_PER_SECOND']
  if (text === undefined || text === '') return { apiKey }
  const requestsPerSecond = Number(text)
  if (!(requestsPerSecond > 0 && requestsPerSecond <= MAX_PER_SECOND)) {
    throw new GstdError('CONFIG_INVALID', `GSTD_TON_REQUESTS_PER_SECOND: "${text}" is not a number above 0`, {
      hint: `give a number up to ${MAX_PER_SECOND}, such as 10 or 0.5`,
    })
  }
  return { apiKey, requestsPerSecond }
}
