import { type OutputMode, outputModes } from '../output/output.ts'

/**
 * Finds the wanted output before the command line is parsed, so that an error in the command line is shown in it.
 */
export const outputModeOf = (words: readonly string[], env: string | undefined): OutputMode => {
  const at = words.lastIndexOf('--output')
  const joined = words.findLast((word) => word.startsWith('--output='))?.slice('--output='.length)
  const wanted = (at >= 0 ? words[at + 1] : joined) ?? env
  return outputModes.find((mode) => mode === wanted) ?? 'human'
}
