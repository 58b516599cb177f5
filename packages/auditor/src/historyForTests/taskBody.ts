import {
  computeReservation,
  descriptorDocument,
  inclusionOf,
  type LogBody,
  maxDevicesOf,
  parseAmount,
  redundancyOf,
  signAuthorisation,
  signBatch,
  type TaskDescriptor,
} from '@gstd/sdk'
import { coordinator, escrowOf, origin, parameters, sessionKey } from './parties.ts'

/** What the requester of these tests lets its escrow be charged. */
const MAX_CUMULATIVE_NANO = 20_000_000_000n

export const authorise = (requester: string, maxCumulativeNano = MAX_CUMULATIVE_NANO, key = sessionKey) =>
  signAuthorisation({ network: origin.network, escrow: escrowOf(requester), maxCumulativeNano }, key)

/** Submits a descriptor alone. */
export const taskBody = async (
  descriptor: TaskDescriptor,
  knownAnswer: boolean,
  nowMs: number,
  signer = sessionKey,
): Promise<LogBody<'task'>> => {
  const { batch, tree } = await signBatch({
    kind: 'descriptor',
    origin,
    signer,
    recipient: coordinator.publicKey,
    hashes: [descriptorDocument.hash(descriptor)],
    timestamp: nowMs,
  })
  const reservedNano = computeReservation({
    validation: descriptor.validation,
    baseNano: parseAmount(descriptor.reward.amount_ton),
    tariffNano: BigInt(parameters.tariff_nano),
    redundancy: redundancyOf(descriptor),
    maxDevices: maxDevicesOf(descriptor),
  })
  return {
    descriptor,
    batch,
    inclusion: inclusionOf(tree, 0),
    authorisation: await authorise(descriptor.requester.address),
    reserved_nano: reservedNano.toString(),
    tariff_nano: parameters.tariff_nano,
    known_answer: knownAnswer,
  }
}
