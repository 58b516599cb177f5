import { z } from 'zod'
import { hex64 } from '../documents/fields.ts'
import { parametersSchema } from '../documents/parameters.ts'
import { submissionOutcomeSchema, taskViewSchema } from '../documents/taskView.ts'

/** Answer to `GET /api/v1/parameters`. */
export const parametersAnswerSchema = z.strictObject({ parameters: parametersSchema, coordinator_signature: hex64 })

/** Answer to `POST /api/v1/tasks`: one outcome for each item, in order. */
export const submissionAnswerSchema = z.strictObject({ outcomes: z.array(submissionOutcomeSchema) })

/** Answer to `GET /api/v1/tasks`, the latest first. */
export const taskListAnswerSchema = z.strictObject({ tasks: z.array(taskViewSchema) })
