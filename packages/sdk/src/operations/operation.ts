import { z } from 'zod'
import type { ModelManifest } from './modelManifest.ts'

/**
 * How results of one operation are compared across numeric classes (protocol §5): `label` by the top label, `text`
 * after Unicode NFC and white-space folding.
 */
export type ResultKind = 'label' | 'text'

/** The output of an item that has none: one bad input does not spoil the others of its task. */
export const itemErrorSchema = z.strictObject({
  error: z.strictObject({
    code: z.enum(['ITEM_UNDECODABLE', 'ITEM_FAILED']),
    /** One of the fixed sentences of the operation, the same on every device. */
    message: z.string().min(1).max(200),
  }),
})

export type ItemError = z.output<typeof itemErrorSchema>

/** Makes the output of an item that could not be processed. */
export const itemError = (code: ItemError['error']['code'], message: string): ItemError => ({
  error: { code, message },
})

/** What the network knows of an operation; how it is computed is the worker's business. */
export type Operation<Params extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> = {
  readonly operation: string
  readonly kind: ResultKind
  /** Strict; defaults are filled in by the device. */
  readonly paramsSchema: Params
  /** One item's output when it succeeded. */
  readonly outputSchema: Output
  /** One item of a result: an output or a coded error. */
  readonly resultItemSchema: z.ZodUnion<readonly [Output, typeof itemErrorSchema]>
  /** The models that are known for it; which of them a network allows, its parameters say. */
  readonly models: readonly ModelManifest[]
}

/** Declares an operation. */
export const defineOperation = <Params extends z.ZodType, Output extends z.ZodType>(
  declared: Omit<Operation<Params, Output>, 'resultItemSchema'>,
): Operation<Params, Output> => ({
  ...declared,
  resultItemSchema: z.union([declared.outputSchema, itemErrorSchema]),
})

/** A probability as results carry it: rounded to six decimals by {@link roundScore}. */
export const score = z.number().min(0).max(1)

/**
 * Rounds a float32 score to the nearest 10⁻⁶, ties away from zero: the one pinned way, so that the canonical bytes
 * of equal float32 values are equal.
 */
export const roundScore = (value: number): number => Math.round(Math.fround(value) * 1e6) / 1e6
