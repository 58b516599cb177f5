import { z } from 'zod'
import { limits } from './checkLimits.ts'
import { taskStatuses, taskViewSchema } from './taskView.ts'

/** The longest that one request may wait, in ms. */
const MAX_WAIT_MS = 30_000

/**
 * Body of `POST /api/v1/tasks/wait`: answers as soon as one of the tasks has another status than the one that is
 * known, with all that have; a task whose status is not known counts as changed.
 */
export const taskWaitSchema = z.strictObject({
  tasks: z
    .array(z.strictObject({ task_id: z.uuidv4(), known: z.enum(taskStatuses).optional() }))
    .min(1)
    .max(limits.batchItems),
  wait_ms: z.int().min(0).max(MAX_WAIT_MS),
})

/** Its answer; empty when nothing changed in time. */
export const taskWaitAnswerSchema = z.strictObject({ tasks: z.array(taskViewSchema) })

export type TaskWait = z.output<typeof taskWaitSchema>
