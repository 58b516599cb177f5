/** @returns median and 99th percentile, by nearest rank */
export const percentiles = (values: readonly number[]): { p50: number; p99: number } => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (fraction: number): number =>
    Number((sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? 0).toFixed(1))
  return { p50: at(0.5), p99: at(0.99) }
}
