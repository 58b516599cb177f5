import { MAX_PIXELS, MAX_SIDE } from './image.ts'
import { ItemFailure } from './ItemFailure.ts'

/** @throws ItemFailure `ITEM_UNDECODABLE` for images without pixels or with too many. */
export const checkDimensions = (width: number, height: number): void => {
  if (!(width > 0 && height > 0)) throw new ItemFailure('ITEM_UNDECODABLE', 'the image has no pixels')
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
    throw new ItemFailure('ITEM_UNDECODABLE', 'the image is larger than 24 megapixels or 16384 pixels on a side')
  }
}
