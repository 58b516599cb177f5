import {
  buildProposeBody,
  buildUncommitBody,
  buildUnfreezeBody,
  type SignedFor,
  type VaultChange,
} from '@gstd/sdk/contracts'
import { HOUR_SEC, keys, nowSec, type TestNetwork } from './openTestNetwork.ts'
import { type BothKeys, signBoth, type SignedBody, vaultState } from './signedMessages.ts'

export type GuardOptions = Partial<SignedFor> & BothKeys

/** @returns for which network, vault and time a message is signed. */
export const originOf = (network: TestNetwork, options: GuardOptions): SignedFor => ({
  network: options.network ?? network.globalId,
  vault: options.vault ?? network.vault.address,
  validUntilSec: options.validUntilSec ?? nowSec(network) + HOUR_SEC,
})

/** What ends the freeze that the vault is in, but for what the options say. */
export const unfreezeOf = async (
  network: TestNetwork,
  options: GuardOptions & { frozenAtSec?: number } = {},
): Promise<SignedBody> => {
  const frozenAtSec = options.frozenAtSec ?? (await vaultState(network)).frozenAtSec
  return signBoth(buildUnfreezeBody({ ...originOf(network, options), frozenAtSec }), options)
}

/** What gives up the batches that wait, but for what the options say. */
export const uncommitOf = async (
  network: TestNetwork,
  options: GuardOptions & { epoch?: number; next?: string } = {},
): Promise<SignedBody> => {
  const { epoch, current } = await vaultState(network)
  const body = buildUncommitBody({
    ...originOf(network, options),
    epoch: options.epoch ?? epoch,
    next: options.next ?? current.next,
  })
  return signBoth(body, options)
}

/** A proposal of other keys, but for what the options say. */
export const proposeOf = async (
  network: TestNetwork,
  options: GuardOptions & { number?: number; change?: Partial<VaultChange> } = {},
): Promise<SignedBody> => {
  const { count } = await network.vault.getProposals()
  const change = {
    coordinatorKey: keys.otherCoordinator.publicKey,
    auditorKey: keys.otherAuditor.publicKey,
    guardian: network.guardian.address,
    ...options.change,
  }
  return signBoth(buildProposeBody({ ...originOf(network, options), number: options.number ?? count, change }), options)
}
