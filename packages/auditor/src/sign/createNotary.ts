import {
  type CosignedKind,
  fromHex,
  GstdError,
  type LogHead,
  type Origin,
  type SignedHead,
  signHead,
  type Signer,
  signRefusal,
  toHex,
} from '@gstd/sdk'
import type { Archive } from '../archive/openArchive.ts'
import type { AuditorEvent } from '../auditorEvents.ts'
import type { CoordinatorApi } from '../follow/createCoordinatorApi.ts'
import type { Finding, Ledger } from '../ledger/createLedger.ts'
import { type ChargeFacts, type CommitFacts, type GuardFacts, oldestUnsettledMs } from '../ledger/ledgerState.ts'
import type { HeadMark, SignedRecord } from './openSignedRecord.ts'

export type NotaryOptions = {
  api: CoordinatorApi
  record: SignedRecord
  archive: Archive
  signer: Signer
  origin: Origin
  /** Unix ms. */
  clock: () => number
  onEvent: (event: AuditorEvent) => void
}

/** Signs, and tells the coordinator: on disk first, then over the wire. */
export type Notary = {
  /** Signs the log as far as it was verified. @returns the head's mark */
  signHead(ledger: Ledger): Promise<HeadMark>
  /**
   * Tells a coordinator that was started anew what was signed last.
   *
   * @throws GstdError `STATE_BEHIND` when the coordinator's log does not contain it
   */
  repeatHead(mark: HeadMark): Promise<void>
  /** @throws GstdError unless the coordinator has taken it */
  refuse(finding: Finding): Promise<void>
  /** Signs the cell of what the log proposes; signing it again gives the same signature. */
  cosign(of: CosignedKind, facts: ChargeFacts | CommitFacts | GuardFacts): Promise<void>
}

/** Makes the one who holds the auditor's key. */
export const createNotary = ({ api, record, archive, signer, origin, clock, onEvent }: NotaryOptions): Notary => {
  const toMark = ({ tree }: Ledger): HeadMark => ({ size: tree.size, root: toHex(tree.root()) })
  const sign = (mark: HeadMark): Promise<SignedHead> => {
    const head: LogHead = { version: 1, ...origin, ...mark, drawn: [], timestamp: clock() }
    return signHead(head, signer)
  }

  return {
    signHead: async (ledger) => {
      const mark = toMark(ledger)
      const signed = await sign(mark)
      // What a head covers may be paid: the entries are on this disk before anybody sees the head.
      await archive.seal(signed, oldestUnsettledMs(ledger.state) ?? clock())
      await record.saveHead(mark)
      try {
        await api.postHead(signed)
      } catch (thrown) {
        if (!(thrown instanceof GstdError) || thrown.code !== 'DOCUMENT_MALFORMED') throw thrown
        throw new GstdError('AUDITOR_REFUSED', 'the coordinator has another log than the one it served: a fork', {
          details: { ...mark, coordinator: thrown.message },
          cause: thrown,
        })
      }
      onEvent({ type: 'head', ...mark })
      return mark
    },
    repeatHead: async (mark) => api.postHead(await sign(mark)),
    refuse: async ({ kind, index, hash, reason }) => {
      await api.postRefusal(await signRefusal({ version: 1, ...origin, hash, reason }, signer))
      onEvent({ type: 'refused', kind, index, hash, reason })
    },
    cosign: async (of, { hash, index, body }) => {
      if (!record.isCosigned(hash)) await record.saveCosigned(hash)
      await api.postCosignature({ of, hash, auditor_signature: await signer.sign(fromHex(hash)) })
      onEvent({ type: 'cosigned', of, index, hash, ...('epoch' in body && { epoch: body.epoch }) })
    },
  }
}
