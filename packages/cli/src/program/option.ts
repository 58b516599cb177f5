import { GstdError, parseAmount } from '@gstd/sdk'

/** One flag of a command, as data: how it is written, what it means, how its text becomes a value. */
export type Option<Value> = {
  /** In commander's spelling: `--reward <ton>`, `--wait`. */
  readonly flags: string
  readonly summary: string
  /** Shown in the help; the value itself comes from `read`. */
  readonly defaultText?: string
  readonly repeatable?: boolean
  /** Environment variable that stands in for the flag. */
  readonly env?: string
  /** @param raw - undefined when the flag is absent, `true` for a flag without a value */
  readonly read: (raw: RawOption) => Value
}

export type RawOption = string | readonly string[] | true | undefined

/** What a command's `run` gets for its declared options. */
export type OptionValues<Options> = { [Key in keyof Options]: Options[Key] extends Option<infer Value> ? Value : never }

type TextOption<Value> = Pick<Option<unknown>, 'flags' | 'summary' | 'env'> & { parse: (text: string) => Value }

/** A flag with a value that may be absent. */
export const optional = <Value>({ parse, ...option }: TextOption<Value>): Option<Value | undefined> => ({
  ...option,
  read: (raw) => (typeof raw === 'string' ? parse(raw) : undefined),
})

/** A flag with a value and a default. */
export const withDefault = <Value>({ parse, ...option }: TextOption<Value>, defaultText: string): Option<Value> => ({
  ...option,
  defaultText,
  read: (raw) => parse(typeof raw === 'string' ? raw : defaultText),
})

/** A flag with a value that must be there. */
export const required = <Value>({ parse, ...option }: TextOption<Value>): Option<Value> => ({
  ...option,
  summary: `${option.summary} (required)`,
  read: (raw) => {
    if (typeof raw === 'string') return parse(raw)
    throw new GstdError('USAGE_INVALID', `${option.flags} is missing`, { hint: `add ${option.flags}` })
  },
})

/** A flag that may be given several times. */
export const repeated = <Value>({ parse, ...option }: TextOption<Value>): Option<Value[]> => ({
  ...option,
  repeatable: true,
  read: (raw) => (typeof raw === 'object' ? raw : typeof raw === 'string' ? [raw] : []).map(parse),
})

/** A flag without a value. */
export const flag = (flags: string, summary: string): Option<boolean> => ({
  flags,
  summary,
  read: (raw) => raw === true,
})

const wrong = (text: string, expected: string): GstdError =>
  new GstdError('USAGE_INVALID', `"${text}" is not ${expected}`, { details: { value: text } })

export const asText = (text: string): string => text

/** @returns a parser for integers in a range. */
export const asInteger =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) throw wrong(text, `a whole number from ${min} to ${max}`)
    return value
  }

/** @returns a parser for decimal numbers in a range. */
export const asNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= min && value <= max)) throw wrong(text, `a number from ${min} to ${max}`)
    return value
  }

/** @returns a parser for one of several words. */
export const asOneOf =
  <const Words extends readonly string[]>(words: Words) =>
  (text: string): Words[number] => {
    const word: Words[number] | undefined = words.find((candidate) => candidate === text)
    if (word === undefined) throw wrong(text, `one of ${words.join(', ')}`)
    return word
  }

/** More than there is of either coin, and few enough for every field of the contracts and the protocol. */
const MAX_AMOUNT = 9_999_999_999n

/** @returns a parser for positive decimals with at most nine places, which leaves them as they are written. */
export const asAmountOf =
  (coin: 'TON' | 'GSTD', example: string) =>
  (text: string): string => {
    const whole = /^([1-9]\d*)(?:\.\d{1,9})?$/.exec(text)?.[1] ?? '0'
    if (BigInt(whole) > MAX_AMOUNT) throw wrong(text, `an amount up to ${MAX_AMOUNT} ${coin}`)
    try {
      if (parseAmount(text) > 0n) return text
    } catch {
      // The message below says what an amount looks like.
    }
    throw wrong(text, `an amount in ${coin} above 0, such as ${example}`)
  }

/** Parses an amount of TON. */
export const asTon = asAmountOf('TON', '0.01')

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Parses a duration such as `250ms`, `5s`, `10m`, `2h`, `7d`. @returns milliseconds */
export const asDurationMs = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)
  const unitMs = UNIT_MS[match?.[2] ?? '']
  if (match === null || unitMs === undefined) throw wrong(text, 'a duration such as 5s, 10m or 7d')
  return Number(match[1]) * unitMs
}

/** Parses a name that becomes part of a file's name. */
export const asName = (text: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text)) {
    throw wrong(text, 'a name of at most 64 letters, digits, "-" and "_"')
  }
  return text
}
