import { executeSlash, openAccount, setDevice, unbond, withdraw } from '@gstd/sdk/contracts'
import { type Address, beginCell, type Cell, toNano } from '@ton/core'
import { bouncedTransferCell, jettonNotificationCell, jettonTransferCell } from '../chainForTests/jettonCells.ts'
import type { Staker } from './createStakers.ts'
import type { World } from './createWorld.ts'
import { AMPLE_NANO, type Operation } from './sendSigned.ts'

const TRANSFER_NANO = toNano('0.06')
const GSTD_NANO = toNano('0.15')

/** The owner, or now and then somebody else. */
const senderOf = ({ random, network }: World, { owner }: Staker): Address =>
  random.chance(0.93) ? owner.address : network.operator.address

/** Mostly what is needed, or something around it, or next to nothing. */
const valueAround = ({ random }: World, neededNano: bigint): bigint =>
  random.chance(0.85)
    ? neededNano
    : random.pick([neededNano - 1n, random.nano(neededNano), random.nano(toNano('0.01'))])

const opens: Operation = async (world) => {
  const { random } = world
  const staker = random.pick(world.stakers)
  const { account } = staker
  if ((await account.getState()) !== undefined && random.chance(0.9)) return
  const init = account.init === undefined ? {} : { init: account.init }
  const sending = { from: senderOf(world, staker), to: account.address, body: openAccount({}), ...init }
  world.send({ name: 'open account' }, { ...sending, valueNano: valueAround(world, toNano('0.2')) })
}

/** GSTD or what only looks like it, of the owner or of others, with enough TON to count, to be returned, or with less. */
const stakes: Operation = async (world) => {
  const { random, network, jettons } = world
  const staker = random.pick(world.stakers)
  const isOwn = random.chance(0.8)
  const [from, wallet] = isOwn
    ? [staker.owner.address, random.chance(0.8) ? staker.gstd.owner : staker.falseGstd.owner]
    : [network.operator.address, jettons.operatorWallet]
  const forwardNano = random.chance(0.7) ? toNano('0.11') : random.pick([0n, 1n, random.nano(toNano('0.1'))])
  const body = jettonTransferCell({
    amountNano: random.nano(toNano('3')),
    to: staker.account.address,
    responseTo: from,
    forwardNano,
  })
  world.send({ name: 'stake' }, { from, to: wallet, body, valueNano: forwardNano + TRANSFER_NANO })
}

const unbonds: Operation = async (world) => {
  const { random } = world
  const staker = random.pick(world.stakers)
  const stakeNano = (await staker.account.getState())?.stakeNano ?? 0n
  if (stakeNano === 0n && random.chance(0.8)) return
  const amountNano = random.chance(0.8)
    ? random.nano(stakeNano) / random.pick([1n, 3n])
    : stakeNano + random.pick([0n, 1n])
  const sending = { from: senderOf(world, staker), to: staker.account.address, body: unbond({ amountNano }) }
  world.send({ name: 'unbond' }, { ...sending, valueNano: valueAround(world, toNano('0.02')) })
}

const withdraws: Operation = async (world) => {
  const { random } = world
  const staker = random.pick(world.stakers)
  const state = await staker.account.getState()
  if ((state?.unbondingNano ?? 0n) === 0n && random.chance(0.9)) return
  const sending = { from: senderOf(world, staker), to: staker.account.address, body: withdraw({}) }
  world.send({ name: 'withdraw' }, { ...sending, valueNano: valueAround(world, GSTD_NANO) })
}

const setsDevice: Operation = async (world) => {
  const { random } = world
  const staker = random.pick(world.stakers)
  const { deviceKey } = random.pick(staker.devices)
  const body = setDevice({ deviceKey, isAdded: random.chance(0.75) })
  const sending = { from: senderOf(world, staker), to: staker.account.address, body }
  world.send({ name: 'set device' }, { ...sending, valueNano: valueAround(world, toNano('0.02')) })
}

/** Anyone may execute a slash when its time has come. */
const executesSlash: Operation = async (world) => {
  const { random, network } = world
  const { account } = random.pick(world.stakers)
  if ((await account.getState())?.pending === undefined && random.chance(0.9)) return
  const sending = { from: network.operator.address, to: account.address, body: executeSlash({}) }
  world.send({ name: 'execute slash' }, { ...sending, valueNano: valueAround(world, GSTD_NANO) })
}

/** What no wallet, no master and no vault has sent: it must be refused, or change nothing. */
const pretends: Operation = async (world) => {
  const { random, network } = world
  const staker = random.pick(world.stakers)
  const to = staker.account.address
  const from = random.pick([network.operator.address, staker.owner.address])
  const told = (op: number) => beginCell().storeUint(op, 32).storeUint(0, 64)
  const numbered = (op: number) =>
    told(op)
      .storeUint((random.below(4) + 1) % 4, 32)
      .storeAddress(from)
  const terms = beginCell().storeCoins(1n).storeUint(1, 8).storeUint(0, 256)
  const { deviceId } = random.pick(staker.devices)
  const bodies: [string, Cell, boolean?][] = [
    ['forged notification', jettonNotificationCell(random.nano(toNano('9')), staker.owner.address)],
    ['forged notification of nobody', jettonNotificationCell(random.nano(toNano('9')), null)],
    ['forged bounce', bouncedTransferCell(random.nano(toNano('9')), 1 + random.below(3)), true],
    ['forged wallet', told(0xd1735400).storeAddress(from).storeBit(false).endCell()],
    ['forged slash', numbered(0x47440006).storeRef(terms).endCell()],
    ['forged veto of a slash', numbered(0x47440007).endCell()],
    ['forged reputation', numbered(0x47440008).storeBuffer(Buffer.from(deviceId, 'hex')).endCell()],
  ]
  const [name, body, bounced = false] = random.pick(bodies)
  world.send({ name }, { from, to, body, bounced, valueNano: valueAround(world, toNano('0.2')) })
}

const topsUp: Operation = async (world) => {
  const { account, owner } = world.random.pick(world.stakers)
  if ((await account.getState()) === undefined) return
  world.send({ name: 'top up' }, { from: owner.address, to: account.address, valueNano: AMPLE_NANO })
}

/** What device owners do, and who would like their stake, by weight. */
export const stakeOperations: readonly (readonly [number, Operation])[] = [
  [0.8, opens],
  [2.5, stakes],
  [1.2, unbonds],
  [1.5, withdraws],
  [1.5, setsDevice],
  [1.5, executesSlash],
  [0.8, pretends],
  [0.1, topsUp],
]
