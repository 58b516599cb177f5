import { GstdError } from '@gstd/sdk'

type Details = Record<string, unknown>

const MAX_REASON = 2000

/** @throws GstdError `AUDITOR_REFUSED`: always */
export const refuse = (message: string, details: Details = {}): never => {
  throw new GstdError('AUDITOR_REFUSED', message, { details })
}

/** @throws GstdError `AUDITOR_REFUSED` when the two differ */
export const expectEqual = (what: string, actual: unknown, expected: unknown): void => {
  if (actual !== expected) refuse(`${what} is not what the log gives`, { actual, expected })
}

/** @throws GstdError `AUDITOR_REFUSED` when there is no such thing */
export const known = <Value>(value: Value | undefined, message: string, details: Details = {}): Value =>
  value === undefined ? refuse(message, details) : value

const toText = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : (JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v)) ?? '')

const shorten = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text

/**
 * Puts an error into the words of a refusal: code, message, the figures that differ, and what is not paid for it.
 *
 * @param leaf - task, attempts and devices; never left out for want of room
 */
export const reasonOf = ({ code, message, details }: GstdError, leaf?: string): string => {
  const figures = Object.entries(details).map(([name, value]) => `${name} ${toText(value)}`)
  const text = `${code}: ${message}${figures.length === 0 ? '' : ` (${figures.join(', ')})`}`
  const end = leaf === undefined ? '' : `; ${shorten(leaf, MAX_REASON / 2)}`
  return shorten(text, MAX_REASON - end.length) + end
}
