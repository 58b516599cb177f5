import type { AccountState, refusals } from '@gstd/sdk/contracts'
import type { InFlight } from './createWorld.ts'
import type { Jettons, Staker } from './createStakers.ts'

type PendingSlash = NonNullable<AccountState['pending']>

/** What an account holds, but for the parties that made its address; devices by their id. */
export type AccountSums = Omit<AccountState, 'owner' | 'vault' | 'pending'> & { pending: PendingSlash | undefined }

export type Reason = keyof typeof refusals | 'UNKNOWN_MESSAGE'

export type Weighed = {
  /** Why it must be refused: accepted when there is no reason, refused with one of them when there is. */
  reasons: Reason[]
  /** What the account is once it has accepted. */
  after: AccountSums
}

/** A message at an account, and what there was before it. */
export type Arrived = {
  staker: Staker
  jettons: Jettons
  before: AccountSums
  /** Whether the master has told the account its wallet. */
  isOpen: boolean
  delivered: InFlight
  valueNano: bigint
  nowSec: number
}

/** @param reasons - with what each depends on */
export const weighed = (after: AccountSums, reasons: Partial<Record<Reason, boolean>>): Weighed => ({
  after,
  reasons: (Object.keys(reasons) as Reason[]).filter((reason) => reasons[reason]),
})

/** Whether an account of the SDK's format is the sender of a message. */
export const isFrom = ({ delivered }: Arrived, address: { toString: () => string }): boolean =>
  String(delivered.message.info.src) === address.toString()
