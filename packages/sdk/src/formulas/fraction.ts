import { GstdError } from '../errors/GstdError.ts'

/** An exact rational number; the denominator is positive, the pair need not be reduced. */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint }

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/

/**
 * Reads a number as the decimal that JavaScript prints for it (the shortest that reads back as the same double), so
 * that 0.1 is a tenth and not 0.1000000000000000055. What JSON carried is what is computed with.
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for NaN and infinities
 * @example fractionOf(0.25) // { numerator: 25n, denominator: 100n }
 */
export const fractionOf = (value: number | bigint): Fraction => {
  if (typeof value === 'bigint') return { numerator: value, denominator: 1n }
  const match = DECIMAL.exec(String(value))
  if (match === null) {
    throw new GstdError('LIMITS_OUT_OF_RANGE', `${String(value)} is no finite number`, { details: { path: '' } })
  }
  const [, sign = '', whole = '0', decimals = '', exponent = '0'] = match
  const digits = BigInt(`${whole}${decimals}`)
  const shift = Number(exponent) - decimals.length
  return {
    numerator: (sign === '' ? digits : -digits) * 10n ** BigInt(Math.max(0, shift)),
    denominator: 10n ** BigInt(Math.max(0, -shift)),
  }
}

/** @returns a + b, exactly. */
export const addFractions = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.denominator + b.numerator * a.denominator,
  denominator: a.denominator * b.denominator,
})

/** @returns a − b, exactly. */
export const subtractFractions = (a: Fraction, b: Fraction): Fraction =>
  addFractions(a, { numerator: -b.numerator, denominator: b.denominator })

/** @returns a · b, exactly. */
export const multiplyFractions = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
})

/** @returns a / b, exactly; b must be positive. */
export const divideFractions = (a: Fraction, b: Fraction): Fraction =>
  multiplyFractions(a, { numerator: b.denominator, denominator: b.numerator })

const isLess = (a: Fraction, b: Fraction): boolean => a.numerator * b.denominator < b.numerator * a.denominator

/** @returns the nearest value in `min`..`max`. */
export const clampFraction = (value: Fraction, min: Fraction, max: Fraction): Fraction =>
  isLess(value, min) ? min : isLess(max, value) ? max : value

/** @returns the largest integer that is not above the value. */
export const floorFraction = ({ numerator, denominator }: Fraction): bigint => {
  const quotient = numerator / denominator
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient
}
