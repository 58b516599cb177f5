import { decodeJpeg } from './decodeJpeg.ts'
import { decodePng } from './decodePng.ts'
import type { Image } from './image.ts'
import { ItemFailure } from './ItemFailure.ts'

const startsWith = (bytes: Uint8Array, signature: readonly number[]): boolean =>
  signature.every((byte, index) => bytes[index] === byte)

/**
 * Decodes a JPEG or PNG, told apart by their first bytes. Colour profiles, gamma and Exif orientation are ignored.
 *
 * @throws ItemFailure `ITEM_UNDECODABLE` when it is neither, damaged, or larger than allowed
 */
export const decodeImage = (bytes: Uint8Array): Image => {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return decodeJpeg(bytes)
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return decodePng(bytes)
  throw new ItemFailure('ITEM_UNDECODABLE', 'the input is neither a JPEG nor a PNG image')
}
