import { Address, Cell } from '@ton/core'
import { z } from 'zod'

const MAX_LT = 2n ** 63n - 1n

const attempt =
  <Value>(parse: (text: string) => Value, message: string) =>
  (text: string, context: z.RefinementCtx): Value => {
    try {
      return parse(text)
    } catch {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
  }

/** An account's address in any of its forms. */
export const addressParameter = z
  .string()
  .max(100)
  .transform(attempt((text) => Address.parse(text), 'failed to parse address'))

/** A BoC of one root, in base64. */
export const bocParameter = z
  .string()
  .min(1, 'empty boc')
  .transform(attempt((text) => Cell.fromBase64(text), 'failed to parse boc'))

/** An integer as JSON has it or, in a query, as digits. */
export const integerParameter = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d{1,15}$/)
      .transform(Number),
  ])
  .pipe(z.int())

/** A logical time: larger than JSON's numbers may be, so that strings are the rule. */
export const ltParameter = z
  .union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()])
  .transform((value) => BigInt(value))
  .pipe(z.bigint().max(MAX_LT))

/** 32 bytes in hex or base64. */
export const hashParameter = z.string().transform(
  attempt((text) => {
    const hash = Buffer.from(text, /^[0-9a-fA-F]{64}$/.test(text) ? 'hex' : 'base64')
    if (hash.length !== 32) throw new Error('not 32 bytes')
    return hash
  }, 'failed to parse hash'),
)

/** A truth value as JSON has it or, in a query, as a word. */
export const booleanParameter = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1'),
])
