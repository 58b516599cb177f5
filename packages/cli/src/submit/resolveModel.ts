import { GstdError, type ModelManifest, type NetworkParameters } from '@gstd/sdk'

const listed = (words: readonly string[]): string => words.toSorted().join(', ')

/**
 * Finds the model of an operation on the network's whitelist.
 *
 * @param model - undefined takes the operation's only model
 * @throws GstdError `OPERATION_UNKNOWN`, `MODEL_UNKNOWN`, `MODEL_NOT_ALLOWED`, each naming what there is
 */
export const resolveModel = (
  { models }: Pick<NetworkParameters, 'models'>,
  operation: string,
  model: string | undefined,
): ModelManifest => {
  const ofOperation = models.filter((candidate) => candidate.operation === operation)
  if (ofOperation.length === 0) {
    const known = listed([...new Set(models.map((candidate) => candidate.operation))])
    throw new GstdError('OPERATION_UNKNOWN', `this network has no operation "${operation}"`, {
      details: { operation },
      hint: `its operations are: ${known}`,
    })
  }
  const [only, ...others] = ofOperation
  if (model === undefined && only !== undefined && others.length === 0) return only
  const hint = `models for ${operation}: ${listed(ofOperation.map(({ id }) => id))}`
  if (model === undefined) {
    throw new GstdError('USAGE_INVALID', `--model is missing: ${operation} has several models`, { hint })
  }
  const found = ofOperation.find(({ id }) => id === model)
  if (found !== undefined) return found
  const elsewhere = models.find(({ id }) => id === model)
  throw elsewhere === undefined
    ? new GstdError('MODEL_UNKNOWN', `this network has no model "${model}"`, { details: { model }, hint })
    : new GstdError('MODEL_NOT_ALLOWED', `model "${model}" is for ${elsewhere.operation}, not for ${operation}`, {
        details: { model, operation },
        hint,
      })
}

const EXTENSIONS: readonly (readonly [decoder: RegExp, extension: RegExp])[] = [
  [/jpe?g/i, /\.jpe?g$/i],
  [/png/i, /\.png$/i],
]

/** @returns whether a file's name looks like something that the model's decoders read; anything does without any. */
export const readableBy =
  ({ preprocessing: { decoders } }: Pick<ModelManifest, 'preprocessing'>) =>
  (fileName: string): boolean => {
    const known = EXTENSIONS.filter(([decoder]) => decoders.some((name) => decoder.test(name)))
    return known.length === 0 || known.some(([, extension]) => extension.test(fileName))
  }
