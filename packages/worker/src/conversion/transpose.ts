import type { Weight } from './layersModel.ts'

/**
 * Reorders the axes of a tensor, as numpy's `transpose` does: axis `i` of the result is axis `axes[i]` of the source.
 */
export const transpose = ({ data, shape }: Weight, axes: readonly number[]): Weight => {
  const sizeOf = (axis: number): number => shape[axis] ?? 1
  const strideOf = (axis: number): number => shape.slice(axis + 1).reduce((product, size) => product * size, 1)
  const sizes = axes.map(sizeOf)
  const strides = axes.map(strideOf)
  const result = new Float32Array(data.length)
  for (let target = 0; target < result.length; target++) {
    let rest = target
    let source = 0
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const size = sizes[axis] ?? 1
      source += (rest % size) * (strides[axis] ?? 0)
      rest = Math.floor(rest / size)
    }
    result[target] = data[source] ?? 0
  }
  return { data: result, shape: sizes }
}
