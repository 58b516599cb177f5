import { imageModeration, type ModerationOutput, moderationLabels, roundScore } from '@gstd/sdk'
import { decodeImage } from '../../images/decodeImage.ts'
import { type Image, imagePins } from '../../images/image.ts'
import { resizeBilinear } from '../../images/resizeBilinear.ts'
import type { Implementation, RunItem } from '../implementation.ts'
import type { Tensor } from '../tensor.ts'

const SIDE = 224

/**
 * Makes the network's input of an image: stretched to 224 × 224 as `nsfwjs` does, RGB, each value ÷ 255.
 *
 * @returns a tensor `[1, 224, 224, 3]`
 */
export const toModerationTensor = (image: Image): Tensor => ({
  data: Float32Array.from(resizeBilinear(image, SIDE, SIDE).rgb, (value) => value / 255),
  dims: [1, SIDE, SIDE, 3],
})

/**
 * Reads scores off the network's output.
 *
 * @param probabilities - one for each of `moderationLabels`
 * @returns the most probable label (of equal ones the first) and all scores
 */
export const toModerationOutput = (probabilities: Float32Array): ModerationOutput => {
  const best = probabilities.indexOf(Math.max(...probabilities))
  const scores = moderationLabels.map((label, index) => [label, roundScore(probabilities[index] ?? 0)])
  return imageModeration.outputSchema.parse({ label: moderationLabels[best], scores: Object.fromEntries(scores) })
}

/** @throws ItemFailure for images that cannot be decoded */
const runImageModeration: RunItem = async (item, run) =>
  toModerationOutput((await run(toModerationTensor(decodeImage(item)))).data)

export const imageModerationImplementation: Implementation = {
  operation: imageModeration.operation,
  preprocessing: { ...imagePins, pipeline: 'rgb-224-unit/1' },
  prepare: () => runImageModeration,
}
