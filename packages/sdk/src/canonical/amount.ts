import { GstdError } from '../errors/GstdError.ts'

const NANO_PER_TON = 1_000_000_000n
const DECIMAL = /^(0|[1-9]\d{0,17})(?:\.(\d{1,9}))?$/

/**
 * Converts a decimal amount to nano (10⁻⁹).
 *
 * @param decimal - such as `0.01`; at most nine decimals, no sign, no exponent
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for anything else
 * @example parseAmount('0.01') // 10_000_000n
 */
export const parseAmount = (decimal: string): bigint => {
  const match = DECIMAL.exec(decimal)
  if (match === null) {
    throw new GstdError('LIMITS_OUT_OF_RANGE', `"${decimal.slice(0, 40)}" is no amount with at most nine decimals`)
  }
  return BigInt(match[1] ?? '0') * NANO_PER_TON + BigInt((match[2] ?? '').padEnd(9, '0'))
}

/**
 * Writes an amount in nano as the shortest decimal.
 *
 * @example formatAmount(10_000_000n) // '0.01'
 */
export const formatAmount = (amountNano: bigint): string => {
  const sign = amountNano < 0n ? '-' : ''
  const absolute = amountNano < 0n ? -amountNano : amountNano
  const fraction = (absolute % NANO_PER_TON).toString().padStart(9, '0').replace(/0+$/, '')
  return `${sign}${absolute / NANO_PER_TON}${fraction === '' ? '' : `.${fraction}`}`
}
