import { GstdError } from '@gstd/sdk'
import type { FastifyInstance } from 'fastify'
import type { TaskEvents } from '../../events/createTaskEvents.ts'
import { readCursor } from '../../events/cursor.ts'
import { openEventStream } from '../../events/openEventStream.ts'
import type { Authenticate } from '../authenticate.ts'

const MAX_STREAMS = 1_000
const MAX_STREAMS_OF_REQUESTER = 8

/** What a requester's tasks come to, as it happens. */
export const eventRoutes = (
  server: FastifyInstance,
  { events, authenticate }: { events: TaskEvents; authenticate: Authenticate },
): void => {
  const open = new Map<string, number>()
  let total = 0
  const count = (requester: string, by: number): void => {
    total += by
    const own = (open.get(requester) ?? 0) + by
    if (own === 0) open.delete(requester)
    else open.set(requester, own)
  }

  server.get('/api/v1/tasks/events', async (request, reply) => {
    const requester = await authenticate.reader(request)
    if (total >= MAX_STREAMS || (open.get(requester) ?? 0) >= MAX_STREAMS_OF_REQUESTER) {
      throw new GstdError('RATE_LIMITED', 'too many streams of events are open')
    }
    const { 'last-event-id': lastId } = request.headers
    const stream = openEventStream(events, requester, readCursor(typeof lastId === 'string' ? lastId : undefined))
    count(requester, 1)
    stream.once('close', () => count(requester, -1))
    reply.raw.once('close', () => stream.destroy())
    return reply
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .type('text/event-stream')
      .send(stream)
  })
}
