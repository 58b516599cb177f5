import type { Debtor } from './isRoundDue.ts'
import { isChargeable } from './logCharges.ts'
import type { PaymentContext } from './paymentContext.ts'

/** Debtors whose escrows give nothing. */
export type Uncollectable = {
  add(requester: string): void
  /** @returns the debtors who can be charged, as far as is known; who could not is looked at again once a minute */
  without(debtors: readonly Debtor[]): Promise<Debtor[]>
}

const LOOK_AGAIN_MS = 60_000

/** Builds the memory of who cannot be charged, so that their old debts begin no round for everybody else. */
export const createUncollectable = (context: PaymentContext): Uncollectable => {
  const { chain, clock } = context
  const seenAtMs = new Map<string, number>()

  const lookAgain = async (requester: string): Promise<void> => {
    const escrow = await chain.readEscrow(requester, 0)
    if (escrow !== undefined && (await isChargeable(context, escrow))) seenAtMs.delete(requester)
    else seenAtMs.set(requester, clock())
  }

  return {
    add: (requester) => {
      seenAtMs.set(requester, clock())
    },
    without: async (debtors) => {
      for (const { requester } of debtors) {
        const atMs = seenAtMs.get(requester)
        if (atMs !== undefined && clock() - atMs >= LOOK_AGAIN_MS) await lookAgain(requester)
      }
      const owing = new Set(debtors.map(({ requester }) => requester))
      for (const requester of seenAtMs.keys()) if (!owing.has(requester)) seenAtMs.delete(requester)
      return debtors.filter(({ requester }) => !seenAtMs.has(requester))
    },
  }
}
