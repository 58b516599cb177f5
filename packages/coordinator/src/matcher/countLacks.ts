import { type Lack, lacks } from './lackOf.ts'

/** How many lacked something, with some of them by name. */
export type LackCount<Example> = { lack: Lack; count: number; examples: Example[] }

/** How many examples an explanation names for each lack. */
const EXAMPLES = 5

/** @returns what was lacking, in the order of asking, and how many lacked nothing */
export const countLacks = <Example>(
  found: Iterable<{ lack: Lack | undefined; example: Example }>,
): { suitable: number; examples: Example[]; lacking: LackCount<Example>[] } => {
  const byLack = new Map<Lack | undefined, { count: number; examples: Example[] }>()
  for (const { lack, example } of found) {
    const counted = byLack.get(lack) ?? { count: 0, examples: [] }
    byLack.set(lack, counted)
    counted.count += 1
    if (counted.examples.length < EXAMPLES) counted.examples.push(example)
  }
  const suitable = byLack.get(undefined)
  return {
    suitable: suitable?.count ?? 0,
    examples: suitable?.examples ?? [],
    lacking: lacks.flatMap((lack) => {
      const counted = byLack.get(lack)
      return counted === undefined ? [] : [{ lack, ...counted }]
    }),
  }
}
