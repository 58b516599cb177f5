import { TOLERANCE } from './tolerance.ts'

/** Numbers in row-major order. */
export type Tensor = { shape: readonly number[]; data: ArrayLike<number> }

const sameShape = (a: Tensor, b: Tensor): boolean =>
  a.data.length === b.data.length &&
  a.shape.length === b.shape.length &&
  a.shape.every((size, index) => size === b.shape[index])

/**
 * Compares a tensor with a reference in the max-norm: `max|a − r| ≤ 1e-4 · max|r|`, shapes equal (protocol §5).
 * NaN and infinities agree with nothing, not even with themselves. Not symmetric: the norm is the reference's.
 *
 * @param tolerance - share of the reference's largest absolute value
 * @example compareTensors({ shape: [2], data: [1.0001, 0] }, { shape: [2], data: [1, 0] }) // true
 */
export const compareTensors = (actual: Tensor, reference: Tensor, tolerance: number = TOLERANCE): boolean => {
  if (!sameShape(actual, reference)) return false
  let deviation = 0
  let norm = 0
  for (let index = 0; index < reference.data.length; index++) {
    const expected = reference.data[index] ?? Number.NaN
    const difference = Math.abs((actual.data[index] ?? Number.NaN) - expected)
    if (!Number.isFinite(difference)) return false
    deviation = Math.max(deviation, difference)
    norm = Math.max(norm, Math.abs(expected))
  }
  return deviation <= tolerance * norm
}
