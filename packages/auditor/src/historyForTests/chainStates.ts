import type { EscrowState, VaultState } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import { origin, requester, sessionKey } from './parties.ts'

const NO_HASH = '0'.repeat(64)

/** @returns a vault's state as the chain would show it, with nothing being paid. */
export const vaultState = (state: Partial<VaultState> = {}): VaultState => ({
  epoch: 0,
  fundedFrom: (state.epoch ?? 0) + 1,
  fundedNextNano: 0n,
  firstFundAtSec: 0,
  owedNano: 0n,
  paidNano: 0n,
  frozenAtSec: 0,
  current: { next: NO_HASH, remainingNano: 0n, validFromSec: 0 },
  roots: { reputationRoot: NO_HASH, logRoot: NO_HASH },
  ...state,
})

/** @returns the state of the requester's escrow as the chain would show it. */
export const escrowState = (state: Partial<EscrowState> = {}): EscrowState => ({
  owner: Address.parseRaw(requester),
  vault: Address.parseRaw(origin.vault),
  balanceNano: 20_000_000_000n,
  chargedNano: 0n,
  tasks: 0,
  closeAtSec: 0,
  pending: { epoch: 0, deltaNano: 0n },
  inWindow: { epoch: 0, deltaNano: 0n },
  session: { key: sessionKey.publicKey, capNano: 20_000_000_000n, expiresAtSec: 2_000_000_000 },
  previousSession: { key: NO_HASH, capNano: 0n, expiresAtSec: 0 },
  ...state,
})
