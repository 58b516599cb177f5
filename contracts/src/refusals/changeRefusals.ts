import { proposeOf } from '../chainForTests/guardMessages.ts'
import { HOUR_SEC, pass } from '../chainForTests/openTestNetwork.ts'
import type { Opened } from '../chainForTests/useNetwork.ts'
import { ofSigned, type SignedOptions, TOO_LITTLE_NANO } from './guardRefusals.ts'
import type { RefusalCase } from './refusalCase.ts'

const DELAY_SEC = 7 * 24 * HOUR_SEC

const sendPropose = async ({ network }: Opened, options: Parameters<typeof proposeOf>[1] & SignedOptions = {}) => {
  const { valueNano, ...signed } = options
  const message = await proposeOf(network, signed)
  return network.vault.sendProposeChange(network.operator.getSender(), { ...message, ...(valueNano && { valueNano }) })
}

const sendCancel = ({ network }: Opened, options: { number?: number; valueNano?: bigint } = {}) =>
  network.vault.sendCancelChange(network.guardian.getSender(), { number: 0, ...options })

const sendApply = ({ network }: Opened, options: { valueNano?: bigint } = {}) =>
  network.vault.sendApplyChange(network.operator.getSender(), options)

const proposed = (
  refusal: RefusalCase['refusal'],
  what: string,
  send: (opened: Opened) => ReturnType<typeof sendCancel>,
  waitSec = DELAY_SEC,
): RefusalCase => ({
  refusal,
  what,
  arrange: async (opened) => {
    await sendPropose(opened)
    pass(opened.network, waitSec)
    return () => send(opened)
  },
})

/** What changing keys and code is refused for. */
export const changeRefusals: RefusalCase[] = [
  ...ofSigned('a proposal', async (opened, options) => () => sendPropose(opened, options)),
  {
    refusal: 'CHANGE_OUT_OF_ORDER',
    what: 'a proposal of a later number',
    arrange: async (opened) => () => sendPropose(opened, { number: 1 }),
  },
  {
    refusal: 'CHANGE_OUT_OF_ORDER',
    what: 'a proposal that was cancelled',
    arrange: async (opened) => {
      const { network } = opened
      const message = await proposeOf(network)
      await network.vault.sendProposeChange(network.operator.getSender(), message)
      await sendCancel(opened)
      return () => network.vault.sendProposeChange(network.operator.getSender(), message)
    },
  },
  proposed('NOT_GUARDIAN', 'a cancellation of somebody else', ({ network }) =>
    network.vault.sendCancelChange(network.operator.getSender(), { number: 0 }),
  ),
  proposed('TOO_LITTLE_VALUE', 'a cancellation with a nano too little', (opened) =>
    sendCancel(opened, { valueNano: TOO_LITTLE_NANO }),
  ),
  proposed('CHANGE_OUT_OF_ORDER', 'a cancellation of another proposal', (opened) => sendCancel(opened, { number: 1 })),
  {
    refusal: 'NO_CHANGE_PENDING',
    what: 'a cancellation of nothing',
    arrange: async (opened) => () => sendCancel(opened),
  },
  proposed('TOO_LITTLE_VALUE', 'applying with a nano too little', (opened) =>
    sendApply(opened, { valueNano: TOO_LITTLE_NANO }),
  ),
  proposed('TOO_EARLY', 'applying a second too early', (opened) => sendApply(opened), DELAY_SEC - 1),
  {
    refusal: 'NO_CHANGE_PENDING',
    what: 'applying what the guardian has cancelled',
    arrange: async (opened) => {
      await sendPropose(opened)
      await sendCancel(opened)
      pass(opened.network, DELAY_SEC)
      return () => sendApply(opened)
    },
  },
]
