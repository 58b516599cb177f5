import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { GstdError } from '@gstd/sdk'
import { z } from 'zod'
import type { LoadPlan } from './LoadPlan.ts'

const options = {
  database: { type: 'string', default: 'pglite' },
  devices: { type: 'string', default: '50' },
  slots: { type: 'string', default: '4' },
  requesters: { type: 'string', default: '2' },
  tasks: { type: 'string', default: '2000' },
  batch: { type: 'string', default: '256' },
  validation: { type: 'string', default: 'reference' },
  'known-answers': { type: 'boolean' },
  rate: { type: 'string' },
  profile: { type: 'string' },
  audit: { type: 'boolean', default: true },
} as const

const whole = (max: number) => z.coerce.number<string>().int().min(1).max(max)
const list = (max: number) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(whole(max)))

const schema = z.object({
  database: z.enum(['pglite', 'postgres']),
  devices: list(10_000),
  slots: whole(64),
  requesters: whole(64),
  tasks: whole(1_000_000),
  batch: list(1024),
  validation: z.enum(['reference', 'majority']),
  'known-answers': z.boolean().optional(),
  rate: z.coerce.number<string>().positive().optional(),
  profile: z.string().optional(),
  audit: z.boolean(),
})

const read = (args: string[]): z.output<typeof schema> => {
  try {
    const { values } = parseArgs({ args, options, allowNegative: true })
    return schema.parse(values)
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new GstdError('USAGE_INVALID', why, { cause, hint: 'docs/guides/testing.md lists the options of benches' })
  }
}

/**
 * Reads the options of a bench of the coordinator: one plan for each number of devices and each size of batches.
 *
 * @param defaults - values of options that are not given
 * @throws GstdError `USAGE_INVALID`
 */
export const parsePlans = (args: readonly string[], defaults: readonly string[] = []): LoadPlan[] => {
  const { devices, batch, rate, profile, audit, 'known-answers': known, ...rest } = read([...defaults, ...args])
  if (rest.validation === 'majority' && known === true) {
    throw new GstdError('USAGE_INVALID', '--known-answers belongs to --validation reference')
  }
  const common = {
    ...rest,
    knownAnswers: known ?? rest.validation === 'reference',
    audited: audit,
    ...(rate !== undefined && { ratePerSecond: rate }),
    ...(profile !== undefined && { profileDir: resolve(profile) }),
  }
  return devices.flatMap((count) => batch.map((size) => ({ ...common, devices: count, batch: size })))
}
