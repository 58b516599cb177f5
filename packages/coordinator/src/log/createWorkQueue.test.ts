import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWorkQueue, type GroupWork } from './createWorkQueue.ts'

/** A queue whose groups take a few turns to be written, and what was written with what. */
const openQueue = (prepare: () => Promise<void> = async () => undefined) => {
  const written: string[][] = []
  const commitGroup = async (group: readonly GroupWork<string[]>[]): Promise<void> => {
    const names: string[] = []
    const done: GroupWork<string[]>[] = []
    for (const work of group) {
      try {
        work.run(names)
        done.push(work)
      } catch (thrown) {
        work.settle({ thrown })
      }
    }
    await turn()
    written.push(names)
    for (const work of done) work.settle()
  }
  return { written, queue: createWorkQueue({ commitGroup, prepare }) }
}

describe('works', () => {
  it('run in the order of their coming, and are grouped where nobody stands between', async () => {
    const { written, queue } = openQueue()
    const together = (name: string) => queue.together((names) => names.push(name))
    const alone = (name: string) =>
      queue.alone(async () => {
        await turn()
        written.push([name])
      })
    await Promise.all([together('a'), together('b'), alone('C'), alone('D'), together('e'), together('f'), alone('G')])
    expect(written).toEqual([['a', 'b'], ['C'], ['D'], ['e', 'f'], ['G']])
  })

  it('gather while a group is written', async () => {
    const { written, queue } = openQueue()
    const first = queue.together((names) => names.push('a'))
    await turn()
    const later = ['b', 'c', 'd'].map((name) => queue.together((names) => names.push(name)))
    await Promise.all([first, ...later])
    expect(written).toEqual([['a'], ['b', 'c', 'd']])
  })

  it('all settle, whatever comes when and fails', async () => {
    const event = fc.record({
      kind: fc.constantFrom('together', 'alone', 'turn'),
      fails: fc.boolean(),
      isClosed: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        let isClosed = false
        const { written, queue } = openQueue(async () => {
          if (isClosed) throw new Error('closed')
        })
        const expected: string[] = []
        const settled: Promise<string | undefined>[] = []
        for (const [index, { kind, fails, isClosed: closes }] of events.entries()) {
          const name = String(index)
          isClosed = closes
          if (kind === 'turn') {
            await turn()
            continue
          }
          const fail = () => {
            if (fails) throw new Error('no')
          }
          const work =
            kind === 'together'
              ? queue.together((names) => {
                  fail()
                  names.push(name)
                  return name
                })
              : queue.alone(async () => {
                  await turn()
                  fail()
                  written.push([name])
                  return name
                })
          settled.push(work.catch(() => undefined))
          expected.push(name)
        }
        isClosed = false
        const results = await Promise.all(settled)
        const done = results.filter((name) => name !== undefined)
        expect(written.flat()).toEqual(done)
        expect(results).toHaveLength(expected.length)
        expect(await queue.together((names) => names.push('last'))).toBe(1)
      }),
    )
  })
})
