import { GstdError } from '../errors/GstdError.ts'

const refuse = (path: string, value: unknown, message: string): GstdError =>
  new GstdError('LIMITS_OUT_OF_RANGE', `${path} ${message}, got ${String(value)}`, {
    details: { path, value: String(value) },
  })

/**
 * Refuses what no formula may see: NaN, infinities, and anything outside `min`..`max`.
 *
 * @param path - name of the input, for the message
 * @returns the value
 * @throws GstdError `LIMITS_OUT_OF_RANGE`
 */
export const checkRange = (path: string, value: number, min: number, max = Number.MAX_VALUE): number => {
  if (typeof value === 'number' && value >= min && value <= max) return value
  throw refuse(path, value, max === Number.MAX_VALUE ? `must be a number from ${min} on` : `must be in ${min}..${max}`)
}

/**
 * Refuses everything but whole numbers in `min`..`max`.
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE`
 */
export const checkCount = (path: string, value: number, min = 0, max = Number.MAX_SAFE_INTEGER): number => {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw refuse(
    path,
    value,
    max === Number.MAX_SAFE_INTEGER
      ? `must be a whole number from ${min} on`
      : `must be a whole number in ${min}..${max}`,
  )
}

/**
 * Refuses negative amounts.
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE`
 */
export const checkAmount = (path: string, amountNano: bigint): bigint => {
  if (typeof amountNano === 'bigint' && amountNano >= 0n) return amountNano
  throw refuse(path, amountNano, 'must be an amount in nano, 0n or more')
}
