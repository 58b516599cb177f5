import {
  applyChange,
  buildProposeBody,
  buildUncommitBody,
  buildUnfreezeBody,
  cancelChange,
  commit,
  exec,
  proposeChange,
  reclaim,
  uncommit,
  unfreeze,
  veto,
} from '@gstd/sdk/contracts'
import { beginCell, type Cell, toNano } from '@ton/core'
import { HOUR_SEC, keys, nowSec } from '../chainForTests/openTestNetwork.ts'
import { commitOf, signBoth } from '../chainForTests/signedMessages.ts'
import type { Origin, World } from './createWorld.ts'
import { AMPLE_NANO, type Operation, sendSigned, signersOf } from './sendSigned.ts'

/** Where a body is valid, and until when; now and then in another network, or at another vault, which refuses it. */
const validityOf = ({ network, random }: World) => {
  const [isForeign, isOfOther] = [random.chance(0.05), random.chance(0.05)]
  return {
    network: isForeign ? -239 : network.globalId,
    vault: isOfOther ? network.operator.address : network.vault.address,
    validUntilSec: nowSec(network) + HOUR_SEC,
    isElsewhere: isForeign || isOfOther,
  }
}

/** Signs with the vault's keys, with retired ones, or with one stolen key and one forged. */
const sendGuard = async (
  world: World,
  name: string,
  {
    body,
    wrap,
    isElsewhere,
  }: { body: Cell; wrap: (message: Awaited<ReturnType<typeof signBoth>>) => Cell; isElsewhere: boolean },
): Promise<void> => {
  const { random } = world
  const forged = random.pick([{}, {}, {}, {}, { coordinator: keys.stranger }, { auditor: keys.stranger }])
  const signers = { ...(await signersOf(world)), ...forged }
  const message = await signBoth(body, signers)
  const origin: Origin = isElsewhere ? { name: `${name}, signed for elsewhere`, refused: 'somehow' } : { name }
  sendSigned(world, origin, { message, signers, body: wrap(message), value: AMPLE_NANO })
}

/** The guardian, or who would like to be it. */
export const guardianOf = async (world: World) => {
  const { guardian } = await world.config()
  const { network, otherGuardian, random } = world
  if (random.chance(0.6)) return guardian
  const some = [network.guardian, otherGuardian, network.operator].map(({ address }) => address)
  return random.pick(some.filter((address) => !address.equals(guardian)))
}

const vetoes: Operation = async (world) => {
  const { random, network } = world
  const { epoch, current } = await world.vault()
  if (current.validFromSec === 0 && random.chance(0.8)) return
  const from = await guardianOf(world)
  const body = veto({ epoch: random.chance(0.9) ? epoch : epoch + 1 })
  world.send({ name: 'veto' }, { from, to: network.vault.address, body, valueNano: AMPLE_NANO })
}

const unfreezes: Operation = async (world) => {
  const { frozenAtSec } = await world.vault()
  if (frozenAtSec === 0 && world.random.chance(0.9)) return
  const { isElsewhere, ...validity } = validityOf(world)
  await sendGuard(world, 'unfreeze', {
    body: buildUnfreezeBody({ ...validity, frozenAtSec }),
    wrap: unfreeze,
    isElsewhere,
  })
}

const reclaims: Operation = async (world) => {
  const { random } = world
  const requester = random.pick(world.requesters)
  const state = await world.escrow(requester)
  if (state === undefined) return
  const { epoch } = random.chance(0.8) ? state.pending : state.inWindow
  const from = random.chance(0.95) ? requester.owner.address : world.network.operator.address
  const body = reclaim({ epoch: random.chance(0.95) ? epoch : epoch + 1 })
  const valueNano = random.chance(0.9) ? AMPLE_NANO : random.nano(toNano('0.04'))
  world.send({ name: 'reclaim' }, { from, to: requester.escrow.address, body, valueNano })
}

const uncommits: Operation = async (world) => {
  const { epoch, current } = await world.vault()
  if (current.remainingNano === 0n && world.random.chance(0.8)) return
  const { isElsewhere, ...validity } = validityOf(world)
  const body = buildUncommitBody({ ...validity, epoch, next: current.next })
  await sendGuard(world, 'uncommit', { body, wrap: uncommit, isElsewhere })
}

const proposes: Operation = async (world) => {
  const { random, network, otherGuardian } = world
  const { count } = await network.vault.getProposals()
  const change = {
    coordinatorKey: random.pick([keys.coordinator, keys.otherCoordinator]).publicKey,
    auditorKey: random.pick([keys.auditor, keys.otherAuditor]).publicKey,
    guardian: random.pick([network.guardian, otherGuardian]).address,
  }
  const { isElsewhere, ...validity } = validityOf(world)
  // the next number, one that has had its turn, or one whose turn has not come
  const number = Math.max(0, count + random.pick([0, 0, 0, -1, 1]))
  const body = buildProposeBody({ ...validity, number, change })
  await sendGuard(world, 'proposeChange', { body, wrap: proposeChange, isElsewhere })
}

const cancels: Operation = async (world) => {
  const { random, network } = world
  const { count, pending } = await network.vault.getProposals()
  if (count === 0 || (pending === undefined && random.chance(0.8))) return
  const body = cancelChange({ number: count - (random.chance(0.9) ? 1 : 0) })
  const from = await guardianOf(world)
  world.send({ name: 'cancelChange' }, { from, to: network.vault.address, body, valueNano: AMPLE_NANO })
}

const applies: Operation = async (world) => {
  const { random, network } = world
  const { pending } = await network.vault.getProposals()
  if (pending === undefined && random.chance(0.8)) return
  const from = random.pick(world.requesters).owner.address
  world.send({ name: 'applyChange' }, { from, to: network.vault.address, body: applyChange({}), valueNano: AMPLE_NANO })
}

/** Who has stolen both keys commits what nobody can execute, which only keeps its funds where they are. */
const commitsInVain: Operation = async (world) => {
  const { network, random } = world
  const { fundedNextNano, owedNano, current } = await world.vault()
  const totalNano = fundedNextNano + owedNano
  if (totalNano === 0n || current.remainingNano > 0n || random.chance(0.5)) return
  const signers = await signersOf(world)
  const reputationRoot = random
    .below(2 ** 30)
    .toString(16)
    .padStart(64, '1')
  const roots = { reputationRoot, logRoot: reputationRoot }
  const [device] = world.devices
  const message =
    device === undefined || totalNano === 1n || random.chance(0.2)
      ? await commitOf(network, { ...signers, ...roots, totalNano, head: 'bb'.repeat(32) })
      : await commitOf(network, {
          ...signers,
          ...roots,
          totalNano,
          payouts: [{ address: device, amountNano: totalNano - 1n }],
        })
  for (const batch of message.batches) world.batches.set(batch.hash().toString('hex'), batch)
  sendSigned(world, { name: 'commit in vain', roots }, { message, signers, body: commit(message), value: AMPLE_NANO })
}

/** A batch that nobody committed, which pays whoever made it. */
const executesOwn: Operation = async (world) => {
  const { network, random } = world
  const [device] = world.devices
  if (device === undefined) return
  const payouts = beginCell()
    .storeUint(1, 2)
    .storeBuffer(device.hash)
    .storeUint(random.nano(toNano('1')), 64)
    .endCell()
  const batch = beginCell().storeUint(0, 256).storeRef(payouts).endCell()
  const origin: Origin = { name: 'exec of an own batch', refused: 'somehow' }
  const from = network.operator.address
  world.send(origin, { from, to: network.vault.address, body: exec({ batch }), valueNano: AMPLE_NANO })
}

/** What guardian, thieves and owners of uncommitted funds do, by weight. */
export const guardOperations: readonly (readonly [number, Operation])[] = [
  [0.6, vetoes],
  [1.5, unfreezes],
  [1.2, reclaims],
  [1.6, uncommits],
  [0.8, proposes],
  [0.8, cancels],
  [0.5, applies],
  [0.6, commitsInVain],
  [0.2, executesOwn],
]
