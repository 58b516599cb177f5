import type { Image } from '../../images/image.ts'
import { ItemFailure } from '../../images/ItemFailure.ts'
import { resizeBilinear } from '../../images/resizeBilinear.ts'
import type { Tensor } from '../tensor.ts'

const HEIGHT = 48
/** PaddleOCR's recognisers are trained on lines at least this wide; narrower ones are padded. */
const MIN_WIDTH = 320
const MAX_WIDTH = 3200

/**
 * Makes the network's input of a line of text, as PaddleOCR does: 48 pixels high, width in proportion (rounded up),
 * BGR, each value mapped from 0…255 to −1…1, padded on the right with 0 to at least 320.
 *
 * @returns a tensor `[1, 3, 48, width]`
 * @throws ItemFailure `ITEM_FAILED` when the line is more than 3200 pixels long at that height
 */
export const toLineTensor = (image: Image): Tensor => {
  const lineWidth = Math.ceil((HEIGHT * image.width) / image.height)
  if (lineWidth > MAX_WIDTH) throw new ItemFailure('ITEM_FAILED', 'the line is longer than 66 times its height')
  const width = Math.max(MIN_WIDTH, lineWidth)
  const { rgb } = resizeBilinear(image, lineWidth, HEIGHT)
  const data = new Float32Array(3 * HEIGHT * width)
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < lineWidth; x++) {
        const value = rgb[(y * lineWidth + x) * 3 + (2 - channel)] ?? 0
        data[(channel * HEIGHT + y) * width + x] = (value / 255 - 0.5) / 0.5
      }
    }
  }
  return { data, dims: [1, 3, HEIGHT, width] }
}
