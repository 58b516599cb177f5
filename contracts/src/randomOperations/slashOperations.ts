import { appeal, buildSlashBody, slash, slashReasons, updateReputation, vetoSlash } from '@gstd/sdk/contracts'
import { toNano } from '@ton/core'
import { HOUR_SEC, nowSec } from '../chainForTests/openTestNetwork.ts'
import { signBoth } from '../chainForTests/signedMessages.ts'
import type { Staker } from './createStakers.ts'
import type { Origin, World } from './createWorld.ts'
import { guardianOf } from './guardOperations.ts'
import type { Leaf } from './plantReputations.ts'
import { AMPLE_NANO, type Operation, sendSigned, signersOf, spoiled } from './sendSigned.ts'

const EVIDENCE = 'e1'.repeat(32)
const FORWARD_NANO = toNano('0.06')
const reasons = Object.keys(slashReasons) as (keyof typeof slashReasons)[]

const signedWell: ReturnType<typeof spoiled>[number] = { name: '' }

/** Up to a nano more than there is, or more than any reason allows. */
const amountOf = ({ random }: World, heldNano: bigint): bigint => {
  if (random.chance(0.3)) return heldNano + random.pick([0n, 1n, -1n, random.nano(toNano('1'))])
  return random.nano(random.chance(0.8) ? toNano('1.1') : toNano('60'))
}

const slashes: Operation = async (world) => {
  const { random, network } = world
  const { account } = random.pick(world.stakers)
  const state = await account.getState()
  if (state === undefined && random.chance(0.9)) return
  const heldNano = (state?.stakeNano ?? 0n) + (state?.unbondingNano ?? 0n)
  if (random.chance(heldNano === 0n ? 0.7 : state?.pending === undefined ? 0 : 0.4)) return
  const wanted = amountOf(world, heldNano)
  const ways = spoiled(world).filter(({ epoch }) => epoch === undefined)
  const { name, refused, ...spoiling } = random.chance(0.2) ? random.pick(ways) : signedWell
  const signers = { ...(await signersOf(world)), ...spoiling }
  const body = buildSlashBody({
    network: spoiling.network ?? network.globalId,
    vault: spoiling.vault ?? network.vault.address,
    validUntilSec: spoiling.validUntilSec ?? nowSec(network) + HOUR_SEC,
    account: account.address,
    slashSeq: (state?.slashSeq ?? 0) + (random.chance(0.9) ? 1 : random.below(3)),
    amountNano: wanted < 0n ? 0n : wanted,
    reason: random.pick(reasons),
    evidenceHash: EVIDENCE,
  })
  const message = await signBoth(body, signers)
  const origin: Origin = { name: `slash ${name}`.trimEnd(), ...(refused && { refused }), slash: body }
  const value = refused !== undefined || random.chance(0.9) ? AMPLE_NANO : random.nano(FORWARD_NANO)
  sendSigned(world, origin, { message, signers, body: slash(message), value })
}

/** The account whose slash can still be stopped, and the number to stop. */
const pendingOf = async ({ random, stakers }: World): Promise<{ staker: Staker; slashSeq: number } | undefined> => {
  const staker = random.pick(stakers)
  const state = await staker.account.getState()
  if (state === undefined || (state.pending === undefined && random.chance(0.8))) return undefined
  return { staker, slashSeq: state.slashSeq + (random.chance(0.9) ? 0 : 1) }
}

const vetoesSlash: Operation = async (world) => {
  const found = await pendingOf(world)
  if (found === undefined) return
  const body = vetoSlash({ account: found.staker.account.address, slashSeq: found.slashSeq })
  const from = await guardianOf(world)
  const valueNano = world.random.chance(0.9) ? FORWARD_NANO : world.random.nano(FORWARD_NANO)
  world.send({ name: 'veto slash' }, { from, to: world.network.vault.address, body, valueNano })
}

const appeals: Operation = async (world) => {
  const { random, network } = world
  const found = await pendingOf(world)
  if (found === undefined) return
  const { staker, slashSeq } = found
  const hash = random
    .below(2 ** 30)
    .toString(16)
    .padStart(64, 'a')
  const from = random.chance(0.9) ? staker.owner.address : network.operator.address
  const sending = { from, to: staker.account.address, body: appeal({ slashSeq, hash }) }
  world.send({ name: 'appeal' }, { ...sending, valueNano: random.chance(0.9) ? toNano('0.02') : toNano('0.02') - 1n })
}

/** A leaf with one thing wrong about it, which leads to another root. */
const spoiledLeaf = ({ random }: World, leaf: Leaf): Leaf => {
  const { position, reputation } = leaf
  const [first, ...rest] = position.path
  const others: Leaf[] = [
    { ...leaf, reputation: reputation === 1 ? 0 : 1 },
    { ...leaf, deviceId: 'f'.repeat(32) },
    { ...leaf, position: { index: 0, count: 1, path: [] } },
  ]
  if (first !== undefined)
    others.push({ ...leaf, position: { ...position, path: [first.map((byte) => byte ^ 1), ...rest] } })
  return random.pick(position.count === 1 ? others.slice(0, 2) : others)
}

/** A leaf of the root that counts, of an older one, or of none. */
const updatesReputation: Operation = async (world) => {
  const { random, network } = world
  const { roots, current } = await world.vault()
  const isOver = current.validFromSec > 0 && nowSec(network) >= current.validFromSec
  // what is in its window does not count yet, and is tried all the same
  const isTooEarly = current.validFromSec > 0 && !isOver && random.chance(0.6)
  const aimed = isOver || isTooEarly ? world.committedRoot : roots.reputationRoot
  const root = world.trees.has(aimed) && random.chance(0.8) ? aimed : random.pick([...world.trees.keys(), aimed])
  const states = await Promise.all(world.stakers.map(({ account }) => account.getState()))
  const listed = states.flatMap((state) => state?.devices.map(({ deviceId }) => deviceId) ?? [])
  const leaves = world.trees.get(root) ?? []
  const known = leaves.filter(({ deviceId }) => listed.includes(deviceId))
  const tree = known.length > 0 && random.chance(0.9) ? known : leaves
  if (tree.length === 0) return
  const isForged = random.chance(0.2)
  const right = random.pick(tree)
  const leaf = isForged ? spoiledLeaf(world, right) : right
  const owner = world.stakers.find(({ devices }) => devices.some(({ deviceId }) => deviceId === leaf.deviceId))
  const { account } = owner !== undefined && random.chance(0.9) ? owner : random.pick(world.stakers)
  const origin: Origin = {
    name: isForged ? 'forged reputation proof' : 'update reputation',
    ...(isForged && { refused: 'somehow' as const }),
    reputation: { root: isForged ? undefined : root, deviceId: leaf.deviceId, reputation: leaf.reputation },
  }
  const body = updateReputation({ account: account.address, ...leaf })
  const valueNano = random.chance(0.9) ? FORWARD_NANO : random.nano(FORWARD_NANO)
  world.send(origin, { from: network.operator.address, to: network.vault.address, body, valueNano })
}

/** What coordinator and auditor, guardian and owners do about slashes, and anyone about reputations, by weight. */
export const slashOperations: readonly (readonly [number, Operation])[] = [
  [3, slashes],
  [0.4, vetoesSlash],
  [0.8, appeals],
  [2, updatesReputation],
]
