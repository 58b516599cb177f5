import type { EscrowState } from '@gstd/sdk/contracts'
import type { Address } from '@ton/core'
import type { Requester } from '../chainForTests/createRequester.ts'
import { nowSec } from '../chainForTests/openTestNetwork.ts'
import { createAccountsJudge } from './checkAccounts.ts'
import { checkEscrow } from './checkEscrow.ts'
import { createGstdJudge } from './checkGstd.ts'
import { createVaultJudge } from './checkVault.ts'
import type { Observer } from './createObserver.ts'
import type { BlockchainTransaction } from '@ton/sandbox'
import type { InFlight, World } from './createWorld.ts'
import { readFund } from './readFund.ts'
import { holds } from './Violation.ts'

/** Nano TON that all accounts hold together, what is on its way, and what was burned as fees. */
const totalNano = async (world: World): Promise<bigint> => {
  const { network, requesters, stakers, jettons, devices, inFlight, feesNano, otherGuardian } = world
  const accounts: Address[] = [
    network.vault.address,
    network.operator.address,
    network.guardian.address,
    otherGuardian.address,
    ...requesters.flatMap(({ owner, escrow }) => [owner.address, escrow.address]),
    ...stakers.flatMap(({ owner, account }) => [owner.address, account.address]),
    jettons.treasury.address,
    ...jettons.gstdWallets,
    ...jettons.others,
    ...devices,
  ]
  const balances = await Promise.all(accounts.map(network.balanceOf))
  const moving = inFlight.map(({ message: { info } }) => (info.type === 'internal' ? info.value.coins : 0n))
  return [...balances, ...moving].reduce((sum, amount) => sum + amount, feesNano)
}

export type Invariants = {
  /** What the contracts say must fit together after every delivery. */
  checkSums: (observer: Observer, seen: { transaction: BlockchainTransaction; delivered: InFlight }) => Promise<void>
  /** The accounts must hold what the contracts say, and no TON come from nowhere or get lost. */
  checkBalances: () => Promise<void>
}

/** The invariants of the design that the messages of this step can break. */
export const createInvariants = async (world: World): Promise<Invariants> => {
  const { network, requesters } = world
  const { address: vaultAddress } = network.vault
  const startNano = (await totalNano(world)) - world.injectedNano
  const vaultStartNano = await network.balanceOf(vaultAddress)
  const judge = await createVaultJudge(world)
  const accounts = createAccountsJudge(world)
  const gstd = await createGstdJudge(world)
  const lastStates = new Map<Requester, EscrowState>()
  const earmarkedNano = async (): Promise<bigint> => {
    const { fundedNextNano, owedNano, current } = await world.vault()
    return fundedNextNano + owedNano + current.remainingNano
  }
  /** What an account would hold if it had paid no rent. */
  const heldBy = async (address: Address): Promise<bigint> =>
    (await network.balanceOf(address)) + (world.rents.get(address.toRawString()) ?? 0n)

  return {
    checkSums: async (observer, seen) => {
      const { delivered } = seen
      await judge.judge(seen)
      await accounts.judge(seen)
      await gstd.judge(seen)
      const { paidNano } = await world.vault()
      holds(observer.paidOutNano() === paidNano, 'what the vault has paid was sent')
      let charged = 0n
      for (const requester of requesters) {
        const state = await world.escrow(requester)
        if (state === undefined) continue
        const before = lastStates.get(requester) ?? { ...state, balanceNano: 0n, chargedNano: 0n, tasks: 0 }
        if (state !== before) checkEscrow({ before, after: state, delivered, nowSec: nowSec(network) })
        lastStates.set(requester, state)
        charged += state.chargedNano
      }
      const honest = world.inFlight.filter(({ origin }) => origin.refused === undefined)
      const moving = honest.reduce((sum, { message }) => sum + (readFund(message)?.deltaNano ?? 0n), 0n)
      const found = (await earmarkedNano()) + paidNano + moving + judge.reclaimedNano()
      holds(charged === found, 'all that is charged is funded, on its way, paid or reclaimed', `${charged}, ${found}`)
    },
    checkBalances: async () => {
      const earmarked = vaultStartNano + (await earmarkedNano())
      holds((await heldBy(vaultAddress)) >= earmarked, 'the vault holds all that is earmarked')
      for (const requester of requesters) {
        const balanceNano = (await world.escrow(requester))?.balanceNano ?? 0n
        const held = await heldBy(requester.escrow.address)
        holds(held >= balanceNano, 'every escrow holds its balance')
      }
      const nowNano = (await totalNano(world)) - world.injectedNano
      holds(nowNano === startNano, 'TON is conserved', `${nowNano - startNano} nano`)
    },
  }
}
