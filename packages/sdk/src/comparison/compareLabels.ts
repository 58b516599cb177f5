import { TOLERANCE } from './tolerance.ts'

/** The most probable label of an item, and the scores it was chosen by. A known answer may come without scores. */
export type LabelOutput = { label: string; scores?: Record<string, number> | undefined }

const topLabels = ({ label, scores }: LabelOutput, tolerance: number): Set<string> => {
  const entries = Object.entries(scores ?? {})
  const top = Math.max(...entries.map(([, score]) => score))
  const norm = Math.max(...entries.map(([, score]) => Math.abs(score)))
  return new Set([label, ...entries.filter(([, score]) => score >= top - tolerance * norm).map(([name]) => name)])
}

/**
 * Compares two labelled items: the same top label, where labels whose scores tie within the tolerance count as equal.
 *
 * Scores decide nothing but ties (protocol §5 compares a `label` by its top label): honest runtimes differ in them by
 * more than an element-wise tolerance allows, and within one numeric class the hash has compared every bit already.
 * A tie must hold on both sides, each label among the other's top ones: were one side enough, a result whose scores
 * are all equal would agree with every answer.
 *
 * @param tolerance - share of the largest score that a tie may be apart
 * @returns whether they agree; symmetric and reflexive
 * @example compareLabels({ label: 'Neutral', scores: { Neutral: 0.9, Drawing: 0.1 } }, { label: 'Neutral' }) // true
 */
export const compareLabels = (a: LabelOutput, b: LabelOutput, tolerance: number = TOLERANCE): boolean =>
  a.label === b.label || (topLabels(a, tolerance).has(b.label) && topLabels(b, tolerance).has(a.label))
