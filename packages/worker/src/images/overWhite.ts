/** Samples of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha) channels, from 0 to `maximum`. */
export type Samples = {
  samples: ArrayLike<number>
  channels: number
  maximum: number
  /** Pixels of exactly this colour are clear. */
  clear?: readonly number[]
}

/**
 * Lays an image over white and brings it to 8 bits of red, green and blue, in integers, rounding half up.
 */
export const overWhite = ({ samples, channels, maximum, clear }: Samples): Uint8Array => {
  const pixelCount = Math.floor(samples.length / channels)
  const colourCount = channels < 3 ? 1 : 3
  const hasAlpha = channels !== colourCount
  const rgb = new Uint8Array(pixelCount * 3)
  for (let pixel = 0; pixel < pixelCount; pixel++) {
    const first = pixel * channels
    const isClear = clear !== undefined && clear.every((value, channel) => samples[first + channel] === value)
    const alpha = isClear ? 0 : hasAlpha ? (samples[first + colourCount] ?? 0) : maximum
    for (let channel = 0; channel < 3; channel++) {
      const colour = samples[first + (colourCount === 3 ? channel : 0)] ?? 0
      const blended = colour * alpha + maximum * (maximum - alpha)
      rgb[pixel * 3 + channel] = Math.floor((blended * 255) / (maximum * maximum) + 0.5)
    }
  }
  return rgb
}
