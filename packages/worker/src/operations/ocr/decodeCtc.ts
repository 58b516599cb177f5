import { type OcrOutput, roundScore } from '@gstd/sdk'
import type { Tensor } from '../tensor.ts'

/** Class 0 of the network: no character at this place. */
const BLANK = 0

/**
 * Reads the list of characters that belongs to a recognition network.
 *
 * @param keys - one character a line, UTF-8
 * @returns the character of each class; the blank comes before the list, the space after it
 */
export const readAlphabet = (keys: Uint8Array): string[] => {
  const lines = new TextDecoder('utf-8', { fatal: true }).decode(keys).split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return ['', ...lines, ' ']
}

const findBest = (scores: Float32Array): number => {
  let best = 0
  for (let index = 1; index < scores.length; index++) {
    if ((scores[index] ?? 0) > (scores[best] ?? 0)) best = index
  }
  return best
}

/**
 * Greedy CTC decoding: the best class of each step, repetitions merged, blanks dropped.
 *
 * @param probabilities - `[1, steps, classes]`
 * @returns the text, and the mean probability of its characters (0 when there are none)
 */
export const decodeCtc = ({ data, dims }: Tensor, alphabet: readonly string[]): OcrOutput => {
  const [, stepCount = 0, classCount = 0] = dims
  if (classCount !== alphabet.length) {
    throw new Error(`the network has ${classCount} classes, its alphabet ${alphabet.length}`)
  }
  let text = ''
  let sum = 0
  let count = 0
  let previous = BLANK
  for (let step = 0; step < stepCount; step++) {
    const scores = data.subarray(step * classCount, (step + 1) * classCount)
    const best = findBest(scores)
    if (best !== BLANK && best !== previous) {
      text += alphabet[best] ?? ''
      sum += scores[best] ?? 0
      count++
    }
    previous = best
  }
  return { text, confidence: count === 0 ? 0 : roundScore(sum / count) }
}
