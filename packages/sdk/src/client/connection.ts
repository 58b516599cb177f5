import type { Signer } from '../crypto/ed25519.ts'
import type { Origin } from '../documents/fields.ts'
import type { Transport } from './transport.ts'

/** What every read needs: whom it speaks for, to whom, on which network. */
export type ReadConnection = {
  transport: Transport
  /** Origin of the coordinator's address. */
  url: string
  origin: Origin
  coordinatorKey: string
  /** Raw address. */
  requester: string
  /** The escrow that the requester knows to be its own. */
  escrow: string | undefined
}

/** What every call of one client needs. */
export type Connection = ReadConnection & { sessionKey: Signer }
