import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Subscriber } from './createTaskEvents.ts'
import { openEventStream } from './openEventStream.ts'

const KIB = 1024
const events = Array.from({ length: 100 }, (_, index) => ({ task_id: `task-${index}`, status: 'running' as const }))

/** A stream, and who tells it. */
const open = () => {
  const subscribers = new Set<Subscriber>()
  const source = {
    subscribe: (subscriber: Subscriber) => {
      subscribers.add(subscriber)
      return () => subscribers.delete(subscriber)
    },
    ring: () => undefined,
    close: () => undefined,
  }
  const stream = openEventStream(source, '0:aa', undefined)
  const [subscriber] = subscribers
  if (subscriber === undefined) throw new Error('nobody subscribed')
  return { stream, subscriber, subscribers }
}

it('cuts off who does not read, with a code and no more in memory than the limit', async () => {
  const { stream, subscriber, subscribers } = open()
  subscriber.begin('1-0', [])
  let told = 0
  while (subscribers.size > 0 && told < 1_000) {
    subscriber.tell(`${told}-0`, events)
    told += 1
  }
  expect(subscribers.size).toBe(0)
  subscriber.tell('after-it', events)
  const all = await text(stream)
  const last = all.trimEnd().split('\n\n').at(-1) ?? ''
  expect(last).toMatch(/^event: error\ndata: \{"code":"RATE_LIMITED"/)
  expect(all).not.toContain('after-it')
  expect(all.length).toBeGreaterThan(200 * KIB)
  expect(all.length).toBeLessThan(270 * KIB)
})

it('gives the id with the last of what is told together', async () => {
  const { stream, subscriber } = open()
  subscriber.begin('5-2', events.slice(0, 2))
  subscriber.end()
  const frames = (await text(stream)).trimEnd().split('\n\n')
  expect(frames.map((frame) => frame.split('\n').find((line) => line.startsWith('id:')))).toEqual([
    undefined,
    undefined,
    'id: 5-2',
    undefined,
  ])
  expect(frames.at(-1)).toContain('SHUTTING_DOWN')
})

it('lasts an hour, with a sign of life every 15 seconds', async () => {
  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const { stream, subscribers } = open()
  vi.advanceTimersByTime(3_599_999)
  expect(subscribers.size).toBe(1)
  vi.advanceTimersByTime(1)
  expect(subscribers.size).toBe(0)
  const frames = (await text(stream)).split('\n\n')
  expect(frames.filter((frame) => frame.startsWith(':')).length).toBeGreaterThanOrEqual(239)
  expect(frames.at(-2)).toContain('AUTH_REQUIRED')
})

it('leaves when its reader goes', async () => {
  const { stream, subscribers } = open()
  stream.destroy()
  await expect.poll(() => subscribers.size).toBe(0)
})
