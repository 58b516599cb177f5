import { inflateSync } from 'node:zlib'
import { convertIndexedToRgb, decode, type DecodedPng } from 'fast-png'
import { checkDimensions } from './checkDimensions.ts'
import type { Image } from './image.ts'
import { ItemFailure } from './ItemFailure.ts'
import { orDamaged } from './orDamaged.ts'
import { readPngChunks } from './readPngChunks.ts'
import { overWhite } from './overWhite.ts'

/** Widens samples of 1, 2 or 4 bits, packed into rows of whole bytes, to one byte each, in the full range 0…255. */
const unpackGrey = ({ data, width, height, depth }: DecodedPng): Uint8Array => {
  const bytesPerRow = Math.ceil((width * depth) / 8)
  const maximum = 2 ** depth - 1
  const samples = new Uint8Array(width * height)
  for (let index = 0; index < samples.length; index++) {
    const bit = (index % width) * depth
    const byte = data[Math.floor(index / width) * bytesPerRow + (bit >> 3)] ?? 0
    samples[index] = (((byte >> (8 - depth - (bit & 7))) & maximum) * 255) / maximum
  }
  return samples
}

/** @returns the value of `tRNS` for each channel in the image's own depth: pixels of exactly this colour are clear. */
const clearColour = ({ transparency, depth }: DecodedPng): number[] | undefined => {
  if (transparency === undefined) return undefined
  return [...transparency].map((value) => (depth < 8 ? (value * 255) / (2 ** depth - 1) : value))
}

const toImage = (png: DecodedPng): Image => {
  const { width, height } = png
  if (png.palette !== undefined) {
    const channels = png.palette[0]?.length ?? 3
    return { width, height, rgb: overWhite({ samples: convertIndexedToRgb(png), channels, maximum: 255 }) }
  }
  const samples = png.depth < 8 ? unpackGrey(png) : png.data
  const maximum = png.depth === 16 ? 65_535 : 255
  const clear = clearColour(png)
  return { width, height, rgb: overWhite({ samples, channels: png.channels, maximum, ...(clear && { clear }) }) }
}

/**
 * Decodes a PNG of any colour type; 16 bits are rounded to 8, what is transparent is laid over white.
 *
 * @throws ItemFailure `ITEM_UNDECODABLE`, before inflating more than the header's size accounts for
 */
export const decodePng = (bytes: Uint8Array): Image =>
  orDamaged('PNG', () => {
    const { header, imageData, critical } = readPngChunks(bytes)
    checkDimensions(header.width, header.height)
    if (header.interlaced && header.depth < 8) {
      // fast-png 8.0.0 unpacks these wrongly.
      throw new ItemFailure('ITEM_UNDECODABLE', 'interlaced PNG images with fewer than 8 bits are not supported')
    }
    // zlib stops at the size that the header promises; fast-png alone would inflate a bomb to its end.
    if (inflateSync(imageData, { maxOutputLength: header.rawBytes }).length !== header.rawBytes) {
      throw new ItemFailure('ITEM_UNDECODABLE', 'the PNG image has less data than its size needs')
    }
    return toImage(decode(critical, { checkCrc: true }))
  })
