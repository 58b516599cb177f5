import {
  checkLimits,
  computeReservation,
  descriptorDocument,
  findOperation,
  limits,
  manifestOf,
  maxDevicesOf,
  type NetworkParameters,
  newRequesterRecord,
  type Origin,
  parseAmount,
  parseWith,
  redundancyOf,
  type TaskDescriptor,
  verifyInclusion,
  withTask,
} from '@gstd/sdk'
import { escrowAddress } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import { type CheckEntry, type EntryContext, type EntryOf, parametersOf } from './entryContext.ts'
import type { EscrowFacts, LedgerState } from './ledgerState.ts'
import { expectEqual, known, refuse } from './refuse.ts'

/** Between the coordinator's look at the clock and the entry's time. */
const LOGGING_SLACK_MS = 60_000

const checkOffered = (descriptor: TaskDescriptor, parameters: NetworkParameters): void => {
  expectEqual('descriptor.task_type', descriptor.task_type, 'inference')
  expectEqual('descriptor.encryption', descriptor.encryption, undefined)
  const operation = known(findOperation(descriptor.operation), 'the operation is not on the whitelist', {
    operation: descriptor.operation,
  })
  const manifest = manifestOf(descriptor, parameters.models)
  expectEqual('the model’s operation', manifest.operation, descriptor.operation)
  parseWith(operation.paramsSchema, descriptor.params, 'PARAMS_INVALID', 'params')
  checkLimits(descriptor)
}

const checkPrice = ({ descriptor, ...task }: EntryOf<'task'>['body'], parameters: NetworkParameters): void => {
  expectEqual('tariff_nano', task.tariff_nano, parameters.tariff_nano)
  const price = {
    validation: descriptor.validation,
    baseNano: parseAmount(descriptor.reward.amount_ton),
    tariffNano: BigInt(parameters.tariff_nano),
    redundancy: redundancyOf(descriptor),
    maxDevices: maxDevicesOf(descriptor),
  }
  const reservedNano = computeReservation(price, parameters.rates)
  expectEqual('reserved_nano', task.reserved_nano, reservedNano.toString())
}

/** The escrow follows from its owner; one that was derived before is not derived again. */
const checkEscrow = ({ escrows }: LedgerState, requester: string, stated: string, { vault }: Origin): void => {
  if (escrows.get(stated)?.requester === requester) return
  const derived = escrowAddress(Address.parseRaw(requester), Address.parseRaw(vault)).toRawString()
  expectEqual('authorisation.escrow', stated, derived)
}

const checkSignatures = async (
  { body }: EntryOf<'task'>,
  parameters: NetworkParameters,
  { state, origin, checkOnce }: EntryContext,
): Promise<void> => {
  const { descriptor, batch, inclusion, authorisation } = body
  expectEqual('descriptor.network', descriptor.network, origin.network)
  expectEqual('descriptor.vault', descriptor.vault, origin.vault)
  const signer = descriptor.requester.public_key
  await checkOnce.batch(batch, { kind: 'descriptor', origin, signer, recipient: parameters.coordinator_key })
  verifyInclusion(batch.header, descriptorDocument.hash(descriptor), inclusion)
  checkEscrow(state, descriptor.requester.address, authorisation.escrow, origin)
  expectEqual('authorisation.public_key', authorisation.public_key, signer)
  await checkOnce.authorisation(authorisation, origin.network)
}

/** A task that its requester signed, at the price of the parameters, within what the requester authorised. */
export const checkTask: CheckEntry<'task'> = async (entry, context) => {
  const { state } = context
  const { at, body } = entry
  const { descriptor, authorisation } = body
  const parameters = parametersOf(state).document
  if (state.tasks.has(descriptor.task_id) || state.ended.has(descriptor.task_id)) {
    refuse('the task’s id was used before', { task_id: descriptor.task_id })
  }
  await checkSignatures(entry, parameters, context)
  checkOffered(descriptor, parameters)
  checkPrice(body, parameters)
  const skewMs = Math.abs(at - descriptor.created_at)
  if (skewMs > limits.clockSkewMs + LOGGING_SLACK_MS)
    refuse('the task was not made when it was logged', { skew_ms: skewMs })
  if (body.known_answer) expectEqual('validation of a known answer', descriptor.validation, 'reference')

  const requester = descriptor.requester.address
  const fresh: EscrowFacts = {
    requester,
    keys: new Set(),
    settledNano: 0n,
    reservedNano: 0n,
    decidedNano: 0n,
    cosigned: [],
  }
  const escrow = state.escrows.get(authorisation.escrow) ?? fresh
  const reservedNano = BigInt(body.reserved_nano)
  const neededNano = escrow.decidedNano + escrow.reservedNano + reservedNano
  if (BigInt(authorisation.max_cumulative_nano) < neededNano) {
    refuse('the authorisation does not cover what the escrow may be charged', {
      needed_nano: neededNano,
      max_cumulative_nano: authorisation.max_cumulative_nano,
    })
  }
  escrow.keys.add(authorisation.public_key)
  escrow.reservedNano += reservedNano
  state.escrows.set(authorisation.escrow, escrow)
  state.requesters.set(requester, withTask(state.requesters.get(requester) ?? newRequesterRecord))
  state.tasks.set(descriptor.task_id, {
    at,
    descriptor,
    requester,
    escrow: authorisation.escrow,
    authorisation,
    reservedNano,
    knownAnswer: body.known_answer,
    seats: new Map(),
  })
}
