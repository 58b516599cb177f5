import { descriptorDocument, inputItems, type TaskDescriptor } from '../documents/descriptor.ts'
import type { WorkOrder } from '../documents/workOrder.ts'
import { GstdError } from '../errors/GstdError.ts'
import { modelHashOf, type ModelManifest } from '../operations/modelManifest.ts'

/** What the descriptor decides of an order; the rest is the dispatch's. */
export type OrderTerms = Omit<WorkOrder, 'device_id' | 'attempt' | 'nonce' | 'dispatched_at'>

/**
 * Finds the manifest of a descriptor's model.
 *
 * @throws GstdError `MODEL_UNKNOWN`
 */
export const manifestOf = (
  descriptor: Pick<TaskDescriptor, 'model'>,
  models: readonly ModelManifest[],
): ModelManifest => {
  const manifest = models.find((candidate) => candidate.id === descriptor.model)
  if (manifest !== undefined) return manifest
  throw new GstdError('MODEL_UNKNOWN', `model "${descriptor.model ?? ''}" is not on the whitelist`, {
    details: { path: 'model', offered: models.map((candidate) => candidate.id) },
  })
}

/**
 * Derives the part of a work order that its descriptor fixes: everything a device may know of the task.
 *
 * @throws GstdError `MODEL_UNKNOWN`
 */
export const orderTermsOf = (descriptor: TaskDescriptor, models: readonly ModelManifest[]): OrderTerms => ({
  version: 1,
  network: descriptor.network,
  vault: descriptor.vault,
  task_id: descriptor.task_id,
  descriptor_hash: descriptorDocument.id(descriptor),
  task_type: 'inference',
  operation: descriptor.operation,
  model: descriptor.model ?? '',
  model_hash: modelHashOf(manifestOf(descriptor, models)),
  params: descriptor.params,
  input: inputItems(descriptor).map((item) =>
    item.source === 'inline'
      ? { source: item.source, hash: item.hash }
      : { source: item.source, hash: item.hash, uri: item.uri },
  ),
  constraints: descriptor.constraints,
  reward: descriptor.reward,
})
