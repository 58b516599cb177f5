/** An invariant that does not hold; its name stays the same whatever the run, the detail says what was seen. */
export class Violation extends Error {
  override readonly name = 'Violation'
  readonly invariant: string
  readonly detail: string

  constructor(invariant: string, detail: string) {
    super(detail === '' ? invariant : `${invariant}: ${detail}`)
    this.invariant = invariant
    this.detail = detail
  }
}

/** @throws Violation when it does not hold */
export const holds = (condition: boolean, invariant: string, detail = ''): void => {
  if (!condition) throw new Violation(invariant, detail)
}

/** @returns a value as text in which equal values are equal, amounts included. */
export const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each))
