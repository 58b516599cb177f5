import { z } from 'zod'
import { count, nanoString, unixMs } from './fields.ts'

/** A paid epoch as `GET /api/v1/epochs` shows it. */
export const epochViewSchema = z.strictObject({
  epoch: count,
  /** When the coordinator saw its last payout made. */
  executed_at: unixMs,
  tasks: count,
  /** That earned something in it. */
  devices: count,
  /** What they earned, in nano TON, the operator's tariff not included. */
  rewards_nano: nanoString,
  /**
   * What the coordinator's messages have cost, in nano TON: every fee of the transactions that they set off. Missing
   * until the chain's history has been read.
   */
  fees: z
    .strictObject({
      charges_nano: nanoString,
      commit_nano: nanoString,
      exec_nano: nanoString,
      /** All three in per cent of the rewards; missing where there are none. */
      overhead_percent: z.number().nonnegative().optional(),
    })
    .optional(),
})

/** Answer to `GET /api/v1/epochs`, the newest first. */
export const epochListAnswerSchema = z.strictObject({ epochs: z.array(epochViewSchema) })

export type EpochView = z.output<typeof epochViewSchema>
