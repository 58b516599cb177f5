import type { LogEntryKind } from '@gstd/sdk'

/** What an auditor tells whoever runs it. */
export type AuditorEvent =
  /** A head was signed and taken. */
  | { type: 'head'; size: number; root: string }
  /** An entry does not hold, or a charge or commit is not co-signed. */
  | { type: 'refused'; kind: LogEntryKind; index: number; hash: string; reason: string }
  | { type: 'cosigned'; of: 'charge' | 'commit'; index: number; hash: string; epoch: number }
  /** A charge or commit that the chain does not bear out yet. */
  | { type: 'waiting'; of: 'charge' | 'commit'; index: number; hash: string; reason: string }
  /** Nothing is signed beyond `size`; said again every half minute while it lasts. */
  | { type: 'stalled'; size: number; code: string; message: string }
  | { type: 'resumed'; size: number }
