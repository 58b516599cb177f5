import { GstdError, knownModels, type NetworkConfig, toGstdError } from '@gstd/sdk'
import { coordinatorUrls } from '../connection/coordinatorUrls.ts'
import { fetchParameters } from '../connection/fetchParameters.ts'
import { isComputable } from './isComputable.ts'

const ASK_WITHIN_MS = 5000

/**
 * Checks that a worker can serve models: against the network's parameters, or, while its coordinator is away, against
 * what this version knows.
 *
 * @param wanted - ids of models
 * @throws GstdError `MODEL_UNKNOWN`, naming what there is
 */
export const checkModels = async (
  wanted: readonly string[],
  network: NetworkConfig,
  signal: AbortSignal,
): Promise<void> => {
  if (wanted.length === 0) return
  const url = coordinatorUrls(network.coordinator).parameters
  const origin = { network: network.network, vault: network.vault }
  const request = { url, origin, coordinatorKey: network.coordinator_key, signal, timeoutMs: ASK_WITHIN_MS }
  const { models, who } = await fetchParameters(request).then(
    ({ parameters }) => ({ models: parameters.models, who: 'this network has' }),
    (thrown: unknown) => {
      signal.throwIfAborted()
      if (toGstdError(thrown).code !== 'COORDINATOR_UNREACHABLE') throw thrown
      return { models: knownModels(), who: 'this version knows' }
    },
  )
  const offered = models.filter(isComputable).map(({ id }) => id)
  const unknown = wanted.find((id) => !offered.includes(id))
  if (unknown === undefined) return
  throw new GstdError('MODEL_UNKNOWN', `${who} no model "${unknown}" that this worker can serve`, {
    details: { model: unknown, models: offered },
    hint: `models to serve: ${offered.toSorted().join(', ')}`,
  })
}
