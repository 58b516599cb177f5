export {
  appeal,
  executeSlash,
  openAccount,
  setDevice,
  stakeTransfer,
  stakeTransferNano,
  unbond,
  updateReputation,
  vetoSlash,
  withdraw,
} from './accountMessages.ts'
export { buildAuthorise, buildChargeBody, type ChargeFields } from './chargeBody.ts'
export { buildCommitBody, type CommitFields } from './commitBody.ts'
export { callChain } from './callChain.ts'
export { type ChainAccess, chainAccessOf } from './chainAccess.ts'
export { chargesLeadingTo, type ChargeStep } from './chargesLeadingTo.ts'
export { contractError, refusals } from './contractErrors.ts'
export { deployNetwork, type DeployOptions } from './deployNetwork.ts'
export {
  type AccountConfig,
  accountCode,
  type AccountState,
  DeviceAccount,
  type PendingSlash,
} from './DeviceAccount.ts'
export {
  buildProposeBody,
  buildSlashBody,
  buildUncommitBody,
  buildUnfreezeBody,
  type SignedFor,
  slashReasons,
  type VaultChange,
} from './guardBodies.ts'
export { GUARD_DELAY_SEC, guardCellOf, type GuardMessage } from './guardCells.ts'
export { jettonContent, JettonMinter, jettonMinterCode, jettonWalletCode } from './JettonMinter.ts'
export { JettonWallet, type JettonWalletState } from './JettonWallet.ts'
export {
  applyChange,
  attachNano,
  cancelChange,
  charge,
  close,
  commit,
  deposit,
  exec,
  proposeChange,
  reclaim,
  setSession,
  slash,
  uncommit,
  unfreeze,
  veto,
} from './messages.ts'
export { type ChainReader, type ChainReaderOptions, openChainReader } from './openChainReader.ts'
export { openTonClient } from './openTonClient.ts'
export { buildPayoutBatches, MAX_PAYOUTS_PER_BATCH, type Payout } from './payoutBatches.ts'
export { type ChainClient, readGstdBalance } from './readGstdBalance.ts'
export { type PaymentMessage, readPaymentMessage } from './readPaymentMessage.ts'
export { type AsOf } from './readAsOf.ts'
export { readSentMessages, type SentMessage, type SentMessagesOptions } from './readSentMessages.ts'
export {
  escrowAddress,
  escrowCode,
  type EscrowState,
  RequesterEscrow,
  type Session,
  uncommittedOf,
} from './RequesterEscrow.ts'
export { chargeCellOf, commitCellOf, type CommitCellFields, payoutBatchesOf } from './settlementBodies.ts'
export { batchOfRemainder, unpaidPayouts } from './unpaidPayouts.ts'
export { Vault, vaultCode, type VaultConfig, type VaultState } from './Vault.ts'
export { verifySettlement } from './verifySettlement.ts'
export { proveWallet, type TonProofChecks, verifyTonProof, type WalletProofOptions } from './verifyTonProof.ts'
export { verifyOwnerAddress, walletAddress } from './verifyOwnerAddress.ts'
