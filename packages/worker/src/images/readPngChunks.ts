import { ItemFailure } from './ItemFailure.ts'

export type PngHeader = {
  width: number
  height: number
  depth: number
  interlaced: boolean
  /** Size of the filtered rows before compression. */
  rawBytes: number
}

const SIGNATURE_LENGTH = 8
/** Length, type and checksum of a chunk. */
const CHUNK_FRAME = 12

/** What decides pixels. Everything else is left out: colour profiles and texts are compressed, and may be bombs. */
const CRITICAL = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'])

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Start and step of Adam7's passes: x, y, step of x, step of y (PNG specification, §8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

const rowBytes = (width: number, bitsPerPixel: number): number =>
  width === 0 ? 0 : 1 + Math.ceil((width * bitsPerPixel) / 8)

const countRawBytes = (width: number, height: number, bitsPerPixel: number, interlaced: boolean): number => {
  if (!interlaced) return height * rowBytes(width, bitsPerPixel)
  return ADAM7.reduce((sum, [x, y, stepX, stepY]) => {
    const passWidth = Math.max(0, Math.ceil((width - x) / stepX))
    const passHeight = Math.max(0, Math.ceil((height - y) / stepY))
    return sum + passHeight * rowBytes(passWidth, bitsPerPixel)
  }, 0)
}

const parseHeader = (view: DataView, offset: number, length: number): PngHeader => {
  const channels = CHANNELS[view.getUint8(offset + 9)]
  const interlace = view.getUint8(offset + 12)
  if (length !== 13 || channels === undefined || interlace > 1) {
    throw new ItemFailure('ITEM_UNDECODABLE', 'the PNG image has no valid header')
  }
  const [width, height, depth] = [view.getUint32(offset), view.getUint32(offset + 4), view.getUint8(offset + 8)]
  const interlaced = interlace === 1
  return { width, height, depth, interlaced, rawBytes: countRawBytes(width, height, depth * channels, interlaced) }
}

/**
 * Splits a PNG into its header, its compressed pixels, and a PNG of its critical chunks alone.
 *
 * @throws ItemFailure `ITEM_UNDECODABLE` without a header first; RangeError when a chunk reaches over the end
 */
export const readPngChunks = (
  bytes: Uint8Array,
): { header: PngHeader; imageData: Uint8Array; critical: Uint8Array } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE_LENGTH)]
  const data: Uint8Array[] = []
  let header: PngHeader | undefined
  for (let offset = SIGNATURE_LENGTH, type = ''; type !== 'IEND';) {
    const length = view.getUint32(offset)
    type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8))
    const end = offset + CHUNK_FRAME + length
    if (end > bytes.length) throw new RangeError('a chunk reaches over the end')
    if (header === undefined || type === 'IHDR') {
      if (header !== undefined || type !== 'IHDR') {
        throw new ItemFailure('ITEM_UNDECODABLE', 'the PNG image has no valid header')
      }
      header = parseHeader(view, offset + 8, length)
    }
    if (CRITICAL.has(type)) kept.push(bytes.subarray(offset, end))
    if (type === 'IDAT') data.push(bytes.subarray(offset + 8, offset + 8 + length))
    offset = end
  }
  if (header === undefined) throw new ItemFailure('ITEM_UNDECODABLE', 'the PNG image has no valid header')
  return { header, imageData: Buffer.concat(data), critical: Buffer.concat(kept) }
}
