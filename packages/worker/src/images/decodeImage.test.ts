import { deflateSync } from 'node:zlib'
import { encode, type ImageData } from 'fast-png'
import fc from 'fast-check'
import jpeg from 'jpeg-js'
import { describe, expect, it } from 'vitest'
import { readExamples } from '../examplesForTests/readExamples.ts'
import { decodeImage } from './decodeImage.ts'
import { imagePins } from './image.ts'
import { ItemFailure } from './ItemFailure.ts'
import workerPackage from '../../package.json' with { type: 'json' }

const png = (image: ImageData): Uint8Array => encode(image)

/** Writes a chunk of a PNG with the checksum left at zero. */
const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const bytes = Buffer.alloc(12 + data.length)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  return bytes
}

const header = (width: number, height: number, depth = 8, colourType = 2, interlace = 0): Uint8Array => {
  const bytes = Buffer.alloc(13)
  bytes.writeUInt32BE(width, 0)
  bytes.writeUInt32BE(height, 4)
  bytes.set([depth, colourType, 0, 0, interlace], 8)
  return chunk('IHDR', bytes)
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const END = chunk('IEND', new Uint8Array())

const insertAfterHeader = (image: Uint8Array, ...chunks: Uint8Array[]): Uint8Array =>
  Buffer.concat([image.subarray(0, 33), ...chunks, image.subarray(33)])

const fails = (bytes: Uint8Array, message: string): void => {
  expect(() => decodeImage(bytes)).toThrow(ItemFailure)
  expect(() => decodeImage(bytes)).toThrow(message)
}

describe('decodeImage', () => {
  it('pins the decoders that are installed', () => {
    const { dependencies } = workerPackage
    expect(imagePins.decoders).toEqual([`jpeg-js@${dependencies['jpeg-js']}`, `fast-png@${dependencies['fast-png']}`])
  })

  it('reads every kind of PNG pixel', () => {
    const one = { width: 1, height: 1 }
    const rgbOf = (image: ImageData): number[] => [...decodeImage(png(image)).rgb]
    expect(rgbOf({ ...one, data: Uint8Array.of(10, 20, 30), channels: 3 })).toEqual([10, 20, 30])
    expect(rgbOf({ ...one, data: Uint8Array.of(77), channels: 1 })).toEqual([77, 77, 77])
    expect(rgbOf({ ...one, data: Uint16Array.of(0xffff, 0x8000, 0), channels: 3, depth: 16 })).toEqual([255, 128, 0])
    expect(rgbOf({ ...one, data: Uint8Array.of(10, 20, 30, 0), channels: 4 })).toEqual([255, 255, 255])
    expect(rgbOf({ ...one, data: Uint8Array.of(0, 128, 255, 128), channels: 4 })).toEqual([127, 191, 255])
    expect(rgbOf({ ...one, data: Uint8Array.of(0, 51), channels: 2 })).toEqual([204, 204, 204])
  })

  it('reads palettes and grey of fewer than 8 bits', () => {
    const palette = {
      width: 3,
      height: 2,
      channels: 1,
      palette: [
        [255, 0, 0],
        [0, 0, 255],
      ],
    }
    const indexed = png({ ...palette, data: Uint8Array.of(0, 1, 1, 1, 0, 0), depth: 8 })
    expect([...decodeImage(indexed).rgb.subarray(0, 6)]).toEqual([255, 0, 0, 0, 0, 255])
    const grey = png({ width: 3, height: 2, data: Uint8Array.of(0b1010_0000, 0b0100_0000), channels: 1, depth: 1 })
    expect([...decodeImage(grey).rgb].filter((_, index) => index % 3 === 0)).toEqual([255, 0, 255, 0, 255, 0])
  })

  it('gives back any PNG of 8 bits, interlaced or not', () => {
    const images = fc
      .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
      .chain(([width, height]) =>
        fc
          .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
          .map((data) => ({ width, height, data, channels: 3 })),
      )
    fc.assert(
      fc.property(images, fc.constantFrom('null' as const, 'Adam7' as const), (image, interlace) => {
        const { width, height, data } = image
        expect(decodeImage(encode(image, { interlace }))).toEqual({ width, height, rgb: data })
      }),
    )
  })

  it('reads JPEG, grey too', async () => {
    const data = new Uint8Array(16 * 8 * 4).fill(200)
    const { width, height, rgb } = decodeImage(jpeg.encode({ width: 16, height: 8, data }, 100).data)
    expect({ width, height }).toEqual({ width: 16, height: 8 })
    expect(rgb.every((value) => Math.abs(value - 200) <= 2)).toBe(true)
    for (const { bytes } of await readExamples('photos')) expect(decodeImage(bytes).rgb.length).toBeGreaterThan(100_000)
  })

  it('refuses bombs by their header', () => {
    fails(Buffer.concat([SIGNATURE, header(100_000, 100_000), END]), 'larger than 24 megapixels')
    fails(Buffer.concat([SIGNATURE, header(0, 5), END]), 'no pixels')
    const bigFrame = Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0, 0xff, 0xd9)
    fails(bigFrame, 'larger than 24 megapixels')
  })

  it('refuses image data that inflates to more than its size', () => {
    const bomb = chunk('IDAT', deflateSync(new Uint8Array(50_000_000)))
    fails(Buffer.concat([SIGNATURE, header(2, 2), bomb, END]), 'damaged')
    fails(
      Buffer.concat([SIGNATURE, header(200, 200), chunk('IDAT', deflateSync(new Uint8Array(10))), END]),
      'less data',
    )
  })

  it('never inflates profiles and texts', () => {
    const image = png({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3), channels: 3 })
    const profile = Buffer.concat([Buffer.from('icc\0\0'), deflateSync(new Uint8Array(50_000_000))])
    expect([...decodeImage(insertAfterHeader(image, chunk('iCCP', profile), chunk('zTXt', profile))).rgb]).toEqual([
      1, 2, 3,
    ])
  })

  it('refuses interlaced images that its decoder reads wrongly', () => {
    fails(Buffer.concat([SIGNATURE, header(8, 8, 1, 0, 1), END]), 'interlaced')
  })

  it('refuses truncated and corrupted files', async () => {
    const [photo] = await readExamples('photos')
    const [line] = await readExamples('lines')
    if (photo === undefined || line === undefined) throw new Error('no examples')
    for (const { bytes } of [photo, line]) fails(bytes.subarray(0, bytes.length / 2), 'damaged')
    const corrupted = Uint8Array.from(line.bytes)
    corrupted.fill(0x55, 200, 220)
    fails(corrupted, 'damaged')
  })

  it('answers garbage with a coded failure, whatever it is', () => {
    const starts = [new Uint8Array(), Uint8Array.of(0xff, 0xd8, 0xff), Buffer.concat([SIGNATURE, header(4, 4)])]
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        expect(() => decodeImage(Buffer.concat([start, rest]))).toThrow(ItemFailure)
      }),
      { numRuns: 300 },
    )
  })
})
