import { GstdError, type SignedHead, toHex, verifyHead } from '@gstd/sdk'
import type { NetworkParameters } from '@gstd/sdk'
import type { Journal } from './journal.ts'

/** The auditor's signed heads: what they cover is final. */
export type Heads = {
  /** Entries covered by the newest head. */
  readonly size: number
  /** @throws GstdError when it is not the auditor's, or not of this log. */
  accept(signed: SignedHead): Promise<void>
  latest(): Promise<SignedHead | undefined>
}

/**
 * Opens the stored heads.
 *
 * @param onAdvance - called when more entries have become final
 */
export const openHeads = async (
  journal: Journal,
  parameters: NetworkParameters,
  onAdvance: () => void,
): Promise<Heads> => {
  const [row] = await journal.query<{ size: number | null }>('SELECT max(size) AS size FROM heads')
  let size = row?.size ?? 0
  return {
    get size() {
      return size
    },
    accept: async (signed) => {
      const { head } = signed
      await verifyHead(signed, parameters.auditor_key)
      if (head.network !== parameters.network || head.vault !== parameters.vault) {
        throw new GstdError('NETWORK_MISMATCH', 'the head is for another network or vault')
      }
      if (head.size < 1 || head.size > journal.tree.size || toHex(journal.tree.root(head.size)) !== head.root) {
        throw new GstdError('DOCUMENT_MALFORMED', 'the head’s root is not the one of this log', {
          details: { size: head.size, log_size: journal.tree.size },
        })
      }
      if (head.size <= size) return
      await journal.write((unit) =>
        unit.query('INSERT INTO heads (size, signed) VALUES ($1, $2) ON CONFLICT (size) DO NOTHING', [
          head.size,
          JSON.stringify(signed),
        ]),
      )
      // Another head may have been taken while this one was written.
      size = Math.max(size, head.size)
      onAdvance()
    },
    latest: async () => {
      const [newest] = await journal.query<{ signed: SignedHead }>(
        'SELECT signed FROM heads ORDER BY size DESC LIMIT 1',
      )
      return newest?.signed
    },
  }
}
