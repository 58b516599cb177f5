import { GstdError, limits, type NetworkParameters, type SignedHead, toHex, verifyHead } from '@gstd/sdk'
import type { Logger } from 'pino'
import type { Journal } from '../log/journal.ts'

export type StandingOptions = {
  journal: Pick<Journal, 'tree'>
  parameters: NetworkParameters
  /** Entries that the newest stored head covers; 0 where the auditor has never spoken. */
  headSize: number
  /** Unix ms. */
  clock: () => number
  logger: Logger
  /** Called once, before anything else may be written. */
  onOpen: () => Promise<void>
  /** Called when the log turns out to be old: whoever writes must stop. */
  onClose: () => void
}

/**
 * Whether this coordinator may write. An old database does not show by itself that it is old: the auditor, who has
 * signed a longer log, tells. Until it has spoken nothing is written, so that no fork begins.
 */
export type Standing = {
  readonly isOpen: boolean
  /** Whether the auditor is to say again what it signed last. */
  readonly awaitsHead: boolean
  /** @throws GstdError `AUDITOR_AWAITED`, `STATE_BEHIND`, `LOG_FORKED` while nothing may be written */
  check(): void
  /**
   * Compares the log with a head of the auditor.
   *
   * @throws GstdError `SIGNATURE_INVALID`, `NETWORK_MISMATCH`, `STATE_BEHIND`, `LOG_FORKED`
   */
  hear(signed: SignedHead): Promise<void>
}

const behind = (signedSize: number, size: number): GstdError =>
  new GstdError('STATE_BEHIND', `the auditor has signed ${signedSize} entries of the log, the database has ${size}`, {
    details: { signed_size: signedSize, size },
    hint: `this database is an old backup: stop, run \`gstd auditor export --from ${size} --file entries.jsonl\` where the auditor is, then \`gstd coordinator restore --log entries.jsonl\` here`,
  })

const forked = (size: number): GstdError =>
  new GstdError(
    'LOG_FORKED',
    `the log differs from the one that the auditor has signed, within its first ${size} entries`,
    {
      details: { index: size },
      hint: 'stop, and put back a copy of the database from before; `gstd coordinator restore` adds what that one lacks',
    },
  )

/** Opens the gate before which nothing is written. A network whose auditor has never spoken has nothing to lose. */
export const createStanding = (options: StandingOptions): Standing => {
  const { journal, parameters, clock, logger, onOpen, onClose } = options
  const startedAtMs = clock()
  let isOpen = options.headSize === 0
  let opening: Promise<void> | undefined
  let reason: GstdError | undefined

  const close = (why: GstdError): never => {
    if (reason === undefined) logger.error({ err: why }, 'nothing is written any more')
    reason = why
    isOpen = false
    onClose()
    throw why
  }

  const open = (): Promise<void> => {
    opening ??= onOpen()
      .then(() => {
        isOpen = true
      })
      .finally(() => {
        opening = undefined
      })
    return opening
  }

  return {
    get isOpen() {
      return isOpen
    },
    get awaitsHead() {
      return !isOpen
    },
    check: () => {
      if (isOpen) return
      throw (
        reason ??
        new GstdError('AUDITOR_AWAITED', 'the auditor has not confirmed yet that this coordinator’s log is complete', {
          hint: 'try again in a few seconds',
        })
      )
    },
    hear: async (signed) => {
      const { head } = signed
      await verifyHead(signed, parameters.auditor_key)
      if (head.network !== parameters.network || head.vault !== parameters.vault) {
        throw new GstdError('NETWORK_MISMATCH', 'the head is for another network or vault')
      }
      const { tree } = journal
      if (head.size > tree.size) close(behind(head.size, tree.size))
      if (head.size > 0 && toHex(tree.root(head.size)) !== head.root) close(forked(head.size))
      if (isOpen || reason !== undefined) return
      // Heads are public: one that was signed long ago says nothing of what was signed since.
      if (head.timestamp < startedAtMs - limits.clockSkewMs) {
        logger.warn({ signed_at: head.timestamp }, 'a head that was signed long before the start confirms nothing')
        return
      }
      await open()
    },
  }
}
