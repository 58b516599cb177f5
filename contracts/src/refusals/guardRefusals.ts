import { Address, toNano } from '@ton/core'
import type { SendMessageResult } from '@ton/sandbox'
import { type GuardOptions, uncommitOf, unfreezeOf } from '../chainForTests/guardMessages.ts'
import { CHALLENGE_SEC, HOUR_SEC, keys, nowSec, pass, type TestNetwork } from '../chainForTests/openTestNetwork.ts'
import { chargeOf, commitOf } from '../chainForTests/signedMessages.ts'
import type { Opened } from '../chainForTests/useNetwork.ts'
import type { RefusalCase } from './refusalCase.ts'

const WEEK_SEC = 7 * 24 * HOUR_SEC
/** What guardian and keys must attach, less a nano. */
export const TOO_LITTLE_NANO = toNano('0.02') - 1n
const elsewhere = Address.parseRaw(`0:${'99'.repeat(32)}`)
const device = { address: Address.parseRaw(`0:${'d1'.repeat(32)}`), amountNano: toNano('0.4') }

const operatorOf = ({ network }: Opened) => network.operator.getSender()

/** Charges a TON, and commits it as epoch 1. */
const commitEpoch = async (opened: Opened): Promise<void> => {
  const { network, requester } = opened
  await network.vault.sendCharge(operatorOf(opened), await chargeOf(network, requester))
  await network.vault.sendCommit(operatorOf(opened), await commitOf(network, { payouts: [device] }))
}

const sendVeto = ({ network }: Opened, options: { epoch?: number; valueNano?: bigint } = {}) =>
  network.vault.sendVeto(network.guardian.getSender(), { epoch: 1, ...options })

const afterVeto = async (opened: Opened, waitSec = 0): Promise<void> => {
  await commitEpoch(opened)
  await sendVeto(opened)
  pass(opened.network, waitSec)
}

const vetoing = (
  refusal: RefusalCase['refusal'],
  what: string,
  { waitSec = 0, ...options }: { epoch?: number; valueNano?: bigint; waitSec?: number },
): RefusalCase => ({
  refusal,
  what: `a veto ${what}`,
  arrange: async (opened) => {
    await commitEpoch(opened)
    pass(opened.network, waitSec)
    return () => sendVeto(opened, options)
  },
})

export type SignedOptions = GuardOptions & { valueNano?: bigint }

/** What a message of both keys is refused for, whatever it says. */
const badlySigned: [RefusalCase['refusal'], string, (network: TestNetwork) => SignedOptions][] = [
  ['WRONG_NETWORK', 'for another network', () => ({ network: -239 })],
  ['WRONG_CONTRACT', 'for another vault', () => ({ vault: elsewhere })],
  ['EXPIRED', 'a second too late', (network) => ({ validUntilSec: nowSec(network) - 1 })],
  ['COORDINATOR_SIGNATURE', 'signed by a stranger for the coordinator', () => ({ coordinator: keys.stranger })],
  ['AUDITOR_SIGNATURE', 'signed by a stranger for the auditor', () => ({ auditor: keys.stranger })],
  ['TOO_LITTLE_VALUE', 'with a nano too little', () => ({ valueNano: TOO_LITTLE_NANO })],
]

export const ofSigned = (
  message: string,
  act: (opened: Opened, options: SignedOptions) => Promise<() => Promise<SendMessageResult>>,
): RefusalCase[] =>
  badlySigned.map(([refusal, how, options]) => ({
    refusal,
    what: `${message} ${how}`,
    arrange: async (opened) => act(opened, options(opened.network)),
  }))

const sendUnfreeze = async (opened: Opened, options: Parameters<typeof unfreezeOf>[1] & SignedOptions = {}) => {
  const { valueNano, ...signed } = options
  const message = await unfreezeOf(opened.network, signed)
  return opened.network.vault.sendUnfreeze(operatorOf(opened), { ...message, ...(valueNano && { valueNano }) })
}

const unfreezing = (
  refusal: RefusalCase['refusal'],
  what: string,
  { waitSec, ...options }: { waitSec: number; frozenAtSec?: number },
): RefusalCase => ({
  refusal,
  what: `an unfreezing ${what}`,
  arrange: async (opened) => {
    await afterVeto(opened, waitSec)
    return () => sendUnfreeze(opened, options)
  },
})

const sendUncommit = async (opened: Opened, options: Parameters<typeof uncommitOf>[1] & SignedOptions = {}) => {
  const { valueNano, ...signed } = options
  const message = await uncommitOf(opened.network, signed)
  return opened.network.vault.sendUncommit(operatorOf(opened), { ...message, ...(valueNano && { valueNano }) })
}

const uncommitting = (
  refusal: RefusalCase['refusal'],
  what: string,
  { waitSec = CHALLENGE_SEC + WEEK_SEC, ...options }: { waitSec?: number; epoch?: number; next?: string } = {},
): RefusalCase => ({
  refusal,
  what: `an uncommitting ${what}`,
  arrange: async (opened) => {
    await commitEpoch(opened)
    pass(opened.network, waitSec)
    return () => sendUncommit(opened, options)
  },
})

/** What guardian, coordinator and auditor are refused beside charges and commits. */
export const guardRefusals: RefusalCase[] = [
  {
    refusal: 'NOT_GUARDIAN',
    what: 'a veto of somebody else',
    arrange: async (opened) => {
      await commitEpoch(opened)
      return () => opened.network.vault.sendVeto(operatorOf(opened), { epoch: 1 })
    },
  },
  vetoing('TOO_LITTLE_VALUE', 'with a nano too little', { valueNano: TOO_LITTLE_NANO }),
  vetoing('WRONG_EPOCH', 'of the next epoch', { epoch: 2 }),
  vetoing('WRONG_EPOCH', 'of the epoch before', { epoch: 0 }),
  vetoing('WINDOW_CLOSED', 'when the window has ended', { waitSec: CHALLENGE_SEC }),
  {
    refusal: 'WINDOW_CLOSED',
    what: 'a second veto, which would prolong the freeze',
    arrange: async (opened) => {
      await afterVeto(opened, HOUR_SEC / 2)
      return () => sendVeto(opened)
    },
  },
  {
    refusal: 'FROZEN',
    what: 'a charge after a veto',
    arrange: async (opened) => {
      await afterVeto(opened)
      const { network, requester } = opened
      return async () => network.vault.sendCharge(operatorOf(opened), await chargeOf(network, requester))
    },
  },
  {
    refusal: 'FROZEN',
    what: 'a commit after a veto',
    arrange: async (opened) => {
      await afterVeto(opened)
      const { network } = opened
      return async () => network.vault.sendCommit(operatorOf(opened), await commitOf(network))
    },
  },
  ...ofSigned('an unfreezing', async (opened, options) => {
    await afterVeto(opened, WEEK_SEC)
    return () => sendUnfreeze(opened, options)
  }),
  unfreezing('TOO_EARLY', 'a second before 7 days have passed', { waitSec: WEEK_SEC - 1 }),
  unfreezing('NOT_FROZEN', 'for another freeze', { waitSec: WEEK_SEC, frozenAtSec: 1_790_000_000 - 1 }),
  {
    refusal: 'NOT_FROZEN',
    what: 'an unfreezing of what is not frozen',
    arrange: async (opened) => () => sendUnfreeze(opened),
  },
  ...ofSigned('an uncommitting', async (opened, options) => {
    await commitEpoch(opened)
    pass(opened.network, CHALLENGE_SEC + WEEK_SEC)
    return () => sendUncommit(opened, options)
  }),
  uncommitting('TOO_EARLY', 'a second before 7 days after the window', { waitSec: CHALLENGE_SEC + WEEK_SEC - 1 }),
  uncommitting('WRONG_EPOCH', 'of the next epoch', { epoch: 2 }),
  uncommitting('WRONG_BATCH', 'of another batch', { next: 'aa'.repeat(32) }),
  {
    refusal: 'NOTHING_TO_EXECUTE',
    what: 'an uncommitting of nothing',
    arrange: async (opened) => () => sendUncommit(opened),
  },
  {
    refusal: 'NOTHING_TO_EXECUTE',
    what: 'an uncommitting of an epoch that pays nobody',
    arrange: async (opened) => {
      await opened.network.vault.sendCommit(operatorOf(opened), await commitOf(opened.network))
      pass(opened.network, CHALLENGE_SEC + WEEK_SEC)
      return () => sendUncommit(opened)
    },
  },
]
