import { modelManifestSchema } from '@gstd/sdk'
import { z } from 'zod'

const byteLength = z.int().nonnegative()

/** What the worker asks of its child, one at a time. The payload has files or items one after the other. */
export const requestSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('load'),
    model_hash: z.string(),
    manifest: modelManifestSchema,
    file_bytes: z.array(byteLength),
  }),
  z.strictObject({ type: z.literal('unload'), model_hash: z.string() }),
  z.strictObject({
    type: z.literal('run'),
    model_hash: z.string(),
    params: z.record(z.string(), z.unknown()),
    item_bytes: z.array(byteLength),
  }),
])

export type ExecutorRequest = z.output<typeof requestSchema>

/** What the child answers; the payload of `done` is the canonical JSON of the outputs. */
export const replySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('loaded') }),
  z.strictObject({ type: z.literal('unloaded') }),
  z.strictObject({
    type: z.literal('done'),
    execution_time_ms: z.number().nonnegative(),
    cpu_seconds: z.number().nonnegative(),
  }),
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
])

export type ExecutorReply = z.output<typeof replySchema>
