import { parametersDocument, verifySignature } from '@gstd/sdk'
import type { CheckEntry } from './entryContext.ts'
import { expectEqual, refuse } from './refuse.ts'

/** What names the network: never the coordinator's to change. */
const fixed = [
  'network',
  'vault',
  'coordinator_key',
  'auditor_key',
  'gstd_master',
  'operator_address',
  'independence',
] as const

/** The coordinator's rules, signed by it, for the network that this auditor was started for. */
export const checkParameters: CheckEntry<'parameters'> = async ({ body }, { state }) => {
  const { parameters, coordinator_signature: signature } = body
  for (const field of fixed) expectEqual(`parameters.${field}`, parameters[field], state.network[field])
  const hash = parametersDocument.hash(parameters)
  if (!(await verifySignature(state.network.coordinator_key, hash, signature))) {
    refuse('the parameters are not signed by the network’s coordinator')
  }
  const before = state.parameters?.document.issued_at ?? 0
  if (parameters.issued_at < before) refuse('the parameters are older than those they replace', { before })
  state.parameters = { document: parameters, hash: parametersDocument.id(parameters) }
}
