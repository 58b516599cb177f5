import { z } from 'zod'

const hex32 = z.string().regex(/^[0-9a-f]{64}$/)
const address = z.string().regex(/^(?:0|-1):[0-9a-f]{64}$/)

/** The contract keeps a key chargeable for this long after it expires (escrow.tolk). */
export const CHARGEABLE_AFTER_END_SEC = 259_200

/** A session key that a requester set in its escrow: it signs tasks and reads, up to its cap, until it expires. */
export const sessionSchema = z.strictObject({
  version: z.literal(1),
  network: z.int(),
  vault: address,
  requester: address,
  escrow: address,
  /** Ed25519 seed: whoever has it can spend the cap on tasks until the key expires. */
  seed: hex32,
  public_key: hex32,
  /** Absolute value of the escrow's `charged`. */
  cap_nano: z.string().regex(/^\d+$/),
  expires_at_sec: z.int(),
})

export type Session = z.output<typeof sessionSchema>
