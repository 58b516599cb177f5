import { canonicalRuntime, findOperation, type ModelManifest } from '@gstd/sdk'

/** @returns whether this version has the operation and the runtime of a model. */
export const isComputable = ({ operation, runtime }: Pick<ModelManifest, 'operation' | 'runtime'>): boolean =>
  findOperation(operation) !== undefined &&
  runtime.name === canonicalRuntime.name &&
  runtime.version === canonicalRuntime.version
