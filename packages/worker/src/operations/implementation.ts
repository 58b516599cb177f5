import type { ModelManifest } from '@gstd/sdk'
import type { RunNetwork } from './tensor.ts'

/**
 * Computes the output of one item.
 *
 * @param params - checked by the operation's schema
 */
export type RunItem = (item: Uint8Array, run: RunNetwork, params: Readonly<Record<string, unknown>>) => Promise<unknown>

/** How an operation is computed, for every model whose manifest names these pins. */
export type Implementation = {
  readonly operation: string
  readonly preprocessing: ModelManifest['preprocessing']
  /**
   * Reads what a model needs besides its network.
   *
   * @param files - the model's files by name
   */
  prepare(files: ReadonlyMap<string, Uint8Array>): RunItem
}
