import { z } from 'zod'
import { descriptorSchema } from '../documents/descriptor.ts'
import { contentHash } from '../documents/fields.ts'
import { parseWith } from '../errors/fromZodError.ts'
import type { TaskInput } from './taskInput.ts'

const { task_id, operation, model, params, validation, reward, redundancy, max_devices, deadline } =
  descriptorSchema.shape

const remoteInput = z.strictObject(
  { source: z.enum(['http', 'ipfs']), uri: z.string().min(1).max(2048), hash: contentHash },
  {
    error: ({ code }) =>
      code === 'invalid_type' ? 'expected bytes (a Uint8Array) or an address, { source, uri, hash }' : undefined,
  },
)

/** A union would say only that nothing matched; this names the field of an address that is wrong. */
const inputSource = z.unknown().superRefine((value, context) => {
  if (value instanceof Uint8Array) return
  for (const issue of remoteInput.safeParse(value).error?.issues ?? []) context.addIssue({ ...issue })
})

/** Types and spellings; what is in range is the descriptor's business. */
const sharedFields = {
  operation,
  model: model.unwrap(),
  params: params.optional(),
  validation: validation.optional(),
  rewardTon: reward.shape.amount_ton.optional(),
  timeLimitSec: z.number().optional(),
  maxEnergyMwh: z.number().optional(),
  redundancy,
  maxDevices: max_devices,
  deadline,
  knownAnswer: z.array(z.unknown()).optional(),
  taskId: task_id.optional(),
}

const oneInputSchema = z.strictObject({ ...sharedFields, input: inputSource })
const listInputSchema = z.strictObject({ ...sharedFields, input: z.array(inputSource).min(1).max(256) })

const hasList = (task: unknown): boolean =>
  typeof task === 'object' && task !== null && 'input' in task && Array.isArray(task.input)

/**
 * Checks that a task is one, field by field, and has no field that would be ignored.
 *
 * @throws GstdError `DESCRIPTOR_INVALID` with the path of the field, as the caller spells it
 */
export const checkTaskInput = (task: TaskInput): void => {
  parseWith<z.ZodType>(hasList(task) ? listInputSchema : oneInputSchema, task, 'DESCRIPTOR_INVALID', 'the task')
}
