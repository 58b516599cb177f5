import type { NetworkParameters, Signer } from '@gstd/sdk'
import type { Logger } from 'pino'
import type { ChainClient } from '../chain/createChainClient.ts'
import type { Heads } from '../log/heads.ts'
import type { Journal } from '../log/journal.ts'
import type { Remind } from './createReminder.ts'

/** What every step of the payments works with. */
export type PaymentContext = {
  journal: Journal
  heads: Heads
  parameters: NetworkParameters
  chain: ChainClient
  signer: Signer
  /** Unix ms. */
  clock: () => number
  logger: Logger
  remind: Remind
}

/** How long charges and commits may take to land. */
export const VALIDITY_SEC = 300
/** Past its validity a message may still be in a block that is not seen yet. */
export const DEAD_AFTER_SEC = 15
/** After a refusal nothing is rebuilt for this long, so that a standing disagreement does not fill the log. */
export const REBUILD_AFTER_MS = 30_000
