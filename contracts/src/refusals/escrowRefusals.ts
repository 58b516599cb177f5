import { beginCell, toNano } from '@ton/core'
import { deposit, reclaim, RequesterEscrow } from '@gstd/sdk/contracts'
import { JOB } from '../chainForTests/createRequester.ts'
import { escrowChargeCell } from '../chainForTests/forwardedCells.ts'
import { HOUR_SEC, keys, nowSec, pass } from '../chainForTests/openTestNetwork.ts'
import { sendAs } from '../chainForTests/sendAs.ts'
import { type ChargeOptions, chargeOf } from '../chainForTests/signedMessages.ts'
import type { Opened } from '../chainForTests/useNetwork.ts'
import type { RefusalCase } from './refusalCase.ts'

const DAY_SEC = 24 * HOUR_SEC
const session = keys.session.publicKey

const sendCharge =
  ({ network, requester }: Opened, options: ChargeOptions) =>
  async () =>
    network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester, options))

const charging = (refusal: RefusalCase['refusal'], what: string, options: ChargeOptions): RefusalCase => ({
  refusal,
  what,
  arrange: async (opened) => sendCharge(opened, options),
})

type SessionOptions = { key?: string; capNano?: bigint; endsInSec?: number }

const sendSetSession =
  ({ network, requester }: Opened, options: SessionOptions) =>
  () =>
    requester.escrow.sendSetSession(requester.owner.getSender(), {
      key: options.key ?? session,
      capNano: options.capNano ?? toNano('10'),
      expiresAtSec: nowSec(network) + (options.endsInSec ?? DAY_SEC),
    })

const settingSession = (refusal: RefusalCase['refusal'], what: string, options: SessionOptions): RefusalCase => ({
  refusal,
  what,
  arrange: async (opened) => sendSetSession(opened, options),
})

const sendDeposit = ({ requester }: Opened, amountNano: bigint, gasNano = toNano('0.05')) =>
  requester.escrow.sendDeposit(requester.owner.getSender(), { jobId: JOB, amountNano, gasNano })

const bySomebodyElse = (what: string, body: ReturnType<typeof deposit>): RefusalCase => ({
  refusal: 'NOT_OWNER',
  what,
  arrange: async ({ network, requester }) => {
    const from = network.operator.address
    return () => sendAs(network, { from, to: requester.escrow.address, body, valueNano: toNano('1') })
  },
})

const owned = (op: number) => beginCell().storeUint(op, 32).storeUint(0, 64)

export const escrowRefusals: RefusalCase[] = [
  bySomebodyElse('a reclaim of somebody else', reclaim({ epoch: 1 })),
  bySomebodyElse('a deposit of somebody else', deposit({ jobId: JOB, amountNano: 1n })),
  bySomebodyElse(
    'a session set by somebody else',
    owned(0x47450002).storeUint(1, 256).storeCoins(1).storeUint(1_790_000_100, 32).endCell(),
  ),
  bySomebodyElse('a close of somebody else', owned(0x47450003).endCell()),
  {
    refusal: 'NOT_VAULT',
    what: 'a charge that does not come from the vault',
    arrange: async ({ network, requester }) => {
      const body = escrowChargeCell(await chargeOf(network, requester), network.operator.address)
      return () => sendAs(network, { from: requester.owner.address, to: requester.escrow.address, body })
    },
  },
  {
    refusal: 'TOO_LITTLE_VALUE',
    what: 'a deposit that brings less than it says',
    arrange: async (opened) => () => sendDeposit(opened, toNano('1'), -1n),
  },
  {
    refusal: 'TOO_LITTLE_VALUE',
    what: 'a deposit without gas',
    arrange: async (opened) => () => sendDeposit(opened, toNano('1'), toNano('0.01') - 1n),
  },
  {
    refusal: 'TOO_LITTLE_VALUE',
    what: 'a first deposit that leaves no rent',
    arrange: async ({ network }) => {
      const owner = await network.chain.treasury('newcomer')
      const parties = { owner: owner.address, vault: network.vault.address }
      const escrow = network.chain.openContract(RequesterEscrow.createFromOwner(parties))
      const amounts = { amountNano: toNano('1'), gasNano: toNano('0.025') - 1n }
      return () => escrow.sendDeposit(owner.getSender(), { jobId: JOB, ...amounts })
    },
  },
  {
    refusal: 'TOO_LITTLE_VALUE',
    what: 'a session without gas',
    arrange: async ({ network, requester }) => {
      const body = owned(0x47450002).storeUint(1, 256).storeCoins(1).storeUint(1_790_000_100, 32).endCell()
      const sending = { from: requester.owner.address, to: requester.escrow.address, body }
      return () => sendAs(network, { ...sending, valueNano: toNano('0.01') - 1n })
    },
  },
  {
    refusal: 'TOO_LITTLE_VALUE',
    what: 'a close without gas',
    arrange: async ({ network, requester }) => {
      const sending = { from: requester.owner.address, to: requester.escrow.address, body: owned(0x47450003).endCell() }
      return () => sendAs(network, { ...sending, valueNano: toNano('0.01') - 1n })
    },
  },
  {
    refusal: 'ZERO_AMOUNT',
    what: 'a deposit of nothing',
    arrange: async (opened) => () => sendDeposit(opened, 0n),
  },
  settingSession('SESSION_SIGNATURE', 'a session of no key', { key: '0'.repeat(64) }),
  settingSession('SESSION_EXPIRED', 'a session that ends now', { endsInSec: 0 }),
  settingSession('SESSION_TOO_LONG', 'a session of 7 days and a second', { endsInSec: 7 * DAY_SEC + 1 }),
  settingSession('SESSION_LOWERED', 'a lower cap', { capNano: toNano('10') - 1n }),
  settingSession('SESSION_LOWERED', 'an earlier end', { endsInSec: DAY_SEC - 1 }),
  {
    refusal: 'SESSION_STILL_CHARGEABLE',
    what: 'a third key',
    arrange: async (opened) => {
      await sendSetSession(opened, { key: keys.otherSession.publicKey })()
      return sendSetSession(opened, { key: keys.thirdSession.publicKey })
    },
  },
  charging('SESSION_SIGNATURE', 'an authorisation of another key', { session: keys.otherSession }),
  charging('SESSION_SIGNATURE', 'an authorisation for another network', { authorisedNetwork: -239 }),
  charging('SESSION_SIGNATURE', 'an authorisation for another escrow', { authorisedEscrow: `0:${'77'.repeat(32)}` }),
  {
    refusal: 'SESSION_EXPIRED',
    what: 'an authorisation 72 h and a second after its key’s end',
    arrange: async (opened) => {
      pass(opened.network, DAY_SEC + 72 * HOUR_SEC + 1)
      return sendCharge(opened, {})
    },
  },
  charging('CHARGE_OUT_OF_ORDER', 'a gap', { previousChargedNano: 1n, cumulativeNano: 2n }),
  charging('CHARGE_NOT_INCREASING', 'a charge of nothing', { cumulativeNano: 0n }),
  charging('CHARGE_NOT_INCREASING', 'a charge without tasks', { tasks: 0 }),
  charging('CHARGE_OVER_AUTHORISED', 'a nano more than authorised', { maxCumulativeNano: toNano('1') - 1n }),
  charging('CHARGE_OVER_CAP', 'a nano more than the cap', { cumulativeNano: toNano('10') + 1n }),
  {
    refusal: 'CHARGE_OVER_BALANCE',
    what: 'a nano more than the balance',
    arrange: async (opened) => {
      await sendSetSession(opened, { capNano: toNano('20') })()
      return sendCharge(opened, { cumulativeNano: toNano('10') + 1n })
    },
  },
  {
    refusal: 'CHARGE_OVER_BALANCE',
    what: 'a balance that the rent has eaten into',
    arrange: async (opened) => {
      const { network } = opened
      await sendAs(network, { from: network.operator.address, to: network.vault.address, valueNano: toNano('10') })
      pass(network, 30 * 365 * DAY_SEC)
      await sendSetSession(opened, { endsInSec: DAY_SEC })()
      return sendCharge(opened, { cumulativeNano: toNano('10') })
    },
  },
  {
    refusal: 'ESCROW_CLOSED',
    what: 'a deposit while closing',
    arrange: async (opened) => {
      await opened.requester.escrow.sendClose(opened.requester.owner.getSender())
      return () => sendDeposit(opened, 1n)
    },
  },
  {
    refusal: 'ESCROW_CLOSED',
    what: 'a charge at the deadline of closing',
    arrange: async (opened) => {
      await opened.requester.escrow.sendClose(opened.requester.owner.getSender())
      pass(opened.network, 72 * HOUR_SEC)
      return sendCharge(opened, {})
    },
  },
  {
    refusal: 'NOTHING_TO_RECLAIM',
    what: 'a reclaim of another epoch',
    arrange: async (opened) => {
      const { network, requester } = opened
      await sendCharge(opened, {})()
      pass(network, 14 * DAY_SEC)
      return () => requester.escrow.sendReclaim(requester.owner.getSender(), { epoch: 2 })
    },
  },
  {
    refusal: 'TOO_EARLY',
    what: 'a reclaim a second before 14 days have passed',
    arrange: async (opened) => {
      const { network, requester } = opened
      await sendCharge(opened, {})()
      pass(network, 14 * DAY_SEC - 1)
      return () => requester.escrow.sendReclaim(requester.owner.getSender(), { epoch: 1 })
    },
  },
  {
    refusal: 'TOO_LITTLE_VALUE',
    what: 'a reclaim with a nano too little',
    arrange: async (opened) => {
      const { network, requester } = opened
      await sendCharge(opened, {})()
      pass(network, 14 * DAY_SEC)
      const valueNano = toNano('0.03') - 1n
      return () => requester.escrow.sendReclaim(requester.owner.getSender(), { epoch: 1, valueNano })
    },
  },
  {
    refusal: 'CLOSE_TOO_EARLY',
    what: 'a second before the deadline',
    arrange: async ({ network, requester }) => {
      await requester.escrow.sendClose(requester.owner.getSender())
      pass(network, 72 * HOUR_SEC - 1)
      return () => requester.escrow.sendClose(requester.owner.getSender())
    },
  },
]
