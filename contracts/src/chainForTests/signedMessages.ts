import { authorisationHash, type Signer } from '@gstd/sdk'
import {
  buildChargeBody,
  buildCommitBody,
  buildPayoutBatches,
  type ChargeFields,
  type CommitFields,
  type Payout,
} from '@gstd/sdk/contracts'
import type { Cell } from '@ton/core'
import { escrowState, type Requester } from './createRequester.ts'
import { HOUR_SEC, keys, nowSec, type TestNetwork } from './openTestNetwork.ts'

export const ROOT = 'cd'.repeat(32)

export type SignedBody = { body: Cell; coordinatorSignature: string; auditorSignature: string }
export type BothKeys = { coordinator?: Signer; auditor?: Signer }

/** Signs a body with the keys of the vault, or with others. */
export const signBoth = async (body: Cell, { coordinator, auditor }: BothKeys = {}): Promise<SignedBody> => ({
  body,
  coordinatorSignature: await (coordinator ?? keys.coordinator).sign(body.hash()),
  auditorSignature: await (auditor ?? keys.auditor).sign(body.hash()),
})

/** @returns the vault's state, which is deployed in every test network. */
export const vaultState = async ({ vault }: TestNetwork) => {
  const state = await vault.getState()
  if (state === undefined) throw new Error('the vault is not deployed')
  return state
}

export type ChargeOptions = Partial<Omit<ChargeFields, 'authorisation'>> &
  BothKeys & {
    deltaNano?: bigint
    maxCumulativeNano?: bigint
    session?: Signer
    /** The network that the authorisation is signed for. */
    authorisedNetwork?: number
    authorisedEscrow?: string
  }

/** A charge that fits the state of escrow and vault, but for what the options say. */
export const chargeOf = async (
  network: TestNetwork,
  requester: Requester,
  options: ChargeOptions = {},
): Promise<SignedBody & { epoch: number; cumulativeNano: bigint }> => {
  const { deltaNano = 1_000_000_000n, coordinator, auditor, session = requester.session } = options
  const [escrow, vault] = [await escrowState(requester), await vaultState(network)]
  const { cumulativeNano = escrow.chargedNano + deltaNano, epoch = vault.epoch + 1 } = options
  const maxCumulativeNano = options.maxCumulativeNano ?? cumulativeNano
  const hash = authorisationHash({
    network: options.authorisedNetwork ?? network.globalId,
    escrow: options.authorisedEscrow ?? requester.escrow.address.toRawString(),
    maxCumulativeNano,
  })
  const body = buildChargeBody({
    network: options.network ?? network.globalId,
    vault: options.vault ?? network.vault.address,
    validUntilSec: options.validUntilSec ?? nowSec(network) + HOUR_SEC,
    escrow: options.escrow ?? requester.escrow.address,
    epoch,
    previousChargedNano: options.previousChargedNano ?? escrow.chargedNano,
    cumulativeNano,
    tasks: options.tasks ?? escrow.tasks + 1,
    tasksRoot: options.tasksRoot ?? ROOT,
    authorisation: { maxCumulativeNano, signature: await session.sign(hash) },
  })
  return {
    ...(await signBoth(body, { ...(coordinator && { coordinator }), ...(auditor && { auditor }) })),
    epoch,
    cumulativeNano,
  }
}

export type CommitOptions = Partial<CommitFields> & BothKeys & { payouts?: readonly Payout[]; perBatch?: number }

/** A commit that fits the vault's state, but for what the options say; what is not paid out is owed. */
export const commitOf = async (
  network: TestNetwork,
  options: CommitOptions = {},
): Promise<SignedBody & { batches: Cell[]; owedAfterNano: bigint }> => {
  const { payouts = [], perBatch, coordinator, auditor } = options
  const vault = await vaultState(network)
  const { head, batches, ...sums } = buildPayoutBatches({ payouts, ...(perBatch !== undefined && { perBatch }) })
  const { totalNano = sums.totalNano } = options
  const available = vault.fundedNextNano + vault.owedNano
  const owedAfterNano = options.owedAfterNano ?? (available > totalNano ? available - totalNano : 0n)
  const body = buildCommitBody({
    network: options.network ?? network.globalId,
    vault: options.vault ?? network.vault.address,
    validUntilSec: options.validUntilSec ?? nowSec(network) + HOUR_SEC,
    epoch: options.epoch ?? vault.epoch + 1,
    head: options.head ?? head,
    totalNano,
    owedAfterNano,
    tasks: options.tasks ?? 1,
    tasksRoot: options.tasksRoot ?? ROOT,
    reputationRoot: options.reputationRoot ?? ROOT,
    logRoot: options.logRoot ?? ROOT,
  })
  return {
    ...(await signBoth(body, { ...(coordinator && { coordinator }), ...(auditor && { auditor }) })),
    batches,
    owedAfterNano,
  }
}
