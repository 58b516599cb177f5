import jpeg from 'jpeg-js'
import { checkDimensions } from './checkDimensions.ts'
import { type Image, MAX_PIXELS } from './image.ts'
import { ItemFailure } from './ItemFailure.ts'
import { orDamaged } from './orDamaged.ts'

const MAX_MEMORY_MB = 600

const START_OF_SCAN = 0xda

/** SOF0…SOF15 without DHT, JPG and DAC, which lie between them (ITU-T T.81, table B.1). */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** Reads the size of a JPEG from its frame header, without decoding anything. */
const readJpegSize = (bytes: Uint8Array): { width: number; height: number } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = 2
  while (offset + 4 <= bytes.length && view.getUint8(offset) === 0xff) {
    const marker = view.getUint8(offset + 1)
    if (isFrameHeader(marker)) return { height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) }
    if (marker === START_OF_SCAN) break
    // Any number of fill bytes may come before a marker.
    offset += marker === 0xff ? 1 : 2 + view.getUint16(offset + 2)
  }
  throw new ItemFailure('ITEM_UNDECODABLE', 'the JPEG image has no size')
}

/**
 * Decodes a baseline or progressive JPEG; grey and CMYK become RGB.
 *
 * @throws ItemFailure `ITEM_UNDECODABLE`
 */
export const decodeJpeg = (bytes: Uint8Array): Image =>
  orDamaged('JPEG', () => {
    const size = readJpegSize(bytes)
    checkDimensions(size.width, size.height)
    const { width, height, data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: true,
      maxResolutionInMP: MAX_PIXELS / 1e6,
      maxMemoryUsageInMB: MAX_MEMORY_MB,
    })
    checkDimensions(width, height)
    return { width, height, rgb: data }
  })
