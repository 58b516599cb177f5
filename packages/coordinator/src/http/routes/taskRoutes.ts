import {
  codes,
  type ErrorCode,
  GstdError,
  parseWith,
  type Receipt,
  type SubmissionOutcome,
  taskStatuses,
  type TaskView,
  taskWaitSchema,
} from '@gstd/sdk'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Intake } from '../../intake/createIntake.ts'
import type { Standing } from '../../recovery/createStanding.ts'
import type { TaskFilter } from '../../tasks/readTasks.ts'
import type { KnownStatuses } from '../../tasks/watchTasks.ts'
import type { Authenticate } from '../authenticate.ts'
import { bodyBytes, bodyJson } from '../createServer.ts'

export type TaskRoutesOptions = {
  intake: Intake
  authenticate: Authenticate
  isDraining: () => boolean
  standing: Pick<Standing, 'check'>
  read: (requester: string, taskIds: readonly string[]) => Promise<TaskView[]>
  /** Waits for a change of tasks that are the requester's. */
  changed: (requester: string, known: KnownStatuses, waitMs: number) => Promise<string[]>
  list: (requester: string, filter: TaskFilter) => Promise<TaskView[]>
  cancel: (requester: string, taskId: string) => Promise<void>
  receipt: (requester: string, taskId: string) => Promise<Receipt>
}

export const taskIdSchema = z.strictObject({ task_id: z.uuidv4() })
export const taskFilterSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  status: z.enum(taskStatuses).optional(),
})

const isCode = (code: string): code is ErrorCode => Object.hasOwn(codes, code)

/** One refused item answers with its own status; several outcomes travel together as 207. */
const answer = (outcomes: SubmissionOutcome[], requestId: string): { status: number; body: unknown } => {
  const [only] = outcomes
  if (outcomes.length === 1 && only?.error !== undefined && isCode(only.error.code)) {
    return { status: codes[only.error.code].httpStatus, body: { ...only.error, request_id: requestId } }
  }
  return { status: outcomes.some((outcome) => outcome.status === 'refused') ? 207 : 202, body: { outcomes } }
}

/** Submit, read, wait, cancel, receipt. */
export const taskRoutes = (server: FastifyInstance, options: TaskRoutesOptions): void => {
  const { authenticate } = options

  server.post('/api/v1/tasks', async (request, reply) => {
    if (options.isDraining()) throw new GstdError('SHUTTING_DOWN', 'the coordinator is draining and takes no new tasks')
    options.standing.check()
    const { status, body } = answer(await options.intake.submit(bodyBytes(request)), request.id)
    return reply.status(status).send(body)
  })

  server.get('/api/v1/tasks', async (request) => {
    const requester = await authenticate.reader(request)
    const filter = parseWith(taskFilterSchema, request.query, 'DOCUMENT_MALFORMED', 'the query')
    return { tasks: await options.list(requester, filter) }
  })

  server.post('/api/v1/tasks/wait', async (request) => {
    const requester = await authenticate.reader(request)
    const { tasks, wait_ms } = parseWith(taskWaitSchema, bodyJson(request), 'DOCUMENT_MALFORMED', 'the body')
    const known = new Map(tasks.map((task) => [task.task_id, task.known]))
    const changed = await options.changed(requester, known, wait_ms)
    return { tasks: await options.read(requester, changed) }
  })

  server.get('/api/v1/tasks/:task_id', async (request) => {
    const requester = await authenticate.reader(request)
    const { task_id } = parseWith(taskIdSchema, request.params, 'DOCUMENT_MALFORMED', 'the address')
    const [view] = await options.read(requester, [task_id])
    return view
  })

  server.delete('/api/v1/tasks/:task_id', async (request) => {
    const requester = await authenticate.actor(request)
    const { task_id } = parseWith(taskIdSchema, request.params, 'DOCUMENT_MALFORMED', 'the address')
    options.standing.check()
    await options.cancel(requester, task_id)
    const [view] = await options.read(requester, [task_id])
    return view
  })

  server.get('/api/v1/tasks/:task_id/receipt', async (request) => {
    const requester = await authenticate.reader(request)
    const { task_id } = parseWith(taskIdSchema, request.params, 'DOCUMENT_MALFORMED', 'the address')
    return options.receipt(requester, task_id)
  })
}
