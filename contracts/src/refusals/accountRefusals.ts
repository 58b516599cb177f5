import { reputationRootOf } from '@gstd/sdk'
import { appeal, openAccount as openAccountBody, setDevice, unbond, withdraw } from '@gstd/sdk/contracts'
import { beginCell, type Cell, toNano } from '@ton/core'
import type { SendMessageResult } from '@ton/sandbox'
import { expect } from 'vitest'
import { accountState, device, openAccount, type OpenedAccount, slashOf } from '../chainForTests/openAccount.ts'
import { HOUR_SEC, pass } from '../chainForTests/openTestNetwork.ts'
import { sendAs } from '../chainForTests/sendAs.ts'
import { chargeOf, commitOf } from '../chainForTests/signedMessages.ts'
import type { Opened } from '../chainForTests/useNetwork.ts'
import { ofSigned, type SignedOptions } from './guardRefusals.ts'
import type { RefusalCase } from './refusalCase.ts'

type Act = (the: OpenedAccount, opened: Opened) => Promise<() => Promise<SendMessageResult>>

const WEEK_SEC = 7 * 24 * HOUR_SEC
const SLASH_DELAY_SEC = 72 * HOUR_SEC
const STAKED_NANO = toNano('4')
/** Of each slash that says no other amount. */
const SLASHED_NANO = toNano('1')
const HASH = 'ab'.repeat(32)

/** Opens an account with some stake, and makes sure that the refusal changes nothing of it. */
const refused = (refusal: RefusalCase['refusal'], what: string, act: Act): RefusalCase => ({
  refusal,
  what,
  arrange: async (opened) => {
    const the = await openAccount(opened.network)
    await the.stake(STAKED_NANO)
    const send = await act(the, opened)
    const before = await accountState(the)
    return async () => {
      const sent = await send()
      expect(await accountState(the)).toEqual(before)
      return sent
    }
  },
})

const sendSlash = async (
  the: OpenedAccount,
  { network }: Opened,
  options: Parameters<typeof slashOf>[2] & SignedOptions = {},
) => {
  const { valueNano, ...signed } = options
  const message = await slashOf(network, the, signed)
  return network.vault.sendSlash(network.operator.getSender(), { ...message, ...(valueNano && { valueNano }) })
}

const slashing = (
  refusal: RefusalCase['refusal'],
  what: string,
  options: Parameters<typeof slashOf>[2] & SignedOptions,
): RefusalCase => refused(refusal, `a slash ${what}`, async (the, opened) => () => sendSlash(the, opened, options))

/** After a slash was locked. */
const slashed = (refusal: RefusalCase['refusal'], what: string, act: Act, waitSec = 0): RefusalCase =>
  refused(refusal, what, async (the, opened) => {
    await sendSlash(the, opened)
    pass(opened.network, waitSec)
    return act(the, opened)
  })

const byStranger = (what: string, body: Cell): RefusalCase =>
  refused('NOT_OWNER', what, async ({ account }, { network }) => {
    return () => sendAs(network, { from: network.operator.address, to: account.address, body })
  })

const likeTheVault = (what: string, body: Cell): RefusalCase =>
  refused('NOT_VAULT', what, async ({ account, owner }, { network }) => {
    return () => sendAs(network, { from: owner.address, to: account.address, body })
  })

const told = (op: number) => beginCell().storeUint(op, 32).storeUint(0, 64).storeUint(1, 32)

const sendVeto = ({ account }: OpenedAccount, { network }: Opened, slashSeq = 1) =>
  network.vault.sendVetoSlash(network.guardian.getSender(), { account: account.address, slashSeq })

const sendUpdate = (
  { account }: OpenedAccount,
  { network }: Opened,
  options: { deviceId?: string; reputation?: number; valueNano?: bigint } = {},
) =>
  network.vault.sendUpdateReputation(network.operator.getSender(), {
    account: account.address,
    deviceId: device.deviceId,
    reputation: 0.5,
    position: { index: 0, count: 1, path: [] },
    ...options,
  })

/** The vault's root stands over one leaf, of a device that the account does not list. */
const withForeignRoot = async ({ network }: Opened): Promise<string> => {
  const deviceId = 'ab'.repeat(16)
  const reputationRoot = reputationRootOf([{ device_id: deviceId, reputation: 0.5 }])
  await network.vault.sendCommit(network.operator.getSender(), await commitOf(network, { reputationRoot }))
  pass(network, HOUR_SEC)
  return deviceId
}

/** What device accounts refuse, and the vault on their behalf. */
export const accountRefusals: RefusalCase[] = [
  byStranger('a device set by somebody else', setDevice({ deviceKey: HASH, isAdded: true })),
  byStranger('an unbonding of somebody else', unbond({ amountNano: 1n })),
  byStranger('a withdrawal of somebody else', withdraw({})),
  byStranger('an opening of somebody else', openAccountBody({})),
  byStranger('an appeal of somebody else', appeal({ slashSeq: 1, hash: HASH })),
  likeTheVault(
    'a slash that comes from somebody else',
    told(0x47440006).storeAddress(null).storeRef(beginCell().endCell()).endCell(),
  ),
  likeTheVault('a cancelled slash that comes from somebody else', told(0x47440007).storeAddress(null).endCell()),
  likeTheVault(
    'a reputation that comes from somebody else',
    told(0x47440008).storeAddress(null).storeUint(0, 128).endCell(),
  ),
  refused('TOO_LITTLE_VALUE', 'a device with a nano too little', async ({ account, owner }) => {
    const valueNano = toNano('0.02') - 1n
    return () => account.sendSetDevice(owner.getSender(), { deviceKey: HASH, isAdded: true, valueNano })
  }),
  refused('TOO_LITTLE_VALUE', 'an opening with a nano too little', async ({ account, owner }) => {
    return () => account.sendOpen(owner.getSender(), { valueNano: toNano('0.1') - 1n })
  }),
  refused('TOO_LITTLE_VALUE', 'an unbonding with a nano too little', async ({ account, owner }) => {
    return () => account.sendUnbond(owner.getSender(), { amountNano: 1n, valueNano: toNano('0.02') - 1n })
  }),
  refused('TOO_LITTLE_VALUE', 'a withdrawal with a nano too little', async ({ account, owner }) => {
    await account.sendUnbond(owner.getSender(), { amountNano: 1n })
    return () => account.sendWithdraw(owner.getSender(), { valueNano: toNano('0.1') - 1n })
  }),
  refused(
    'JETTON_SENDER',
    'a wallet’s address that does not come from the master',
    async ({ account, owner }, opened) => {
      const body = beginCell().storeUint(0xd1735400, 32).storeUint(0, 64).storeAddress(owner.address).storeBit(false)
      return () => sendAs(opened.network, { from: owner.address, to: account.address, body: body.endCell() })
    },
  ),
  refused('DEVICE_LISTED', 'a device twice', async ({ account, owner }) => {
    return () => account.sendSetDevice(owner.getSender(), { deviceKey: device.deviceKey, isAdded: true })
  }),
  refused('UNKNOWN_DEVICE', 'removing a device that is not there', async ({ account, owner }) => {
    return () => account.sendSetDevice(owner.getSender(), { deviceKey: HASH, isAdded: false })
  }),
  refused('TOO_MANY_DEVICES', 'a 17th device', async ({ account, owner }) => {
    const add = (byte: number) =>
      account.sendSetDevice(owner.getSender(), { deviceKey: `0${byte.toString(16)}`.repeat(32), isAdded: true })
    for (let byte = 0; byte < 15; byte++) await add(byte)
    return () => add(15)
  }),
  refused('OVER_STAKE', 'unbonding a nano too much', async ({ account, owner }) => {
    return () => account.sendUnbond(owner.getSender(), { amountNano: STAKED_NANO + 1n })
  }),
  refused('ZERO_AMOUNT', 'unbonding nothing', async ({ account, owner }) => {
    return () => account.sendUnbond(owner.getSender(), { amountNano: 0n })
  }),
  refused('TOO_EARLY', 'withdrawing a second too early', async ({ account, owner }, { network }) => {
    await account.sendUnbond(owner.getSender(), { amountNano: 1n })
    pass(network, WEEK_SEC - 1)
    return () => account.sendWithdraw(owner.getSender())
  }),
  ...ofSigned('a slash', async (opened, options) => {
    const the = await openAccount(opened.network)
    await the.stake(STAKED_NANO)
    return () => sendSlash(the, opened, options)
  }),
  slashing('SLASH_OUT_OF_ORDER', 'of a later number', { slashSeq: 2 }),
  slashing('SLASH_OUT_OF_ORDER', 'of an earlier number', { slashSeq: 0 }),
  slashing('SLASH_TOO_HIGH', 'of a nano too much', { amountNano: toNano('1') + 1n }),
  slashing('OVER_STAKE', 'of more than there is', { reason: 'malicious_behavior', amountNano: STAKED_NANO + 1n }),
  slashing('ZERO_AMOUNT', 'of nothing', { amountNano: 0n }),
  slashing('TOO_LITTLE_VALUE', 'that could not pay for its way back', { valueNano: toNano('0.05') - 1n }),
  slashed('OVER_STAKE', 'unbonding a nano of what a slash has locked', async ({ account, owner }) => {
    return () => account.sendUnbond(owner.getSender(), { amountNano: STAKED_NANO - SLASHED_NANO + 1n })
  }),
  slashed('OVER_STAKE', 'unbonding all in front of a slash', async ({ account, owner }) => {
    return () => account.sendUnbond(owner.getSender(), { amountNano: STAKED_NANO })
  }),
  refused('ZERO_AMOUNT', 'withdrawing what a slash has locked', async (the, opened) => {
    await the.account.sendUnbond(the.owner.getSender(), { amountNano: STAKED_NANO })
    await sendSlash(the, opened, { reason: 'malicious_behavior', amountNano: STAKED_NANO })
    pass(opened.network, WEEK_SEC)
    return () => the.account.sendWithdraw(the.owner.getSender())
  }),
  slashed('SLASH_OUT_OF_ORDER', 'a slash again that the guardian has vetoed', async (the, opened) => {
    await sendVeto(the, opened)
    return () => sendSlash(the, opened, { slashSeq: 1 })
  }),
  slashed(
    'SLASH_OUT_OF_ORDER',
    'a slash again that was executed',
    async (the, opened) => {
      await the.account.sendExecuteSlash(the.owner.getSender())
      return () => sendSlash(the, opened, { slashSeq: 1 })
    },
    SLASH_DELAY_SEC,
  ),
  slashed(
    'NO_SLASH_PENDING',
    'executing a slash twice',
    async ({ account, owner }) => {
      await account.sendExecuteSlash(owner.getSender())
      return () => account.sendExecuteSlash(owner.getSender())
    },
    SLASH_DELAY_SEC,
  ),
  slashed('TOO_LITTLE_VALUE', 'an appeal with a nano too little', async ({ account, owner }) => {
    return () => account.sendAppeal(owner.getSender(), { slashSeq: 1, hash: HASH, valueNano: toNano('0.02') - 1n })
  }),
  slashed(
    'SLASH_PENDING',
    'a second slash before the first is executed',
    async (the, opened) => () => sendSlash(the, opened),
  ),
  slashed(
    'SLASH_OUT_OF_ORDER',
    'a slash that was locked already',
    async (the, opened) => () => sendSlash(the, opened, { slashSeq: 1 }),
  ),
  refused('FROZEN', 'a slash while the vault is frozen', async (the, opened) => {
    const { network, requester } = opened
    await network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester))
    await network.vault.sendCommit(network.operator.getSender(), await commitOf(network))
    await network.vault.sendVeto(network.guardian.getSender(), { epoch: 1 })
    return () => sendSlash(the, opened)
  }),
  refused(
    'NO_SLASH_PENDING',
    'executing nothing',
    async ({ account, owner }) =>
      () =>
        account.sendExecuteSlash(owner.getSender()),
  ),
  refused('NO_SLASH_PENDING', 'an appeal of nothing', async ({ account, owner }) => {
    return () => account.sendAppeal(owner.getSender(), { slashSeq: 0, hash: HASH })
  }),
  slashed('NO_SLASH_PENDING', 'a veto of another slash', async (the, opened) => () => sendVeto(the, opened, 2)),
  slashed('NOT_GUARDIAN', 'a veto of a slash by somebody else', async ({ account }, { network }) => {
    return () => network.vault.sendVetoSlash(network.operator.getSender(), { account: account.address, slashSeq: 1 })
  }),
  slashed('TOO_LITTLE_VALUE', 'a veto of a slash with a nano too little', async ({ account }, { network }) => {
    const message = { account: account.address, slashSeq: 1, valueNano: toNano('0.05') - 1n }
    return () => network.vault.sendVetoSlash(network.guardian.getSender(), message)
  }),
  slashed(
    'WINDOW_CLOSED',
    'a veto of a slash at its end',
    async (the, opened) => () => sendVeto(the, opened),
    SLASH_DELAY_SEC,
  ),
  slashed(
    'WINDOW_CLOSED',
    'an appeal at the slash’s end',
    async ({ account, owner }) =>
      () =>
        account.sendAppeal(owner.getSender(), { slashSeq: 1, hash: HASH }),
    SLASH_DELAY_SEC,
  ),
  slashed(
    'TOO_EARLY',
    'executing a slash a second too early',
    async ({ account, owner }) =>
      () =>
        account.sendExecuteSlash(owner.getSender()),
    SLASH_DELAY_SEC - 1,
  ),
  slashed(
    'TOO_LITTLE_VALUE',
    'executing a slash with a nano too little',
    async ({ account, owner }) =>
      () =>
        account.sendExecuteSlash(owner.getSender(), { valueNano: toNano('0.1') - 1n }),
    SLASH_DELAY_SEC,
  ),
  refused('WRONG_PROOF', 'a reputation under no root', async (the, opened) => () => sendUpdate(the, opened)),
  refused('TOO_LITTLE_VALUE', 'a reputation with a nano too little', async (the, opened) => {
    return () => sendUpdate(the, opened, { valueNano: toNano('0.05') - 1n })
  }),
  refused('UNKNOWN_DEVICE', 'a reputation of a device that is not listed', async (the, opened) => {
    const deviceId = await withForeignRoot(opened)
    return () => sendUpdate(the, opened, { deviceId })
  }),
]
