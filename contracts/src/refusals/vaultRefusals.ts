import { RequesterEscrow } from '@gstd/sdk/contracts'
import { Address, beginCell, type Cell, toNano } from '@ton/core'
import { fundCell } from '../chainForTests/forwardedCells.ts'
import { CHALLENGE_SEC, keys, nowSec, pass } from '../chainForTests/openTestNetwork.ts'
import { sendAs } from '../chainForTests/sendAs.ts'
import { type ChargeOptions, chargeOf, type CommitOptions, commitOf } from '../chainForTests/signedMessages.ts'
import type { Opened } from '../chainForTests/useNetwork.ts'
import type { RefusalCase } from './refusalCase.ts'

const elsewhere = Address.parseRaw(`0:${'99'.repeat(32)}`)
const device = { address: Address.parseRaw(`0:${'d1'.repeat(32)}`), amountNano: toNano('0.4') }
const otherDevice = { address: Address.parseRaw(`0:${'d2'.repeat(32)}`), amountNano: toNano('0.4') }

const sendCharge = async ({ network, requester }: Opened, options: ChargeOptions = {}) =>
  network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester, options))

const sendCommit = async ({ network }: Opened, options: CommitOptions = {}) =>
  network.vault.sendCommit(network.operator.getSender(), await commitOf(network, options))

const sendExec = ({ network }: Opened, batch: Cell, valueNano?: bigint) =>
  network.vault.sendExec(network.operator.getSender(), {
    batch,
    payouts: 2,
    ...(valueNano !== undefined && { valueNano }),
  })

/** The same refusal of a charge and of a commit. */
const ofBoth = (
  refusal: RefusalCase['refusal'],
  what: string,
  options: (
    opened: Opened,
  ) => Pick<CommitOptions, 'network' | 'vault' | 'validUntilSec' | 'epoch' | 'coordinator' | 'auditor'>,
): RefusalCase[] => [
  { refusal, what: `a charge ${what}`, arrange: async (opened) => () => sendCharge(opened, options(opened)) },
  { refusal, what: `a commit ${what}`, arrange: async (opened) => () => sendCommit(opened, options(opened)) },
]

const committing = (refusal: RefusalCase['refusal'], what: string, options: CommitOptions): RefusalCase => ({
  refusal,
  what,
  arrange: async (opened) => {
    await sendCharge(opened)
    return () => sendCommit(opened, options)
  },
})

/** Commits two batches of one payout, and returns the batch that comes first or second. */
const executing = (
  refusal: RefusalCase['refusal'],
  what: string,
  { position, waitSec, ...options }: CommitOptions & { position: 0 | 1; waitSec: number },
): RefusalCase => ({
  refusal,
  what,
  arrange: async (opened) => {
    await sendCharge(opened)
    const message = await commitOf(opened.network, { payouts: [device, otherDevice], perBatch: 1, ...options })
    await opened.network.vault.sendCommit(opened.network.operator.getSender(), message)
    pass(opened.network, waitSec)
    const batch = message.batches[position] ?? beginCell().endCell()
    return () => sendExec(opened, batch)
  },
})

export const vaultRefusals: RefusalCase[] = [
  ...ofBoth('WRONG_NETWORK', 'for another network', () => ({ network: -239 })),
  ...ofBoth('WRONG_CONTRACT', 'for another vault', () => ({ vault: elsewhere })),
  ...ofBoth('EXPIRED', 'a second too late', ({ network }) => ({ validUntilSec: nowSec(network) - 1 })),
  ...ofBoth('COORDINATOR_SIGNATURE', 'signed by a stranger for the coordinator', () => ({
    coordinator: keys.stranger,
  })),
  ...ofBoth('AUDITOR_SIGNATURE', 'signed by a stranger for the auditor', () => ({ auditor: keys.stranger })),
  ...ofBoth('COORDINATOR_SIGNATURE', 'with both signatures swapped', () => ({
    coordinator: keys.auditor,
    auditor: keys.coordinator,
  })),
  ...ofBoth('AUDITOR_SIGNATURE', 'signed by the coordinator twice', () => ({ auditor: keys.coordinator })),
  ...ofBoth('WRONG_EPOCH', 'for the epoch that is over', () => ({ epoch: 0 })),
  ...ofBoth('WRONG_EPOCH', 'for the epoch after the next', () => ({ epoch: 2 })),
  {
    refusal: 'TOO_LITTLE_VALUE',
    what: 'a charge that could not pay its way',
    arrange: async ({ network, requester }) => {
      const message = await chargeOf(network, requester)
      return () => network.vault.sendCharge(network.operator.getSender(), { ...message, valueNano: toNano('0.003') })
    },
  },
  {
    refusal: 'TOO_LITTLE_VALUE',
    what: 'a commit that could not pay its way',
    arrange: async ({ network }) => {
      const message = { ...(await commitOf(network)), valueNano: toNano('0.02') - 1n }
      return () => network.vault.sendCommit(network.operator.getSender(), message)
    },
  },
  {
    refusal: 'TOO_LITTLE_VALUE',
    what: 'a batch whose sender does not pay its fees',
    arrange: async (opened) => {
      await sendCharge(opened)
      const message = await commitOf(opened.network, { payouts: [device, otherDevice] })
      await opened.network.vault.sendCommit(opened.network.operator.getSender(), message)
      pass(opened.network, CHALLENGE_SEC)
      const [batch = beginCell().endCell()] = message.batches
      // enough to compute, too little to send
      return () => sendExec(opened, batch, opened.network.prices === '2026-06' ? toNano('0.001') : toNano('0.006'))
    },
  },
  {
    refusal: 'NOT_ESCROW',
    what: 'funds that do not come from an escrow',
    arrange: async ({ network, requester }) => {
      const [owner, payer] = [requester.owner.address, network.operator.address]
      const body = fundCell({ deltaNano: toNano('1'), epoch: 1, owner, payer })
      return () => sendAs(network, { from: owner, to: network.vault.address, body, valueNano: toNano('2') })
    },
  },
  {
    refusal: 'NOT_ESCROW',
    what: 'funds of an escrow of another vault',
    arrange: async ({ network, requester }) => {
      const [owner, payer] = [requester.owner.address, network.operator.address]
      const from = RequesterEscrow.createFromOwner({ owner, vault: elsewhere }).address
      const body = fundCell({ deltaNano: toNano('1'), epoch: 1, owner, payer })
      return () => sendAs(network, { from, to: network.vault.address, body, valueNano: toNano('2') })
    },
  },
  {
    refusal: 'NOT_ESCROW',
    what: 'a reclaim that does not come from the escrow',
    arrange: async ({ network, requester }) => {
      const owner = requester.owner.address
      const body = beginCell().storeUint(0x47560007, 32).storeUint(0, 64).storeCoins(1).storeUint(1, 32)
      return () => sendAs(network, { from: owner, to: network.vault.address, body: body.storeAddress(owner).endCell() })
    },
  },
  {
    refusal: 'EPOCH_UNDER_WAY',
    what: 'a commit while another is in its window',
    arrange: async (opened) => {
      await sendCharge(opened)
      await sendCommit(opened, { payouts: [device] })
      return () => sendCommit(opened)
    },
  },
  committing('SUMS_DIFFER', 'a commit that pays a nano too little', {
    payouts: [device],
    owedAfterNano: toNano('0.6') - 1n,
  }),
  committing('SUMS_DIFFER', 'a commit that pays a nano too much', {
    payouts: [device],
    owedAfterNano: toNano('0.6') + 1n,
  }),
  committing('SUMS_DIFFER', 'a total without a batch', { totalNano: toNano('1') }),
  committing('SUMS_DIFFER', 'a batch without a total', { head: 'aa'.repeat(32) }),
  {
    refusal: 'NOTHING_TO_EXECUTE',
    what: 'a batch before the first commit',
    arrange: async (opened) => () => sendExec(opened, beginCell().endCell()),
  },
  {
    refusal: 'NOTHING_TO_EXECUTE',
    what: 'a batch of an epoch that pays nobody',
    arrange: async (opened) => {
      await sendCommit(opened)
      pass(opened.network, CHALLENGE_SEC)
      return () => sendExec(opened, beginCell().endCell())
    },
  },
  executing('WINDOW_OPEN', 'a second before the window ends', { position: 0, waitSec: CHALLENGE_SEC - 1 }),
  executing('WRONG_BATCH', 'the second batch first', { position: 1, waitSec: CHALLENGE_SEC }),
  executing('OVER_COMMITTED', 'a batch of more than was committed', {
    position: 0,
    waitSec: CHALLENGE_SEC,
    totalNano: toNano('0.4') - 1n,
  }),
  {
    refusal: 'SUMS_DIFFER',
    what: 'a last batch that leaves something over',
    arrange: async (opened) => {
      await sendCharge(opened)
      const message = await commitOf(opened.network, { payouts: [device], totalNano: toNano('0.5') })
      await opened.network.vault.sendCommit(opened.network.operator.getSender(), message)
      pass(opened.network, CHALLENGE_SEC)
      const [batch = beginCell().endCell()] = message.batches
      return () => sendExec(opened, batch)
    },
  },
]
