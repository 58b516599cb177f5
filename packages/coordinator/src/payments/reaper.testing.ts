import type { ChainClient } from '../chain/createChainClient.ts'
import type { Journal } from '../log/journal.ts'

/** Thrown where a process would have been killed; nothing that comes after it happens. */
class Killed extends Error {}

/** Counts what leaves a trace, and ends the process it stands for right after a given one. */
export const createReaper = (killAfter = Number.POSITIVE_INFINITY) => {
  const steps: string[] = []
  let isDead = false
  const step = async <Result>(name: string, act: () => Promise<Result>): Promise<Result> => {
    if (isDead) throw new Killed()
    const result = await act()
    steps.push(name)
    isDead = steps.length === killAfter
    if (isDead) throw new Killed()
    return result
  }
  return {
    steps,
    step,
    get isDead() {
      return isDead
    },
  }
}

export type Reaper = ReturnType<typeof createReaper>

/** A journal whose every transaction is a step. */
export const mortalJournal = (journal: Journal, { step }: Reaper): Journal => ({
  query: journal.query,
  entries: journal.entries,
  onAppend: journal.onAppend,
  onReload: journal.onReload,
  tree: journal.tree,
  live: journal.live,
  skills: journal.skills,
  apply: journal.apply,
  write: (work) => step('write', () => journal.write(work)),
})

/** A chain to which every message that is sent is a step. */
export const mortalChain = (chain: ChainClient, { step }: Reaper): ChainClient => {
  const { client } = chain
  const mortal = new Proxy(client, {
    get: (target, property) => {
      if (property === 'sendFile') return (boc: Buffer) => step('send', () => target.sendFile(boc))
      const value: unknown = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { ...chain, client: mortal }
}
