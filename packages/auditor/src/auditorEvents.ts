import type { CosignedKind, LogEntryKind } from '@gstd/sdk'

/** What an auditor tells whoever runs it. */
export type AuditorEvent =
  /** A head was signed and taken. */
  | { type: 'head'; size: number; root: string }
  /** An entry does not hold, or what it proposes is not co-signed. */
  | { type: 'refused'; kind: LogEntryKind; index: number; hash: string; reason: string }
  | { type: 'cosigned'; of: CosignedKind; index: number; hash: string; epoch?: number }
  /** What is proposed and the chain does not bear out yet. */
  | { type: 'waiting'; of: CosignedKind; index: number; hash: string; reason: string }
  /** Nothing is signed beyond `size`; said again every half minute while it lasts. */
  | { type: 'stalled'; size: number; code: string; message: string }
  | { type: 'resumed'; size: number }
  /** The coordinator is looked for at another address. */
  | { type: 'moved'; coordinator: string }
