/** What intake needs to know of the chain; implemented by the chain client. */
export type RequesterChain = {
  /** @param maxAgeMs - how old the state may be */
  readEscrow(requester: string, maxAgeMs: number): Promise<EscrowState | undefined>
  /** @returns the balance in nano GSTD; 0 for an inactive account */
  readGstdBalance(requester: string, maxAgeMs: number): Promise<bigint>
}

export type SessionState = { key: string; capNano: bigint; expiresAtSec: number }

export type EscrowState = {
  /** Raw address. */
  address: string
  session: SessionState
  /** Still good for what it authorised. */
  previousSession: SessionState
  balanceNano: bigint
  chargedNano: bigint
  /** Tasks ever charged. */
  tasks: number
  /** 0 while the escrow is open. */
  closeAtSec: number
}
