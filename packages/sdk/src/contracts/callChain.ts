import { GstdError } from '../errors/GstdError.ts'

const causeOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return String(thrown)
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
  return code ?? thrown.message
}

/**
 * Calls the chain's endpoint; what the TON library throws becomes an error of ours.
 *
 * @throws GstdError `CHAIN_UNAVAILABLE`
 */
export const callChain = async <Result>(endpoint: string, call: () => Promise<Result>): Promise<Result> => {
  try {
    return await call()
  } catch (thrown) {
    if (thrown instanceof GstdError) throw thrown
    const tooFast = thrown instanceof Error && 'status' in thrown && thrown.status === 429
    const problem = tooFast ? 'asks for fewer requests' : 'does not answer'
    throw new GstdError('CHAIN_UNAVAILABLE', `the TON endpoint ${endpoint} ${problem}: ${causeOf(thrown)}`, {
      details: { endpoint },
      hint: tooFast
        ? 'get a key from whoever runs it and set GSTD_TON_API_KEY, or lower GSTD_TON_REQUESTS_PER_SECOND'
        : 'check that it runs and that the network’s file has its address',
      cause: thrown,
    })
  }
}
