import { describe, expect, it } from 'vitest'
import { toLineTensor } from './toLineTensor.ts'

const plain = (width: number, height: number, colour: readonly [number, number, number]) => ({
  width,
  height,
  rgb: Uint8Array.from({ length: width * height * 3 }, (_, index) => colour[index % 3] ?? 0),
})

describe('toLineTensor', () => {
  it('is 48 high, in proportion, blue first, from −1 to 1', () => {
    const { data, dims } = toLineTensor(plain(1000, 100, [255, 0, 51]))
    expect(dims).toEqual([1, 3, 48, 480])
    const plane = 48 * 480
    expect([data[0], data[plane], data[2 * plane]]).toEqual([Math.fround(-0.6), -1, 1])
    expect(data).toHaveLength(3 * plane)
  })

  it('pads short lines with zeros', () => {
    const { data, dims } = toLineTensor(plain(48, 48, [255, 255, 255]))
    expect(dims).toEqual([1, 3, 48, 320])
    expect([...data.subarray(46, 50)]).toEqual([1, 1, 0, 0])
  })

  it('refuses what is no line', () => {
    expect(() => toLineTensor(plain(6700, 100, [0, 0, 0]))).toThrow('longer than 66 times its height')
  })
})
