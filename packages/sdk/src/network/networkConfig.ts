import { z } from 'zod'
import { basechainAddress, count, globalId, hex32, nanoString, rawAddress } from '../documents/fields.ts'

/** `network.json`: what anybody needs to know of a network, public data only. */
export const networkConfigSchema = z.strictObject({
  name: z.string().min(1).max(32),
  /** toncenter v2 JSON-RPC endpoint. */
  endpoint: z.url(),
  /** Gives test TON; devnets only. */
  faucet: z.url().optional(),
  /** Global id of the TON network. */
  network: globalId,
  vault: rawAddress,
  gstd_master: rawAddress,
  /** Where the operator's tariff is paid to. */
  operator_address: basechainAddress,
  guardian: rawAddress,
  /** Where slashed stake goes. The addresses of device accounts follow from it; without one nobody can stake. */
  treasury: rawAddress.optional(),
  coordinator_key: hex32,
  auditor_key: hex32,
  challenge_window_sec: count,
  minimum_payout_nano: nanoString,
  epoch_ms: count,
  /** Unpaid rewards and tariffs, in nano, that begin a payment before its time. */
  epoch_amount_nano: nanoString.optional(),
  independence: z.enum(['owner', 'owner+machine+range']),
  /** Base URL of the coordinator. */
  coordinator: z.url(),
})

export type NetworkConfig = z.output<typeof networkConfigSchema>
