import { type Cell, toNano } from '@ton/core'
import { keys, nowSec } from '../chainForTests/openTestNetwork.ts'
import type { BothKeys, ChargeOptions, CommitOptions, SignedBody } from '../chainForTests/signedMessages.ts'
import type { Origin, World } from './createWorld.ts'

export type Operation = (world: World) => Promise<void>

export const AMPLE_NANO = toNano('0.1')
/** Around the least that a charge must carry, at either price set. */
export const valueNano = ({ random }: World): bigint =>
  random.chance(0.8) ? AMPLE_NANO : toNano('0.001') + random.nano(toNano('0.03'))

/** Sends what coordinator and auditor have signed, and keeps it to be sent again. */
export const sendSigned = (
  world: World,
  origin: Origin,
  {
    message,
    body,
    signers,
    value = valueNano(world),
  }: { message: SignedBody; body: Cell; signers: BothKeys; value?: bigint },
): void => {
  const { network } = world
  const bodyHash = message.body.hash().toString('hex')
  const { coordinator = keys.coordinator, auditor = keys.auditor } = signers
  const signed = {
    ...origin,
    bodyHash,
    signers: { coordinatorKey: coordinator.publicKey, auditorKey: auditor.publicKey },
  }
  world.sent.push({ to: network.vault.address, body, origin: signed })
  const from = origin.isHurried ? network.guardian.address : network.operator.address
  world.send(signed, { from, to: network.vault.address, body, valueNano: value })
}

/** @returns the keys that the vault has now; seldom, as a thief of retired keys has them, others. */
export const signersOf = async (world: World): Promise<Required<BothKeys>> => {
  const { coordinatorKey, auditorKey } = await world.config()
  const isRetired = world.random.chance(0.04)
  const of = <Key extends { publicKey: string }>(pair: readonly [Key, Key], key: string): Key =>
    (pair[0].publicKey === key) === isRetired ? pair[1] : pair[0]
  return {
    coordinator: of([keys.coordinator, keys.otherCoordinator], coordinatorKey),
    auditor: of([keys.auditor, keys.otherAuditor], auditorKey),
  }
}

/** Ways to spoil a signed message; the vault refuses each whatever the state, if it carries enough. */
export const spoiled = (
  world: World,
): (Pick<ChargeOptions & CommitOptions, 'network' | 'vault' | 'validUntilSec' | 'epoch' | 'coordinator' | 'auditor'> &
  Origin)[] => [
  { name: 'forged coordinator', refused: 'COORDINATOR_SIGNATURE', coordinator: keys.stranger },
  { name: 'forged auditor', refused: 'AUDITOR_SIGNATURE', auditor: keys.stranger },
  {
    name: 'swapped signatures',
    refused: 'COORDINATOR_SIGNATURE',
    coordinator: keys.auditor,
    auditor: keys.coordinator,
  },
  { name: 'other network', refused: 'WRONG_NETWORK', network: -239 },
  { name: 'other vault', refused: 'WRONG_CONTRACT', vault: world.network.operator.address },
  { name: 'expired', refused: 'EXPIRED', validUntilSec: nowSec(world.network) - 1 },
  { name: 'far epoch', refused: 'WRONG_EPOCH', epoch: 1_000_000, validUntilSec: 2 ** 32 - 1 },
]
