import type { Cell } from '@ton/core'

/** What a message to the vault is a part of. */
export type PaymentMessage = { kind: 'charge' | 'commit' | 'exec'; epoch: number }

const CHARGE = 0x47560001
const COMMIT = 0x47560003
const EXEC = 0x47560004
const SIGNATURE_BITS = 512

/**
 * Reads which epoch a message to the vault charges for, commits or pays.
 *
 * @returns undefined for any other message. The contract does not ask which epoch a batch of payouts is of: `exec` names
 * it in its query id.
 */
export const readPaymentMessage = (body: Cell): PaymentMessage | undefined => {
  try {
    const message = body.beginParse()
    const op = message.loadUint(32)
    const queryId = message.loadUintBig(64)
    if (op === EXEC) return { kind: 'exec', epoch: Number(queryId) }
    if (op !== CHARGE && op !== COMMIT) return undefined
    message.skip(SIGNATURE_BITS).loadRef()
    const signed = message.loadRef().beginParse().skip(64)
    signed.loadAddress()
    if (op === COMMIT) return { kind: 'commit', epoch: signed.loadUint(32) }
    signed.loadAddress()
    return { kind: 'charge', epoch: signed.skip(32).loadUint(32) }
  } catch {
    return undefined
  }
}
