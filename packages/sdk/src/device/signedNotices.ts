import { z } from 'zod'
import { defineDocument } from '../documents/defineDocument.ts'
import { count, hex16, hex32, origin, unixMs } from '../documents/fields.ts'

/** A device proves that it holds its key: it signs the coordinator's nonce. */
export const challengeDocument = defineDocument(
  'challenge',
  z.strictObject({ ...origin, device_id: hex16, nonce: hex32 }),
  'CHALLENGE_FAILED',
)

/** A device says that input and model are there and its clock runs. */
export const startedDocument = defineDocument(
  'started',
  z.strictObject({ ...origin, device_id: hex16, order_hash: hex32, started_at: unixMs }),
  'MESSAGE_INVALID',
)

/** A device says that an input could not be fetched or does not match; counts against the requester. */
export const inputUnavailableDocument = defineDocument(
  'input-unavailable',
  z.strictObject({ ...origin, device_id: hex16, order_hash: hex32, item: count }),
  'MESSAGE_INVALID',
)
