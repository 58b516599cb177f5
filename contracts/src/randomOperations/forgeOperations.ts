import { close, type EscrowState } from '@gstd/sdk/contracts'
import { toNano } from '@ton/core'
import type { Requester } from '../chainForTests/createRequester.ts'
import { bouncedFundCell, escrowChargeCell, fundCell, reclaimFundsCell } from '../chainForTests/forwardedCells.ts'
import { chargeOf } from '../chainForTests/signedMessages.ts'
import type { World } from './createWorld.ts'
import { AMPLE_NANO, type Operation } from './sendSigned.ts'

/** What somebody sends in the name of an escrow, of the vault, or of an owner. */
type Forgery = (world: World, forged: { requester: Requester; state: EscrowState }) => Promise<void> | void

const forgesFund: Forgery = async (world, { requester }) => {
  const { network } = world
  const stranger = network.guardian.address
  const { epoch } = await world.vault()
  const body = fundCell({ deltaNano: 1n, epoch: epoch + 1, owner: requester.owner.address, payer: stranger })
  world.send({ name: 'forged fund', refused: 'NOT_ESCROW' }, { from: stranger, to: network.vault.address, body })
}

/** Of what the escrow could reclaim itself. */
const forgesReclaim: Forgery = (world, { requester: { owner }, state }) => {
  const { random, network } = world
  const { epoch, deltaNano } = random.pick([state.pending, state.inWindow])
  const amountNano = random.nano(deltaNano > 0n ? deltaNano : 0n)
  const body = reclaimFundsCell({ deltaNano: amountNano, epoch, owner: owner.address })
  const sending = { from: owner.address, to: network.vault.address, body, valueNano: AMPLE_NANO }
  world.send({ name: 'forged reclaim', refused: 'NOT_ESCROW' }, sending)
}

const forgesBounce: Forgery = async (world, { requester: { owner, escrow } }) => {
  const { epoch } = await world.vault()
  const body = bouncedFundCell({ deltaNano: world.random.nano(toNano('1')), epoch, tasks: 1 })
  const sending = { from: owner.address, to: escrow.address, body, bounced: true }
  world.send({ name: 'forged bounce', refused: 'NOT_VAULT' }, sending)
}

const forgesCharge: Forgery = async (world, { requester }) => {
  const stranger = world.network.guardian.address
  const body = escrowChargeCell(await chargeOf(world.network, requester), stranger)
  world.send({ name: 'forged charge', refused: 'NOT_VAULT' }, { from: stranger, to: requester.escrow.address, body })
}

const forgesClose: Forgery = (world, { requester: { escrow } }) => {
  const sending = { from: world.network.guardian.address, to: escrow.address, body: close({}) }
  world.send({ name: 'forged close', refused: 'NOT_OWNER' }, sending)
}

const forgeries = [forgesFund, forgesFund, forgesReclaim, forgesReclaim, forgesBounce, forgesCharge, forgesClose]

const forges: Operation = async (world) => {
  const requester = world.random.pick(world.requesters)
  const state = await world.escrow(requester)
  if (state !== undefined) await world.random.pick(forgeries)(world, { requester, state })
}

/** What strangers and owners send in the name of others, by weight. */
export const forgeOperations: readonly (readonly [number, Operation])[] = [[1.5, forges]]
