import {
  type CoordinatorMessage,
  findOperation,
  GstdError,
  limits,
  type ModelManifest,
  modelHashOf,
  type NetworkParameters,
  type Origin,
  batchDocument,
  toGstdError,
  verifyBatch,
  verifyInclusion,
  type WorkOrder,
  workOrderDocument,
} from '@gstd/sdk'

export type OrderMessage = Extract<CoordinatorMessage, { type: 'order' }>

/** A work order that this device may execute. */
export type VerifiedOrder = {
  order: WorkOrder
  orderHash: string
  manifest: ModelManifest
  /** Inline inputs, base64. */
  data: OrderMessage['data']
}

export type OrderExpectation = {
  origin: Origin
  deviceId: string
  coordinatorKey: string
  parameters: NetworkParameters
  /** Whether this worker serves a model. */
  serves(manifest: ModelManifest): boolean
  /** Coordinator time, unix ms. */
  nowMs: number
}

const invalid = (message: string, details: Record<string, unknown> = {}, cause?: unknown): GstdError =>
  new GstdError('ORDER_INVALID', message, { details, ...(cause !== undefined && { cause }) })

/** Orders of one dispatch tick share a batch, whose signature is checked once. */
const verifiedBatches = new Set<string>()
const MAX_VERIFIED_BATCHES = 256

const verifySignedOnce = async (message: OrderMessage, expected: OrderExpectation): Promise<void> => {
  const { origin, coordinatorKey } = expected
  const id = `${batchDocument.id(message.batch.header)}:${message.batch.signature}:${coordinatorKey}`
  if (verifiedBatches.has(id)) return
  await verifyBatch(message.batch, { kind: 'order', origin, signer: coordinatorKey })
  if (verifiedBatches.size >= MAX_VERIFIED_BATCHES) verifiedBatches.clear()
  verifiedBatches.add(id)
}

const checkFields = ({ order, data }: OrderMessage, { origin, deviceId, nowMs }: OrderExpectation): void => {
  if (order.network !== origin.network || order.vault !== origin.vault) {
    throw invalid('the order is for another network or vault', { network: order.network, vault: order.vault })
  }
  if (order.device_id !== deviceId) throw invalid('the order is for another device', { device_id: order.device_id })
  if (Math.abs(order.dispatched_at - nowMs) > limits.clockSkewMs) {
    throw invalid('the order was not dispatched just now', { dispatched_at: order.dispatched_at, now: nowMs })
  }
  const { time_limit_sec, max_energy_mwh } = order.constraints
  const { timeLimitSec, maxEnergyMwh } = limits
  if (!(time_limit_sec >= timeLimitSec.min && time_limit_sec <= timeLimitSec.max)) {
    throw invalid('the time limit is out of range', { time_limit_sec })
  }
  if (!(max_energy_mwh >= maxEnergyMwh.min && max_energy_mwh <= maxEnergyMwh.max)) {
    throw invalid('the energy limit is out of range', { max_energy_mwh })
  }
  if (data.length !== order.input.length) {
    throw invalid('the order has another number of inputs than of data', {
      inputs: order.input.length,
      data: data.length,
    })
  }
}

const findModel = (order: WorkOrder, { parameters, serves }: OrderExpectation): ModelManifest => {
  const operation = findOperation(order.operation)
  if (operation === undefined) throw invalid(`the operation ${order.operation} is unknown here`)
  const manifest = parameters.models.find(({ id, operation: name }) => id === order.model && name === order.operation)
  if (manifest === undefined) throw invalid(`the network does not allow ${order.model} for ${order.operation}`)
  const modelHash = modelHashOf(manifest)
  if (modelHash !== order.model_hash) {
    throw invalid(`the order names another ${order.model} than the network's parameters`, {
      actual: order.model_hash,
      expected: modelHash,
    })
  }
  if (!serves(manifest)) throw new GstdError('MODEL_UNAVAILABLE', `${order.model} is not served by this worker`)
  const params = operation.paramsSchema.safeParse(order.params)
  if (!params.success) throw invalid(`${order.operation} does not take these params`, {}, params.error)
  return manifest
}

/**
 * Checks that the network's coordinator gave this order to this device, now, and that it can be executed here.
 *
 * @throws GstdError `ORDER_INVALID`, or `MODEL_UNAVAILABLE` for a model that this worker was told not to serve
 */
export const verifyOrder = async (message: OrderMessage, expected: OrderExpectation): Promise<VerifiedOrder> => {
  const { order, data } = message
  checkFields(message, expected)
  try {
    await verifySignedOnce(message, expected)
    verifyInclusion(message.batch.header, workOrderDocument.hash(order), message.inclusion)
  } catch (cause) {
    throw invalid(`the coordinator did not sign this order: ${toGstdError(cause).message}`, {}, cause)
  }
  return { order, orderHash: workOrderDocument.id(order), manifest: findModel(order, expected), data }
}
