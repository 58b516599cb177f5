import { imageModerationImplementation } from './imageModeration/runImageModeration.ts'
import type { Implementation } from './implementation.ts'
import { ocrImplementation } from './ocr/runOcr.ts'

const implementations: readonly Implementation[] = [imageModerationImplementation, ocrImplementation]

/** @returns how this worker computes the operation, or undefined. */
export const findImplementation = (operation: string): Implementation | undefined =>
  implementations.find((candidate) => candidate.operation === operation)
