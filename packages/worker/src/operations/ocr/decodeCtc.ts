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

type Character = { character: string; probability: number }

const isText = ({ character }: Character): boolean => character !== ' '

/**
 * Greedy CTC decoding: the best class of each step, repetitions merged, blanks dropped; then spaces at both ends,
 * which are margins.
 *
 * @param output - probabilities `[1, steps, classes]`
 * @returns the text, and the mean probability of its characters (0 when there are none)
 */
export const decodeCtc = (output: Tensor, alphabet: readonly string[]): OcrOutput => {
  const { data, dims } = output
  const [, stepCount = 0, classCount = 0] = dims
  if (classCount !== alphabet.length) {
    throw new Error(`the network has ${classCount} classes, its alphabet ${alphabet.length}`)
  }
  const line: Character[] = []
  let previous = BLANK
  for (let step = 0; step < stepCount; step++) {
    const scores = data.subarray(step * classCount, (step + 1) * classCount)
    const best = findBest(scores)
    if (best !== BLANK && best !== previous) {
      line.push({ character: alphabet[best] ?? '', probability: scores[best] ?? 0 })
    }
    previous = best
  }
  const characters = line.slice(Math.max(0, line.findIndex(isText)), line.findLastIndex(isText) + 1)
  const sum = characters.reduce((total, { probability }) => total + probability, 0)
  return {
    text: characters.map(({ character }) => character).join(''),
    confidence: characters.length === 0 ? 0 : roundScore(sum / characters.length),
  }
}
