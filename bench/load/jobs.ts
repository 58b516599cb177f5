import { networkConfigSchema } from '@gstd/sdk'
import { z } from 'zod'

/** What the process of the devices is told: its one argument. */
export const devicesJobSchema = z.strictObject({
  network: networkConfigSchema,
  devices: z.int().min(1),
  slots: z.int().min(1).max(64),
  /** Most proofs under one signature. */
  proofsPerSignature: z.int().min(1).max(1024),
})

/** What the process of the requesters is told: its one argument. */
export const requestersJobSchema = z.strictObject({
  network: networkConfigSchema,
  requesters: z.array(z.strictObject({ requester: z.string(), escrow: z.string(), seed: z.string() })).min(1),
  tasks: z.int().min(1),
  batch: z.int().min(1).max(1024),
  validation: z.enum(['reference', 'majority']),
  knownAnswers: z.boolean(),
  rewardTon: z.string(),
  maxCumulativeNano: z.string(),
  /** Tasks per second of all requesters together; without, as many as are taken. */
  ratePerSecond: z.number().positive().optional(),
})

/** What a process of the load says on stdout, one JSON document a line. */
export const devicesReportSchema = z.object({
  event: z.literal('devices'),
  cpuUs: z.number(),
  bytes: z.number(),
  agreed: z.int(),
  /** Executions that ended before their verdict, by reason. */
  dropped: z.record(z.string(), z.int()),
})

export const requestersReportSchema = z.object({
  event: z.literal('requesters'),
  cpuUs: z.number(),
  bytes: z.object({ submitting: z.number(), waiting: z.number() }),
  delivered: z.int(),
  submitAckMs: z.array(z.number()),
})

export type DevicesJob = z.output<typeof devicesJobSchema>
export type RequestersJob = z.output<typeof requestersJobSchema>
export type DevicesReport = z.output<typeof devicesReportSchema>
export type RequestersReport = z.output<typeof requestersReportSchema>
