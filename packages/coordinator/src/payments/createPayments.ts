import type { ReceiptPayment, SignedRefusal } from '@gstd/sdk'
import type { VaultState } from '@gstd/sdk/contracts'
import { acceptCosignature, acceptRefusal, type Cosignature } from './auditorAnswers.ts'
import { trackGuards } from './guardMessages.ts'
import { createReminder } from './createReminder.ts'
import { createUncollectable } from './createUncollectable.ts'
import { logCharge, readDebtors } from './logCharges.ts'
import { isRoundDue } from './isRoundDue.ts'
import { logCommit } from './logCommit.ts'
import { createOperatorSender, type Errand, type OperatorWallet } from './operatorWallet.ts'
import { checkNotBehind } from './checkNotBehind.ts'
import { markReclaimed } from './markReclaimed.ts'
import type { PaymentContext } from './paymentContext.ts'
import { COUNTED_STATES } from './readEpochBefore.ts'
import { createReceiptPayments } from './readReceiptPayment.ts'
import { reconsiderCommit } from './reconsiderCommit.ts'
import { readOpenCharges, reconsiderCharges, trackCharges } from './trackCharges.ts'
import { readUnfinishedCommit, trackCommit } from './trackCommit.ts'

export type { OperatorWallet } from './operatorWallet.ts'

export type PaymentsOptions = Omit<PaymentContext, 'remind'> & {
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

/** Whether payouts that were given up wait for the next commit, which nobody may be charged for. */
const OWES_REMAINDER = `EXISTS (SELECT 1 FROM commits WHERE state = 'uncommitted'
  AND epoch = (SELECT max(epoch) FROM commits WHERE state IN ${COUNTED_STATES}))`

/** Builds the payments: final verdicts → charges → commit → challenge window → payouts, one epoch after the other. */
export const createPayments = (options: PaymentsOptions): Payments => {
  const { journal, chain, parameters, clock, logger, onChange } = options
  const context: PaymentContext = { ...options, remind: createReminder(logger, clock) }
  const uncollectable = createUncollectable(context)
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

  /** @returns whether anything was charged */
  const beginRound = async (vault: VaultState): Promise<boolean> => {
    const debtors = await uncollectable.without(await readDebtors(context))
    if (!(await isRoundDue(debtors, parameters, clock(), isMoreComing))) return false
    let isBegun = false
    for (const { requester } of debtors) {
      const escrow = await chain.readEscrow(requester, 0)
      const wasCharged = escrow !== undefined && (await logCharge(context, requester, escrow, vault.epoch + 1))
      if (!wasCharged) uncollectable.add(requester)
      isBegun = isBegun || wasCharged
    }
    return isBegun
  }

  const nothingToDo = async (): Promise<boolean> => {
    const [row] = await journal.query<{ busy: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM tasks WHERE charge_index IS NULL AND charged_nano > 0) OR
         EXISTS (SELECT 1 FROM commits WHERE state IN ('open', 'landed')) OR
         EXISTS (SELECT 1 FROM charges WHERE state = 'open') OR
         EXISTS (SELECT 1 FROM charges WHERE state = 'landed' AND epoch >
           (SELECT coalesce(max(epoch), 0) FROM commits WHERE state IN ${COUNTED_STATES})) OR
         EXISTS (SELECT 1 FROM guard_messages WHERE state = 'open') OR ${OWES_REMAINDER} AS busy`,
    )
    return row?.busy !== true
  }

  const isCharged = async (epoch: number): Promise<boolean> => {
    const rows = await journal.query(`SELECT 1 FROM charges WHERE epoch = $1 AND state = 'landed' LIMIT 1`, [epoch])
    return rows.length > 0
  }

  const owesRemainder = async (): Promise<boolean> => {
    const [row] = await journal.query<{ owes: boolean }>(`SELECT ${OWES_REMAINDER} AS owes`)
    return row?.owes === true
  }

  const step = async (vault: VaultState): Promise<Errand[]> => {
    await reconsiderCommit(vault, context)
    const unfinished = await readUnfinishedCommit(context)
    const committing = unfinished === undefined ? [] : await trackCommit(unfinished, vault, context)
    const paying = [...committing, ...(await trackGuards(vault, context))]
    // Until a commit has landed, a charge could fund either epoch: none is begun.
    if (unfinished !== undefined && vault.epoch < unfinished.epoch) return paying
    const open = await readOpenCharges(context)
    const charging = await trackCharges(open, context)
    // A frozen vault takes neither charges nor commits: what is sent would be fees for nothing.
    if (vault.frozenAtSec !== 0) return paying
    if (open.length > 0) return [...paying, ...charging]
    await reconsiderCharges(context)
    await markReclaimed(vault, context)
    // An epoch that paid nobody has nothing to execute, but its window too must be over before the next.
    const isOver = vault.current.remainingNano === 0n && clock() / 1000 >= vault.current.validFromSec
    const isFree = isOver && (await readUnfinishedCommit(context)) === undefined
    // What was earned while the vault was frozen goes into the commit that pays the vetoed epoch.
    const isVetoed = vault.fundedFrom <= vault.epoch && !(await isCharged(vault.epoch + 1))
    if (isFree && isVetoed && (await beginRound(vault))) return paying
    if (isFree && (vault.fundedNextNano > 0n || (await owesRemainder()))) await logCommit(context, vault)
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
    acceptCosignature: (cosignature) => acceptCosignature(cosignature, context),
    acceptRefusal: (refusal) => acceptRefusal(refusal, context),
    receiptPayment,
  }
}
