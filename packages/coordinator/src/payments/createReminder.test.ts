import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createReminder } from './createReminder.ts'

it('speaks when something changes, and then once a minute', () => {
  let nowMs = 0
  const lines: unknown[] = []
  const logger = pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) })
  const remind = createReminder(logger, () => nowMs)
  for (; nowMs < 120_000; nowMs += 1000) remind('epoch', { held: 5n }, 'wrong')
  expect(lines).toEqual([
    { level: 50, held: 5, msg: 'wrong' },
    { level: 50, held: 5, msg: 'wrong' },
  ])
  remind('epoch', { held: 6n }, 'wrong')
  remind('another', { held: 6n }, 'wrong')
  remind('epoch', { held: 6n }, 'wrong')
  expect(lines).toHaveLength(4)
})
