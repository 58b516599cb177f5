import type { Signer } from '@gstd/sdk'
import { RequesterEscrow } from '@gstd/sdk/contracts'
import type { SandboxContract } from '@ton/sandbox'
import { type Account, HOUR_SEC, keys, nowSec, type TestNetwork } from './openTestNetwork.ts'

export type Requester = { owner: Account; escrow: SandboxContract<RequesterEscrow>; session: Signer }

export const JOB = 'ab'.repeat(32)

/** Opens an escrow with a deposit, and sets its session key for a day. */
export const createRequester = async (
  network: TestNetwork,
  {
    name = 'requester',
    depositNano = 10_000_000_000n,
    capNano = depositNano,
    session = keys.session,
  }: { name?: string; depositNano?: bigint; capNano?: bigint; session?: Signer } = {},
): Promise<Requester> => {
  const owner = await network.chain.treasury(name)
  const escrow = network.chain.openContract(
    RequesterEscrow.createFromOwner({ owner: owner.address, vault: network.vault.address }),
  )
  await escrow.sendDeposit(owner.getSender(), { jobId: JOB, amountNano: depositNano })
  await escrow.sendSetSession(owner.getSender(), {
    key: session.publicKey,
    capNano,
    expiresAtSec: nowSec(network) + 24 * HOUR_SEC,
  })
  return { owner, escrow, session }
}

/** @returns the state of an escrow that exists, without the parties that made its address. */
export const escrowState = async ({ escrow }: Pick<Requester, 'escrow'>) => {
  const state = await escrow.getState()
  if (state === undefined) throw new Error('the escrow is not deployed')
  const { owner: _owner, vault: _vault, ...sums } = state
  return sums
}
