/** Whose move it is after an error. */
export type Fault = 'user' | 'config' | 'network' | 'peer' | 'chain' | 'internal'

/** What a code means, once, for every surface that shows it. */
export type CodeDefinition = {
  readonly fault: Fault
  readonly httpStatus: number
  readonly retryable?: boolean
  /** One sentence for the documentation: when this happens and what to change. */
  readonly meaning: string
}

/**
 * Declares the codes of one area and keeps their names as literal types.
 *
 * @param codes - `AREA_REASON` to its definition; a code is never reused for another meaning.
 */
export const defineCodes = <const Codes extends Record<string, CodeDefinition>>(codes: Codes): Codes => codes
