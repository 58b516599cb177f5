import {
  buildPayoutBatches,
  charge,
  close,
  commit,
  deposit,
  exec,
  setSession,
  type VaultState,
} from '@gstd/sdk/contracts'
import { Cell, toNano } from '@ton/core'
import { JOB, type Requester } from '../chainForTests/createRequester.ts'
import { HOUR_SEC, keys, nowSec } from '../chainForTests/openTestNetwork.ts'
import { type ChargeOptions, chargeOf, type CommitOptions, commitOf } from '../chainForTests/signedMessages.ts'
import { type Origin, sessionKeys, type World } from './createWorld.ts'
import { forgeOperations } from './forgeOperations.ts'
import { guardOperations } from './guardOperations.ts'
import { plantReputations } from './plantReputations.ts'
import { AMPLE_NANO, type Operation, sendSigned, signersOf, spoiled, valueNano } from './sendSigned.ts'
import { slashOperations } from './slashOperations.ts'
import { stakeOperations } from './stakeOperations.ts'
import { waits } from './waits.ts'
import { readFund } from './readFund.ts'

const smallest = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const largest = (a: bigint, b: bigint): bigint => (a > b ? a : b)

const fromOwner = (
  world: World,
  {
    name,
    requester,
    body,
    value,
    deploys = false,
  }: { name: string; requester: Requester; body: Cell; value: bigint; deploys?: boolean },
): void => {
  const { escrow, owner } = requester
  const init = deploys && escrow.init !== undefined ? { init: escrow.init } : {}
  world.send({ name }, { from: owner.address, to: escrow.address, body, valueNano: value, ...init })
}

const deposits: Operation = async (world) => {
  const { random } = world
  const requester = random.pick(world.requesters)
  const amountNano = random.nano(toNano('5'))
  const gasNano = random.chance(0.85) ? toNano('0.05') : random.nano(toNano('0.03'))
  const body = deposit({ jobId: JOB, amountNano })
  fromOwner(world, { name: 'deposit', requester, body, value: amountNano + gasNano, deploys: true })
}

const setsSession: Operation = async (world) => {
  const { random, network } = world
  const requester = random.pick(world.requesters)
  const state = await world.escrow(requester)
  const signer = random.chance(0.7) ? requester.session : random.pick(sessionKeys)
  const body = setSession({
    key: signer.publicKey,
    capNano: (state?.chargedNano ?? 0n) + random.nano(toNano('20')),
    expiresAtSec: nowSec(network) + random.below(8 * 24) * HOUR_SEC,
  })
  fromOwner(world, { name: 'setSession', requester, body, value: toNano('0.02'), deploys: true })
}

const closes: Operation = async (world) => {
  const { random } = world
  const requester = random.pick(world.requesters)
  const closeAtSec = (await world.escrow(requester))?.closeAtSec ?? 0
  // too early changes nothing, and so costs nothing
  if (closeAtSec === 0 && random.chance(0.85)) return
  fromOwner(world, { name: 'close', requester, body: close({}), value: toNano('0.02') })
}

/** The last charge of an escrow that has not reached the vault: the next one may follow it at once. */
const lastChargeOf = ({ inFlight }: World, { escrow }: Requester): Origin['charge'] =>
  inFlight.findLast(
    ({ origin, isFirst }) => isFirst && origin.name === 'charge' && origin.charge?.escrow.equals(escrow.address),
  )?.origin.charge

const charges: Operation = async (world) => {
  const { random, network } = world
  const requester = random.pick(world.requesters)
  const state = await world.escrow(requester)
  if (state === undefined) return
  const key = random.chance(0.8) ? state.session.key : state.previousSession.key
  const session = sessionKeys.find(({ publicKey }) => publicKey === key) ?? requester.session
  const waiting = random.chance(0.6) ? lastChargeOf(world, requester) : undefined
  const chargedNano = waiting === undefined ? state.chargedNano : waiting.previousChargedNano + waiting.deltaNano
  const balanceNano = state.balanceNano - (waiting?.deltaNano ?? 0n)
  const leftNano = smallest(balanceNano, state.session.capNano - chargedNano)
  const deltaNano = random.chance(0.15)
    ? random.pick([leftNano, balanceNano]) + random.nano(random.pick([1n, toNano('0.01'), toNano('1')]))
    : random.nano(largest(leftNano, 0n)) / 2n + 1n
  const tasks = (waiting?.tasks ?? state.tasks) + 1 + random.below(100)
  const sums = { previousChargedNano: chargedNano, cumulativeNano: chargedNano + deltaNano }
  const options: ChargeOptions = { deltaNano, session, tasks, ...sums, ...(await signersOf(world)) }
  const epoch = (await world.vault()).epoch + 1
  const said = {
    escrow: requester.escrow.address,
    deltaNano,
    tasks,
    previousChargedNano: chargedNano,
    epoch,
    sessionKey: session.publicKey,
  }
  const how = random.chance(0.08) ? FORGED_SESSION : random.below(16)
  const { name, refused, ...spoiling } = random.pick(spoiled(world))
  const origins: [Origin, ChargeOptions, bigint?][] = [
    [{ name: `charge, ${name}`, ...(refused && { refused }) }, { ...options, ...spoiling }, AMPLE_NANO],
    [
      { name: 'charge, over authorised', refused: 'somehow' },
      { ...options, maxCumulativeNano: chargedNano + deltaNano - 1n },
    ],
    [
      { name: 'charge, forged session', refused: 'somehow' },
      { ...options, session: keys.stranger, cumulativeNano: chargedNano + 1n },
    ],
    [
      { name: 'charge, far gap', refused: 'somehow' },
      { ...options, previousChargedNano: 2n ** 60n, cumulativeNano: 2n ** 60n + deltaNano },
    ],
    [
      { name: 'charge of nothing', refused: 'somehow' },
      { ...options, cumulativeNano: chargedNano },
    ],
    [
      { name: 'charge, gap', charge: { ...said, previousChargedNano: chargedNano + 1n } },
      { ...options, previousChargedNano: chargedNano + 1n, cumulativeNano: chargedNano + 1n + deltaNano },
    ],
  ]
  const [origin, chosen, value] = origins[how] ?? [{ name: 'charge', charge: said }, options]
  const message = await chargeOf(network, requester, chosen)
  sendSigned(world, origin, { message, signers: chosen, body: charge(message), ...(value !== undefined && { value }) })
}

const commits: Operation = async (world) => {
  const { random, network } = world
  const { fundedNextNano, owedNano, current } = await world.vault()
  if (current.remainingNano > 0n && random.chance(0.8)) return
  const available = fundedNextNano + owedNano
  const devices = world.devices.filter(() => random.chance(0.6))
  const share = devices.length === 0 ? 0n : random.nano(available) / BigInt(devices.length)
  const payouts = share === 0n ? [] : devices.map((address) => ({ address, amountNano: share }))
  const perBatch = 1 + random.below(3)
  const reputationRoot = plantReputations(world)
  const roots = { reputationRoot, logRoot: reputationRoot }
  const options: CommitOptions = { payouts, perBatch, ...roots, ...(await signersOf(world)) }
  const { name, refused, ...spoiling } = random.pick(spoiled(world))
  const sum = payouts.reduce((total, { amountNano }) => total + amountNano, 0n)
  const ways: [Origin, CommitOptions, bigint?][] = [
    [{ name: `commit, ${name}`, ...(refused && { refused }) }, { ...options, ...spoiling }, AMPLE_NANO],
    [
      { name: 'commit, a nano more', refused: 'somehow' },
      { ...options, owedAfterNano: available - sum + 1n },
    ],
    [
      { name: 'commit, total without a batch', refused: 'somehow' },
      { ...options, payouts: [], totalNano: available + 1n, owedAfterNano: 0n },
    ],
  ]
  // a commit that overtakes funds makes them bounce
  const isHurried = hasFundsOnTheirWay(world)
  const [origin, chosen, value] = ways[random.below(isHurried ? 16 : 8)] ?? [{ name: 'commit', isHurried }, options]
  const message = await commitOf(network, chosen)
  for (const batch of buildPayoutBatches({ payouts, perBatch }).batches) {
    world.batches.set(batch.hash().toString('hex'), batch)
  }
  sendSigned(
    world,
    { ...origin, roots },
    { message, signers: chosen, body: commit(message), ...(value !== undefined && { value }) },
  )
}

const executes: Operation = async (world) => {
  const { random, network } = world
  const { current } = await world.vault()
  if (current.remainingNano === 0n && random.chance(0.8)) return
  const next = world.batches.get(current.next)
  const any = world.batches.size === 0 ? Cell.EMPTY : random.pick([...world.batches.values()])
  const batch = random.chance(0.7) ? (next ?? any) : any
  const from = random.chance(0.5) ? network.operator.address : random.pick(world.requesters).owner.address
  world.send({ name: 'exec' }, { from, to: network.vault.address, body: exec({ batch }), valueNano: valueNano(world) })
}

const replays: Operation = async (world) => {
  if (world.sent.length === 0) return
  const { to, body, origin } = world.random.pick(world.sent)
  const replay = { ...origin, name: `replay of ${origin.name}`, isHurried: false }
  world.send(replay, { from: world.network.guardian.address, to, body, valueNano: AMPLE_NANO })
}

const weighted: readonly (readonly [number, Operation])[] = [
  [3, deposits],
  [3, setsSession],
  [2, closes],
  [15, charges],
  [4, commits],
  [4, executes],
  [1, replays],
  [4, waits],
  ...forgeOperations,
  ...guardOperations,
  ...stakeOperations,
  ...slashOperations,
]

const FORGED_SESSION = 2

const hasFundsOnTheirWay = ({ inFlight }: World): boolean =>
  inFlight.some(({ message, origin }) => origin.refused === undefined && readFund(message) !== undefined)

const isCommittable = ({ current, frozenAtSec }: VaultState, { network }: World): boolean =>
  current.remainingNano === 0n && frozenAtSec === 0 && current.validFromSec <= nowSec(network)

/**
 * Chooses what happens next. More often than by chance: a commit while funds are on their way, which makes them bounce,
 * and time that passes while the vault is frozen.
 */
export const chooseOperation = async (world: World): Promise<Operation> => {
  const { random } = world
  const vault = await world.vault()
  const isRace = hasFundsOnTheirWay(world) && isCommittable(vault, world)
  if (isRace && random.chance(0.6)) return commits
  if (vault.frozenAtSec > 0 && random.chance(0.06)) return waits
  let left = (random.below(2 ** 30) / 2 ** 30) * weighted.reduce((sum, [weight]) => sum + weight, 0)
  const [, operation = waits] = weighted.find(([weight]) => (left -= weight) < 0) ?? []
  return operation
}
