import { verifySignature } from '../crypto/ed25519.ts'
import { type NetworkParameters, parametersDocument } from '../documents/parameters.ts'
import { type EscrowView, escrowViewSchema, type TaskView, taskViewSchema } from '../documents/taskView.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { GstdError } from '../errors/GstdError.ts'
import { parametersAnswerSchema } from './answers.ts'
import { checkTaskId } from './checkOptions.ts'
import type { ReadConnection } from './connection.ts'

type Signal = AbortSignal | undefined

/** @returns the path of a task's resource. @throws GstdError `USAGE_INVALID` without an id */
export const taskPath = (taskId: string): string => {
  checkTaskId(taskId)
  return `/api/v1/tasks/${encodeURIComponent(taskId)}`
}

/** @throws GstdError `PEER_ERROR` when the answer is no task */
export const parseTask = (answer: unknown): TaskView => parseWith(taskViewSchema, answer, 'PEER_ERROR', 'the task')

/**
 * Reads the requester's escrow.
 *
 * @throws GstdError `ESCROW_UNKNOWN`; `PEER_ERROR` when it is another escrow than the expected one, since the
 * authorisation would be signed for it
 */
export const readEscrow = async (connection: ReadConnection, signal: Signal): Promise<EscrowView> => {
  const { transport, requester } = connection
  const answer = await transport.json({ method: 'GET', path: `/api/v1/escrows/${requester}`, signed: true, signal })
  const view = parseWith(escrowViewSchema, answer, 'PEER_ERROR', 'the escrow')
  const expected = connection.escrow ?? view.escrow
  if (view.requester !== requester || view.escrow !== expected) {
    throw new GstdError('PEER_ERROR', 'the coordinator answered with another escrow than the requester’s', {
      details: { escrow: view.escrow, expected },
    })
  }
  return view
}

/**
 * Reads the network's parameters and checks the coordinator's signature.
 *
 * @throws GstdError `SIGNATURE_INVALID` when another key signed them, `NETWORK_MISMATCH`
 */
export const readParameters = async (connection: ReadConnection, signal: Signal): Promise<NetworkParameters> => {
  const { transport, origin, coordinatorKey, url } = connection
  const answer = await transport.json({ method: 'GET', path: '/api/v1/parameters', signal })
  const signed = parseWith(parametersAnswerSchema, answer, 'PEER_ERROR', 'the answer with the parameters')
  const hash = parametersDocument.hash(signed.parameters)
  if (!(await verifySignature(coordinatorKey, hash, signed.coordinator_signature))) {
    throw new GstdError('SIGNATURE_INVALID', 'the parameters are not signed by the network’s coordinator', {
      details: { coordinator: url, coordinator_key: coordinatorKey },
      hint: 'check that the network’s file belongs to this coordinator',
    })
  }
  const { network, vault } = signed.parameters
  if (network !== origin.network || vault !== origin.vault) {
    throw new GstdError('NETWORK_MISMATCH', 'the coordinator works for another network or vault', {
      details: { network, vault, expected: origin },
    })
  }
  return signed.parameters
}
