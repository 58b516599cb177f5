import { GstdError } from '../errors/GstdError.ts'

const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** @returns in a few words why a request got no answer: what `fetch` threw says so in its cause. */
export const unreachableReason = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return String(thrown)
  const { cause } = thrown
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
  return thrown.name === 'TimeoutError' ? 'no answer in time' : thrown.message
}

/**
 * Reads a coordinator's answer, which is JSON or empty, up to 64 MiB.
 *
 * @throws GstdError `PEER_ERROR` for a longer one, and for one that is not JSON
 */
export const readAnswer = async (response: Response): Promise<unknown> => {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) {
      throw new GstdError('PEER_ERROR', `the coordinator’s answer is over ${MAX_ANSWER_BYTES} bytes`)
    }
    chunks.push(chunk)
  }
  if (bytes === 0) return undefined
  const text = await new Blob(chunks).text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new GstdError('PEER_ERROR', `the coordinator answered ${response.status} with something that is not JSON`, {
      hint: 'check that the address is a coordinator’s and that no proxy stands between',
      cause,
    })
  }
}
