/** A bell for long polls: rings whenever a task may have changed. */
export type Changes = {
  ring(): void
  /** @returns a wait that was begun now, so that no ring between reading and waiting is lost. */
  next(): { within(timeoutMs: number): Promise<void> }
}

export const createChanges = (): Changes => {
  let rung = Promise.withResolvers<void>()
  return {
    ring: () => {
      rung.resolve()
      rung = Promise.withResolvers<void>()
    },
    next: () => {
      const { promise } = rung
      return {
        within: async (timeoutMs) => {
          let timer: NodeJS.Timeout | undefined
          const late = new Promise<void>((resolve) => {
            timer = setTimeout(resolve, timeoutMs)
          })
          await Promise.race([promise, late])
          clearTimeout(timer)
        },
      }
    },
  }
}
