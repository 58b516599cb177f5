import {
  GstdError,
  type NetworkParameters,
  type Origin,
  parametersDocument,
  parametersSchema,
  parseWith,
  verifySignature,
} from '@gstd/sdk'
import { Agent, request } from 'undici'
import { z } from 'zod'

const answerSchema = z.object({ parameters: parametersSchema, coordinator_signature: z.string() })

const MAX_BYTES = 4 * 1024 * 1024

export type ParametersRequest = {
  url: string
  origin: Origin
  coordinatorKey: string
  signal: AbortSignal
  timeoutMs?: number
}

/** The network's parameters, and the coordinator's time to the second. */
export type FetchedParameters = { parameters: NetworkParameters; timeMs: number | undefined }

const readBody = async (body: AsyncIterable<Uint8Array>): Promise<unknown> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new GstdError('DOCUMENT_TOO_LARGE', 'the network parameters are too large')
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

/**
 * Fetches the network's parameters and checks that the network's coordinator signed them.
 *
 * @throws GstdError `COORDINATOR_UNREACHABLE`, `SIGNATURE_INVALID`, `NETWORK_MISMATCH` or `CONFIG_INVALID`
 */
export const fetchParameters = async (options: ParametersRequest): Promise<FetchedParameters> => {
  const { url, origin, coordinatorKey, signal, timeoutMs = 10_000 } = options
  const agent = new Agent({ connect: { timeout: timeoutMs }, pipelining: 0 })
  let answer: unknown
  let timeMs: number | undefined
  try {
    const response = await request(url, {
      dispatcher: agent,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: { accept: 'application/json' },
    })
    if (response.statusCode !== 200) {
      throw new GstdError('COORDINATOR_UNREACHABLE', `the coordinator answers ${response.statusCode} at ${url}`)
    }
    const date = Date.parse(String(response.headers['date'] ?? ''))
    timeMs = Number.isNaN(date) ? undefined : date
    answer = await readBody(response.body)
  } catch (cause) {
    if (cause instanceof GstdError) throw cause
    throw new GstdError('COORDINATOR_UNREACHABLE', `the coordinator does not answer at ${url}`, { cause })
  } finally {
    await agent.destroy()
  }
  const { parameters, coordinator_signature } = parseWith(answerSchema, answer, 'CONFIG_INVALID', 'the answer')
  if (parameters.network !== origin.network || parameters.vault !== origin.vault) {
    throw new GstdError('NETWORK_MISMATCH', 'the coordinator serves another network or vault', {
      details: { network: parameters.network, vault: parameters.vault },
    })
  }
  if (
    parameters.coordinator_key !== coordinatorKey ||
    !(await verifySignature(coordinatorKey, parametersDocument.hash(parameters), coordinator_signature))
  ) {
    throw new GstdError('SIGNATURE_INVALID', 'the parameters are not signed by the network’s coordinator')
  }
  return { parameters, timeMs }
}
