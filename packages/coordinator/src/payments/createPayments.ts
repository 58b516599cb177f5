import type { ReceiptPayment, SignedRefusal } from '@gstd/sdk'
import type { VaultState } from '@gstd/sdk/contracts'
import { acceptCosignature, acceptRefusal, type Cosignature } from './auditorAnswers.ts'
import { logCharge, readDebtors } from './logCharges.ts'
import { logCommit } from './logCommit.ts'
import { createOperatorSender, type Errand, type OperatorWallet } from './operatorWallet.ts'
import { checkNotBehind } from './checkNotBehind.ts'
import type { PaymentContext } from './paymentContext.ts'
import { createReceiptPayments } from './readReceiptPayment.ts'
import { readOpenCharges, trackCharges } from './trackCharges.ts'
import { readUnfinishedCommit, trackCommit } from './trackCommit.ts'

export type { OperatorWallet } from './operatorWallet.ts'

export type PaymentsOptions = PaymentContext & {
  wallet: OperatorWallet
  /** Called when what requesters see may have changed. */
  onChange: () => void
}

export type Payments = {
  /**
   * Takes the next step: reads the chain, compares it with the log, signs, sends. Needs no memory of its own: what is
   * charged, committed and paid, the chain says, whenever this process was killed.
   *
   * @throws GstdError `CHAIN_UNAVAILABLE`, `CHAIN_STATE_INVALID`, `WALLET_INSUFFICIENT`, `STATE_BEHIND`; the next tick
   * tries again
   */
  tick(): Promise<void>
  acceptCosignature(cosignature: Cosignature): Promise<void>
  acceptRefusal(refusal: SignedRefusal): Promise<void>
  /** @returns undefined until the task's epoch is committed on chain */
  receiptPayment(taskId: string): Promise<ReceiptPayment | undefined>
}

/** How long a payment may be put off for the sake of tasks under way. */
const PATIENCE_EPOCHS = 12

/** Builds the payments: final verdicts → charges → commit → challenge window → payouts, one epoch after the other. */
export const createPayments = (options: PaymentsOptions): Payments => {
  const { journal, chain, parameters, clock, onChange } = options
  const sender = createOperatorSender(journal, chain, options.wallet, clock)
  const receiptPayment = createReceiptPayments(journal, parameters)

  /** Whether tasks are being worked on, or wait for the auditor: what they earn could go into the same payment. */
  const isMoreComing = async (): Promise<boolean> => {
    const [row] = await journal.query<{ more: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM tasks WHERE reserved_nano > 0) OR EXISTS (SELECT 1 FROM tasks
         WHERE charge_index IS NULL AND charged_nano > 0 AND verdict_index >= $1) AS more`,
      [options.heads.size],
    )
    return row?.more === true
  }

  /**
   * A round begins when the oldest unpaid verdict has waited for an epoch and no more are coming, or for many epochs
   * whatever comes: each payment costs fees.
   */
  const beginRound = async (vault: VaultState): Promise<void> => {
    const debtors = await readDebtors(options)
    const waitedMs = Math.max(0, ...debtors.map(({ since }) => clock() - since))
    const { epoch_ms: epochMs } = parameters
    if (waitedMs < epochMs || (waitedMs < epochMs * PATIENCE_EPOCHS && (await isMoreComing()))) return
    for (const { requester } of debtors) {
      const escrow = await chain.readEscrow(requester, 0)
      if (escrow !== undefined) await logCharge(options, requester, escrow, vault.epoch + 1)
    }
  }

  const nothingToDo = async (): Promise<boolean> => {
    const [row] = await journal.query<{ busy: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM tasks WHERE charge_index IS NULL AND charged_nano > 0) OR
         EXISTS (SELECT 1 FROM commits WHERE state IN ('open', 'landed')) OR
         EXISTS (SELECT 1 FROM charges WHERE state = 'open') OR
         EXISTS (SELECT 1 FROM charges WHERE state = 'landed' AND epoch >
           (SELECT coalesce(max(epoch), 0) FROM commits WHERE state IN ('landed', 'executed'))) AS busy`,
    )
    return row?.busy !== true
  }

  const step = async (vault: VaultState): Promise<Errand[]> => {
    const unfinished = await readUnfinishedCommit(options)
    const paying = unfinished === undefined ? [] : await trackCommit(unfinished, vault, options)
    // Until a commit has landed, a charge could fund either epoch: none is begun.
    if (unfinished !== undefined && vault.epoch < unfinished.epoch) return paying
    const open = await readOpenCharges(options)
    if (open.length > 0) return [...paying, ...(await trackCharges(open, options))]
    // An epoch that paid nobody has nothing to execute, but its window too must be over before the next.
    const isOver = vault.current.remainingNano === 0n && clock() / 1000 >= vault.current.validFromSec
    const isFree = isOver && (await readUnfinishedCommit(options)) === undefined
    if (isFree && vault.fundedNextNano > 0n) await logCommit(options, vault)
    else await beginRound(vault)
    return paying
  }

  return {
    tick: async () => {
      if (await nothingToDo()) return
      const vault = await chain.vault()
      if (vault === undefined) return
      await checkNotBehind(journal, vault)
      const size = journal.tree.size
      await sender.send(await step(vault))
      if (journal.tree.size !== size) onChange()
    },
    acceptCosignature: (cosignature) => acceptCosignature(cosignature, options),
    acceptRefusal: (refusal) => acceptRefusal(refusal, options),
    receiptPayment,
  }
}
