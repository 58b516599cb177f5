import { GstdError } from '@gstd/sdk'
import { type AccountState, appeal, attachNano } from '@gstd/sdk/contracts'
import { timeOf } from '../escrow/escrowView.ts'
import { readStake } from './readStake.ts'
import { sendToAccount, type StakeParties } from './sendToAccount.ts'
import { appealOf } from './stakeView.ts'

/**
 * Puts the hash of an appeal on chain for the account's pending slash. One that is there already is not sent again;
 * another one takes its place.
 *
 * @param hash - SHA-256 of the document, in lower-case hex
 * @throws GstdError `SLASH_NOT_OPEN`, `CONTRACT_REFUSED`, `WALLET_INSUFFICIENT`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`
 */
export const appealSlash = async (
  parties: StakeParties,
  hash: string,
): Promise<{ account: string; state: AccountState; replaced: string | undefined }> => {
  const { chain, network, wallet } = parties
  const { state, address } = await readStake(chain, network, wallet.address)
  const pending = state?.pending
  if (state === undefined || pending === undefined) {
    throw new GstdError('SLASH_NOT_OPEN', 'no slash is pending', { details: { account: address } })
  }
  const { executableAtSec } = pending
  const { slashSeq } = state
  if ((await chain.nowSec(address)) >= executableAtSec) {
    throw new GstdError('SLASH_NOT_OPEN', `slash ${slashSeq} could be appealed until ${timeOf(executableAtSec)}`, {
      details: { account: address, slash_seq: slashSeq, executable_at_sec: executableAtSec },
    })
  }
  const before = appealOf(pending)
  if (before === hash) return { account: address, state, replaced: undefined }
  const body = (queryId: bigint) => appeal({ queryId, slashSeq, hash })
  const after = await sendToAccount(parties, { body, valueNano: attachNano.account, what: 'the appeal' })
  return { account: address, state: after, replaced: before }
}
