import { Address, type Cell } from '@ton/core'
import type { Origin } from '../documents/fields.ts'
import { GstdError } from '../errors/GstdError.ts'
import type { LogBody } from '../log/entries.ts'
import { buildUncommitBody, buildUnfreezeBody } from './guardBodies.ts'

/** What both keys sign beside payments, as the log has it. */
export type GuardMessage =
  | { kind: 'unfreeze'; body: Omit<LogBody<'unfreeze'>, 'coordinator_signature'> }
  | { kind: 'uncommit'; body: Omit<LogBody<'uncommit'>, 'coordinator_signature'> }

/** How long a freeze lasts at least, and how long after its window an epoch can be uncommitted, in seconds. */
export const GUARD_DELAY_SEC = 604_800

/**
 * Builds the cell of a logged `unfreeze` or `uncommit`, whose hash both keys sign.
 *
 * @throws GstdError `DOCUMENT_MALFORMED` when a number is too large for its field
 */
export const guardCellOf = (message: GuardMessage, { network, vault }: Origin): Cell => {
  const signedFor = { network, vault: Address.parseRaw(vault), validUntilSec: message.body.valid_until_sec }
  try {
    if (message.kind === 'unfreeze') {
      return buildUnfreezeBody({ ...signedFor, frozenAtSec: message.body.frozen_at_sec })
    }
    return buildUncommitBody({ ...signedFor, epoch: message.body.epoch, next: message.body.next })
  } catch (cause) {
    throw new GstdError('DOCUMENT_MALFORMED', `the ${message.kind} does not fit into its cell`, { cause })
  }
}
