import {
  defaultParameters,
  GstdError,
  knownModels,
  type NetworkConfig,
  type NetworkParameters,
  parametersDocument,
  type Signer,
} from '@gstd/sdk'
import type { Journal } from '../log/journal.ts'

export type SignedParameters = { parameters: NetworkParameters; signature: string; hash: string }
type PreparedParameters = SignedParameters & { isLogged: boolean }

const fromConfig = (network: NetworkConfig, issuedAtMs: number): NetworkParameters => ({
  ...defaultParameters,
  version: 1,
  network: network.network,
  vault: network.vault,
  issued_at: issuedAtMs,
  coordinator_key: network.coordinator_key,
  auditor_key: network.auditor_key,
  gstd_master: network.gstd_master,
  operator_address: network.operator_address,
  minimum_payout_nano: network.minimum_payout_nano,
  epoch_ms: network.epoch_ms,
  ...(network.epoch_amount_nano !== undefined && { epoch_amount_nano: network.epoch_amount_nano }),
  challenge_window_sec: network.challenge_window_sec,
  independence: network.independence,
  models: knownModels(),
})

/** Real networks refuse what only a devnet may relax (protocol §4). */
const checkIndependence = (network: NetworkConfig): void => {
  if (network.independence === 'owner' && network.name !== 'devnet') {
    throw new GstdError('CONFIG_INVALID', `independence by owner alone is for devnets, not for "${network.name}"`, {
      hint: 'set independence to "owner+machine+range"',
    })
  }
}

/**
 * Reads the network's parameters from the log, or signs those of the configuration where they differ.
 * One document for ever is not needed: every verdict names the hash of those it was judged by.
 */
export const prepareParameters = async (
  journal: Journal,
  network: NetworkConfig,
  signer: Signer,
  nowMs: number,
): Promise<PreparedParameters> => {
  checkIndependence(network)
  if (network.coordinator_key !== signer.publicKey) {
    throw new GstdError('CONFIG_INVALID', 'the coordinator’s key is not the one that the network names', {
      details: { key: signer.publicKey, expected: network.coordinator_key },
    })
  }
  const [logged] = await journal.query<{ body: { parameters: NetworkParameters; coordinator_signature: string } }>(
    `SELECT body FROM log WHERE kind = 'parameters' ORDER BY index DESC LIMIT 1`,
  )
  const current = fromConfig(network, logged?.body.parameters.issued_at ?? nowMs)
  if (logged !== undefined && parametersDocument.id(current) === parametersDocument.id(logged.body.parameters)) {
    return {
      parameters: logged.body.parameters,
      signature: logged.body.coordinator_signature,
      hash: parametersDocument.id(logged.body.parameters),
      isLogged: true,
    }
  }
  const parameters = fromConfig(network, nowMs)
  const signature = await signer.sign(parametersDocument.hash(parameters))
  return { parameters, signature, hash: parametersDocument.id(parameters), isLogged: false }
}

/** Logs parameters that are new: before anything is judged by them. */
export const logParameters = async (
  journal: Journal,
  { parameters, signature, isLogged }: PreparedParameters,
): Promise<void> => {
  if (isLogged) return
  await journal.write(async (unit) => {
    unit.log('parameters', { parameters, coordinator_signature: signature })
  })
}

/** Prepares the network's parameters, and logs those that are new. */
export const openParameters = async (
  journal: Journal,
  network: NetworkConfig,
  signer: Signer,
  nowMs: number,
): Promise<SignedParameters> => {
  const prepared = await prepareParameters(journal, network, signer, nowMs)
  await logParameters(journal, prepared)
  const { parameters, signature, hash } = prepared
  return { parameters, signature, hash }
}
