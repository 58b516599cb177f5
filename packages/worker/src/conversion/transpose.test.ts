import { describe, expect, it } from 'vitest'
import { transpose } from './transpose.ts'

describe('transpose', () => {
  it('moves axes as numpy does', () => {
    const matrix = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] }
    expect(transpose(matrix, [1, 0])).toEqual({ data: Float32Array.of(1, 4, 2, 5, 3, 6), shape: [3, 2] })
  })

  it('is undone by the inverse permutation', () => {
    const tensor = { data: Float32Array.from({ length: 120 }, (_, index) => index), shape: [2, 3, 4, 5] }
    expect(transpose(transpose(tensor, [3, 2, 0, 1]), [2, 3, 1, 0])).toEqual(tensor)
  })
})
