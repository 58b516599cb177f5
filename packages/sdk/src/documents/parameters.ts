import { z } from 'zod'
import { modelManifestSchema } from '../operations/modelManifest.ts'
import { defineDocument } from './defineDocument.ts'
import { basechainAddress, count, hex32, nanoString, origin, rawAddress, unixMs } from './fields.ts'

const rate = z.number().min(0).max(10)

/** Everything of a network that may be set, as one logged document (protocol §4); every verdict names its hash. */
export const parametersSchema = z.strictObject({
  ...origin,
  issued_at: unixMs,
  coordinator_key: hex32,
  auditor_key: hex32,
  gstd_master: rawAddress,
  /** Where the operator's tariff is paid to. */
  operator_address: basechainAddress,
  /** F of protocol §5: the operator's tariff for chain and protocol, per task. */
  tariff_nano: nanoString,
  /** GSTD a requester must hold to submit. */
  minimum_gstd_nano: nanoString,
  /** A device is paid once it is owed this much. */
  minimum_payout_nano: nanoString,
  epoch_ms: count,
  /** Payments begin once this much is unpaid, however short it has waited. */
  epoch_amount_nano: nanoString.optional(),
  challenge_window_sec: count,
  rates: z.strictObject({ energy_bonus: rate, time_bonus: rate, reputation_span: rate, unattested_energy: rate }),
  weights: z.strictObject({
    priority: z.strictObject({ gstd: rate, reward: rate, urgency: rate, requester_reputation: rate }),
    device_score: z.strictObject({ reputation: rate, energy: rate, latency: rate, cached_model: rate, load: rate }),
  }),
  timing: z.strictObject({ ack_ms: count, start_ms: count, grace_ms: count, reveal_ms: count, attest_ms: count }),
  attempts_per_seat: z.int().min(1).max(20),
  /** `owner` alone is for devnets: real networks also ask for other machines and address ranges. */
  independence: z.enum(['owner', 'owner+machine+range']),
  models: z.array(modelManifestSchema).min(1),
})

export type NetworkParameters = z.output<typeof parametersSchema>

export const parametersDocument = defineDocument('parameters', parametersSchema, 'CONFIG_INVALID')

/** The defaults of protocol §5, §6 and §9; what names a network (keys, addresses, models) is the caller's. */
export const defaultParameters = {
  tariff_nano: '100000',
  minimum_gstd_nano: '1000000000',
  minimum_payout_nano: '50000000',
  epoch_ms: 600_000,
  challenge_window_sec: 3600,
  rates: { energy_bonus: 0.1, time_bonus: 0.1, reputation_span: 0.2, unattested_energy: 0.5 },
  weights: {
    priority: { gstd: 0.4, reward: 0.3, urgency: 0.2, requester_reputation: 0.1 },
    device_score: { reputation: 0.4, energy: 0.2, latency: 0.1, cached_model: 0.2, load: 0.1 },
  },
  timing: { ack_ms: 2000, start_ms: 30_000, grace_ms: 2000, reveal_ms: 10_000, attest_ms: 60_000 },
  attempts_per_seat: 5,
  independence: 'owner+machine+range',
} as const satisfies Partial<NetworkParameters>
