import type { Image } from './image.ts'

/** The source samples that make one sample of the result, and their weights, which sum to 1. */
type Tap = { first: number; weights: Float64Array }

/**
 * Weights of a triangle filter: linear interpolation between pixel centres when enlarging, and when shrinking the
 * triangle is as wide as the scale, so that every source pixel counts (the filter Pillow calls bilinear).
 */
const computeTaps = (sourceSize: number, targetSize: number): Tap[] => {
  const scale = sourceSize / targetSize
  const support = Math.max(1, scale)
  return Array.from({ length: targetSize }, (_, index) => {
    const centre = (index + 0.5) * scale - 0.5
    const first = Math.max(0, Math.ceil(centre - support))
    const last = Math.min(sourceSize - 1, Math.floor(centre + support))
    const weights = Float64Array.from({ length: last - first + 1 }, (__, tap) =>
      Math.max(0, 1 - Math.abs(first + tap - centre) / support),
    )
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, weights: weights.map((weight) => weight / sum) }
  })
}

/**
 * Resizes an image to exactly `width` × `height` pixels: the one pinned resizer, `bilinear/1`. Plain double
 * arithmetic in a fixed order, first along rows, then along columns, rounded half up once at the end, so every
 * device gets the same bytes.
 */
export const resizeBilinear = (source: Image, width: number, height: number): Image => {
  const rowLength = width * 3
  const narrowed = new Float64Array(rowLength * source.height)
  computeTaps(source.width, width).forEach(({ first, weights }, x) => {
    for (let y = 0; y < source.height; y++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let tap = 0; tap < weights.length; tap++) {
          sum += (weights[tap] ?? 0) * (source.rgb[(y * source.width + first + tap) * 3 + channel] ?? 0)
        }
        narrowed[y * rowLength + x * 3 + channel] = sum
      }
    }
  })
  const rgb = new Uint8Array(rowLength * height)
  computeTaps(source.height, height).forEach(({ first, weights }, y) => {
    for (let position = 0; position < rowLength; position++) {
      let sum = 0
      for (let tap = 0; tap < weights.length; tap++) {
        sum += (weights[tap] ?? 0) * (narrowed[(first + tap) * rowLength + position] ?? 0)
      }
      rgb[y * rowLength + position] = Math.floor(sum + 0.5)
    }
  })
  return { width, height, rgb }
}
