export type { AuditorEvent } from './auditorEvents.ts'
export { createLedger, type Finding, type Ledger, type Wants } from './ledger/createLedger.ts'
export type { Evidence, Outside } from './ledger/entryContext.ts'
export { type Auditor, type AuditorOptions, startAuditor } from './startAuditor.ts'
