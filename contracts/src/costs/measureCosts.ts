import type { PriceSet } from '@gstd/devnet'
import { merkleRootFrom, reputationLeafHash } from '@gstd/sdk'
import {
  appeal,
  applyChange,
  cancelChange,
  charge,
  close,
  commit,
  deposit,
  exec,
  executeSlash,
  openAccount as openBody,
  type Payout,
  proposeChange,
  reclaim,
  setDevice,
  setSession,
  slash,
  unbond,
  uncommit,
  unfreeze,
  updateReputation,
  veto,
  vetoSlash,
  withdraw,
} from '@gstd/sdk/contracts'
import { Address, type Cell, SendMode, toNano } from '@ton/core'
import type { SendMessageResult } from '@ton/sandbox'
import { createRequester, JOB } from '../chainForTests/createRequester.ts'
import {
  type Account,
  CHALLENGE_SEC,
  HOUR_SEC,
  keys,
  nowSec,
  openTestNetwork,
  pass,
} from '../chainForTests/openTestNetwork.ts'
import { device as listed, openAccount, slashOf } from '../chainForTests/openAccount.ts'
import { proposeOf, uncommitOf, unfreezeOf } from '../chainForTests/guardMessages.ts'
import { chargeOf, commitOf } from '../chainForTests/signedMessages.ts'
import { actionsDone, exitCodes, feesOf, gasOf, transactionsAt } from '../chainForTests/transactions.ts'
import { findLeastValue } from './findLeastValue.ts'

/** What one message costs. */
export type Cost = {
  /** Of each contract that it passes. */
  gas: Record<string, number>
  /** All fees, those of a small wallet that sends it included. */
  fee_nano: string
  /** With a nano less it is refused. A deposit's comes on top of its amount. */
  least_value_nano: string
}

export type Costs = Record<string, Cost>

type Sending = { from: Account; to: Address; body: Cell }

const AMPLE_NANO = toNano('2')

/** Accounts that nobody has deployed, each paid another amount. */
export const payoutsTo = (count: number): Payout[] =>
  Array.from({ length: count }, (_, index) => ({
    address: Address.parseRaw(`0:${(index + 1).toString(16).padStart(64, '0')}`),
    amountNano: 1_000_000n + BigInt(index),
  }))

/** The place of a leaf in a tree of 100,000 devices: any siblings will do. */
const position = { index: 0, count: 100_000, path: Array.from({ length: 17 }, () => new Uint8Array(32)) }

/**
 * Sends every message once, on a fresh network, and finds the least value that it is accepted with.
 *
 * @param known - what an earlier run found, which is tried first
 */
export const measureCosts = async (prices: PriceSet, known: Costs = {}): Promise<Costs> => {
  const network = await openTestNetwork(prices)
  const requester = await createRequester(network)
  const [vault, escrow] = [network.vault.address, requester.escrow.address]
  const { operator } = network
  const { owner } = requester
  const costs: Costs = {}

  const send = ({ from, to, body }: Sending, value = AMPLE_NANO): Promise<SendMessageResult> =>
    from.send({ to, value, body, sendMode: SendMode.PAY_GAS_SEPARATELY })

  const device = await openAccount(network)
  const account = device.account.address
  await device.stake(toNano('50'))

  const gasAt = (sent: SendMessageResult): Record<string, number> => {
    const gas: Record<string, number> = {}
    for (const [contract, address] of Object.entries({ vault, escrow, account })) {
      const transactions = transactionsAt(sent, address)
      if (transactions.length > 0) gas[contract] = transactions.reduce((sum, each) => sum + gasOf(each), 0)
    }
    return gas
  }

  const measure = async (name: string, sending: Sending, amountNano = 0n): Promise<void> => {
    const expected = amountNano + BigInt(known[name]?.least_value_nano ?? 1)
    const least = await findLeastValue(network, { ...sending, from: sending.from.address }, expected)
    const sent = await send(sending, least)
    if (exitCodes(sent).length > 0 || !actionsDone(sent)) throw new Error(`${name}: ${exitCodes(sent).join()}`)
    const fee = feesOf(sent).toString()
    costs[name] = { gas: gasAt(sent), fee_nano: fee, least_value_nano: (least - amountNano).toString() }
  }

  const amountNano = toNano('1')
  await measure('deposit', { from: owner, to: escrow, body: deposit({ jobId: JOB, amountNano }) }, amountNano)
  const key = { key: requester.session.publicKey, capNano: toNano('11'), expiresAtSec: nowSec(network) + 48 * HOUR_SEC }
  await measure('setSession', { from: owner, to: escrow, body: setSession(key) })
  for (const [index, count] of [1, 20, 250].entries()) {
    const charging = { from: operator, to: vault, body: charge(await chargeOf(network, requester)) }
    if (index === 0) await measure('charge', charging)
    else await send(charging)
    const { batches, ...message } = await commitOf(network, { payouts: payoutsTo(count) })
    const committing = { from: operator, to: vault, body: commit(message) }
    if (index === 0) await measure('commit', committing)
    else await send(committing)
    pass(network, CHALLENGE_SEC)
    for (const batch of batches) await measure(`exec of ${count}`, { from: operator, to: vault, body: exec({ batch }) })
  }
  await send({ from: operator, to: vault, body: charge(await chargeOf(network, requester)) })
  await send({ from: operator, to: vault, body: commit(await commitOf(network)) })
  await measure('veto', { from: network.guardian, to: vault, body: veto({ epoch: 4 }) })
  pass(network, 7 * 24 * HOUR_SEC)
  await measure('unfreeze', { from: operator, to: vault, body: unfreeze(await unfreezeOf(network)) })
  pass(network, 14 * 24 * HOUR_SEC)
  await measure('reclaim', { from: owner, to: escrow, body: reclaim({ epoch: 4 }) })
  await send({
    from: operator,
    to: vault,
    body: commit(await commitOf(network, { payouts: payoutsTo(1), totalNano: 1n })),
  })
  pass(network, CHALLENGE_SEC + 7 * 24 * HOUR_SEC)
  await measure('uncommit', { from: operator, to: vault, body: uncommit(await uncommitOf(network)) })
  await measure('proposeChange', { from: operator, to: vault, body: proposeChange(await proposeOf(network)) })
  await measure('cancelChange', { from: network.guardian, to: vault, body: cancelChange({ number: 0 }) })
  const change = { coordinatorKey: keys.coordinator.publicKey, auditorKey: keys.auditor.publicKey }
  await send({ from: operator, to: vault, body: proposeChange(await proposeOf(network, { change })) })
  pass(network, 7 * 24 * HOUR_SEC)
  await measure('applyChange', { from: operator, to: vault, body: applyChange({}) })
  await measure('close', { from: owner, to: escrow, body: close({}) })
  pass(network, 72 * HOUR_SEC)
  await measure('close, paid back', { from: owner, to: escrow, body: close({}) })

  const fromOwner = (body: Cell): Sending => ({ from: device.owner, to: account, body })
  const slashing = async () => ({ from: operator, to: vault, body: slash(await slashOf(network, device)) })
  await measure('openAccount', fromOwner(openBody({})))
  await measure('setDevice', fromOwner(setDevice({ deviceKey: 'd9'.repeat(32), isAdded: true })))
  await measure('unbond', fromOwner(unbond({ amountNano })))
  pass(network, 7 * 24 * HOUR_SEC)
  await measure('withdraw', fromOwner(withdraw({})))
  await measure('slash', await slashing())
  await measure('appeal', fromOwner(appeal({ slashSeq: 1, hash: JOB })))
  const vetoing = vetoSlash({ account, slashSeq: 1 })
  await measure('vetoSlash', { from: network.guardian, to: vault, body: vetoing })
  const locked = await slashing()
  await send(locked)
  pass(network, 72 * HOUR_SEC)
  await measure('executeSlash', { from: operator, to: account, body: executeSlash({}) })
  const reputation = 0.5
  const root = merkleRootFrom(reputationLeafHash({ device_id: listed.deviceId, reputation }), position)
  const reputationRoot = Buffer.from(root ?? []).toString('hex')
  await send({ from: operator, to: vault, body: commit(await commitOf(network, { reputationRoot })) })
  pass(network, CHALLENGE_SEC)
  const proving = updateReputation({ account, deviceId: listed.deviceId, reputation, position })
  await measure('updateReputation', { from: operator, to: vault, body: proving })
  return costs
}
