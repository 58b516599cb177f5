import type { refusals } from '@gstd/sdk/contracts'
import type { SendMessageResult } from '@ton/sandbox'
import type { Opened } from '../chainForTests/useNetwork.ts'

/** A way to be refused: brings the network into the state, and returns what sends the message. */
export type RefusalCase = {
  refusal: keyof typeof refusals
  what: string
  arrange: (opened: Opened) => Promise<() => Promise<SendMessageResult>>
}
