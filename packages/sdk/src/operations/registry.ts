import { imageModeration } from './imageModeration/imageModeration.ts'
import { ocr } from './ocr/ocr.ts'
import type { ModelManifest } from './modelManifest.ts'
import type { Operation } from './operation.ts'

/** Every operation of this version. */
export const operations: readonly Operation[] = [imageModeration, ocr]

/** @returns the operation of this name, or undefined. */
export const findOperation = (name: string): Operation | undefined =>
  operations.find((candidate) => candidate.operation === name)

/** @returns the manifests of every model of this version, the default whitelist of a network. */
export const knownModels = (): ModelManifest[] => operations.flatMap((candidate) => candidate.models)
