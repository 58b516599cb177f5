import { Cell } from '@ton/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createMessageQueue } from './messageQueue.ts'

it('gives messages out in the order in which they came, each once', () => {
  const steps = fc.array(fc.tuple(fc.nat(1500), fc.nat(1500)), { maxLength: 8 })
  fc.assert(
    fc.property(steps, (rounds) => {
      const queue = createMessageQueue()
      let pushed = 0n
      let taken = 0n
      for (const [pushes, shifts] of rounds) {
        for (let count = 0; count < pushes; count++) queue.push({ kind: 'internal', cell: Cell.EMPTY, lt: pushed++ })
        for (let count = 0; count < shifts; count++) {
          const message = queue.shift()
          if (taken === pushed) expect(message).toBeUndefined()
          else expect(message).toMatchObject({ lt: taken++ })
        }
        expect(queue.size).toBe(Number(pushed - taken))
      }
    }),
  )
})
