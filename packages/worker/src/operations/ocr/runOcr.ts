import { ocr } from '@gstd/sdk'
import { decodeImage } from '../../images/decodeImage.ts'
import { imagePins } from '../../images/image.ts'
import type { Implementation } from '../implementation.ts'
import { decodeCtc, readAlphabet } from './decodeCtc.ts'
import { toLineTensor } from './toLineTensor.ts'

/** Name of the file, in a model's manifest, that lists its characters. */
const KEYS_FILE = 'keys.txt'

export const ocrImplementation: Implementation = {
  operation: ocr.operation,
  preprocessing: { ...imagePins, pipeline: 'bgr-48-signed/1' },
  prepare: (files) => {
    const keys = files.get(KEYS_FILE)
    if (keys === undefined) throw new Error(`the model has no file ${KEYS_FILE}`)
    const alphabet = readAlphabet(keys)
    return async (item, run) => decodeCtc(await run(toLineTensor(decodeImage(item))), alphabet)
  },
}
