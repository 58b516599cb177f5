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
    throw new GstdError('CHAIN_UNAVAILABLE', `the TON endpoint ${endpoint} does not answer: ${causeOf(thrown)}`, {
      details: { endpoint },
      hint: 'check that it runs and that the network’s file has its address',
      cause: thrown,
    })
  }
}
