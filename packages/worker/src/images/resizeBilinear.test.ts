import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Image } from './image.ts'
import { resizeBilinear } from './resizeBilinear.ts'

const size = fc.integer({ min: 1, max: 24 })
const image: fc.Arbitrary<Image> = fc
  .tuple(size, size)
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
      .map((rgb) => ({ width, height, rgb })),
  )

const turn = ({ width, height, rgb }: Image): Image => ({
  width: height,
  height: width,
  rgb: Uint8Array.from(rgb, (_, index) => {
    const [pixel, channel] = [Math.floor(index / 3), index % 3]
    return rgb[((pixel % height) * width + Math.floor(pixel / height)) * 3 + channel] ?? 0
  }),
})

describe('resizeBilinear', () => {
  it('keeps an image of the same size', () => {
    fc.assert(
      fc.property(image, (source) => {
        expect(resizeBilinear(source, source.width, source.height)).toEqual(source)
      }),
    )
  })

  it('keeps one colour', () => {
    fc.assert(
      fc.property(
        size,
        size,
        size,
        size,
        fc.integer({ min: 0, max: 255 }),
        (width, height, toWidth, toHeight, value) => {
          const source = { width, height, rgb: new Uint8Array(width * height * 3).fill(value) }
          expect(new Set(resizeBilinear(source, toWidth, toHeight).rgb)).toEqual(new Set([value]))
        },
      ),
    )
  })

  it('stays between the darkest and the brightest sample', () => {
    fc.assert(
      fc.property(image, size, size, (source, width, height) => {
        const { rgb } = resizeBilinear(source, width, height)
        expect(rgb).toHaveLength(width * height * 3)
        expect(Math.min(...rgb)).toBeGreaterThanOrEqual(Math.min(...source.rgb))
        expect(Math.max(...rgb)).toBeLessThanOrEqual(Math.max(...source.rgb))
      }),
    )
  })

  it('treats rows and columns alike, to one step of rounding', () => {
    fc.assert(
      fc.property(image, size, size, (source, width, height) => {
        const straight = resizeBilinear(source, width, height).rgb
        const turned = turn(resizeBilinear(turn(source), height, width)).rgb
        expect(straight.every((value, index) => Math.abs(value - (turned[index] ?? 0)) <= 1)).toBe(true)
      }),
    )
  })

  it('interpolates between pixel centres', () => {
    const grey = (...values: number[]) => Uint8Array.from(values.flatMap((value) => [value, value, value]))
    const source = { width: 2, height: 1, rgb: grey(0, 100) }
    expect(resizeBilinear(source, 4, 1).rgb).toEqual(grey(0, 25, 75, 100))
    expect(resizeBilinear({ width: 4, height: 1, rgb: grey(0, 0, 100, 100) }, 1, 1).rgb).toEqual(grey(50))
  })
})
