import { z } from 'zod'
import { compareLabels } from './compareLabels.ts'
import { compareTensors } from './compareTensors.ts'
import { compareTexts } from './compareTexts.ts'
import { TOLERANCE } from './tolerance.ts'

const codedError = z.looseObject({ error: z.looseObject({ code: z.string() }) })
const label = z.looseObject({ label: z.string(), scores: z.record(z.string(), z.number()).optional() })
const text = z.looseObject({ text: z.string() })
const tensor = z.looseObject({ shape: z.array(z.int().nonnegative()), data: z.array(z.number()) })

type Compare = (a: unknown, b: unknown, tolerance: number) => boolean

const comparing =
  <Output>(schema: z.ZodType<Output>, compare: (a: Output, b: Output, tolerance: number) => boolean): Compare =>
  (a, b, tolerance) => {
    const [left, right] = [schema.safeParse(a), schema.safeParse(b)]
    return left.success && right.success && compare(left.data, right.data, tolerance)
  }

const comparers = {
  label: comparing(label, compareLabels),
  text: comparing(text, (a, b) => compareTexts(a.text, b.text)),
  tensor: comparing(tensor, compareTensors),
} satisfies Record<string, Compare>

/** How items of an operation are compared. */
export type ComparisonKind = keyof typeof comparers

const compareItems = (kind: ComparisonKind, a: unknown, b: unknown, tolerance: number): boolean => {
  const [left, right] = [codedError.safeParse(a), codedError.safeParse(b)]
  if (left.success !== right.success) return false
  if (left.success && right.success) return left.data.error.code === right.data.error.code
  return comparers[kind](a, b, tolerance)
}

/**
 * Compares two results item by item across numeric classes; equal hashes need no comparing, and are the caller's to
 * look at first. Pure: nothing but its arguments decides.
 *
 * Results agree when they have as many items and each item does: two coded errors with equal codes, or two outputs
 * that agree by the kind (protocol §5). What does not have the kind's fields agrees with nothing. Fields that the kind
 * does not name (a confidence beside a text) are not looked at.
 *
 * @param b - the reference, where the kind has one (`tensor`)
 * @param options - `tolerance` as a share of the max-norm
 * @example compareResults('text', [{ text: 'a  b' }], [{ text: 'a b' }]) // true
 */
export const compareResults = (
  kind: ComparisonKind,
  a: readonly unknown[],
  b: readonly unknown[],
  options: { tolerance?: number } = {},
): boolean =>
  a.length === b.length && a.every((item, index) => compareItems(kind, item, b[index], options.tolerance ?? TOLERANCE))
