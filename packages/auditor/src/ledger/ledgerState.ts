import type {
  Authorisation,
  DeviceRecord,
  Inclusion,
  LogBody,
  NetworkConfig,
  NetworkParameters,
  Payout,
  Proof,
  RequesterRecord,
  SeatEndReason,
  SignedBatch,
  SignedCertificate,
  TaskDescriptor,
  WorkOrder,
} from '@gstd/sdk'
import type { GuardMessage } from '@gstd/sdk/contracts'

/** One execution, as far as the log has shown it. */
export type SeatFacts = {
  /** Which of the task's seats it fills; a seat whose execution ended is filled anew under the same ordinal. */
  ordinal: number
  order: WorkOrder
  orderBatch: SignedBatch
  orderInclusion: Inclusion
  /** The device's newest one before the dispatch: it says where the pay goes. */
  certificate: SignedCertificate
  deviceReputation: number
  timing: NetworkParameters['timing']
  commitment?: { commitment: string; observedMs: number }
  /** Whether there was a moment at which every seat of a `majority` task had committed. */
  mayReveal: boolean
  revealed?: { salt: string; proof: Proof; proofHash: string }
  attested?: { batch: SignedBatch; inclusion: Inclusion }
  ended?: SeatEndReason
}

/** A verdict that holds, and what paying it takes. */
export type VerdictFacts = {
  index: number
  body: LogBody<'verdict'>
  /** Raw payout address by attempt. */
  payouts: ReadonlyMap<number, string>
}

export type TaskFacts = {
  at: number
  descriptor: TaskDescriptor
  requester: string
  escrow: string
  authorisation: Authorisation
  reservedNano: bigint
  knownAnswer: boolean
  /** By attempt. Emptied by the verdict. */
  seats: Map<number, SeatFacts>
  verdict?: VerdictFacts
}

export type DeviceFacts = { certificate: SignedCertificate }

/** How far a charge or commit has come, by what the auditor signed. */
export type SettlementStatus = 'proposed' | 'cosigned' | 'refused' | 'vetoed'

export type ChargeFacts = {
  index: number
  /** Of the cell, hex. */
  hash: string
  body: LogBody<'charge'>
  status: SettlementStatus
  /** Its owner took back what it had brought. */
  isReclaimed?: boolean
  /** Whether the co-signature is in the log, too. */
  logged: boolean
}

export type CommitFacts = {
  index: number
  hash: string
  body: LogBody<'commit'>
  status: SettlementStatus
  logged: boolean
  /** Those in force where the commit stands. */
  parameters: NetworkParameters
  /** What was given up when the epoch ended, and is owed. */
  unpaid?: readonly Payout[]
}

/** What both keys sign beside payments. */
export type GuardFacts = {
  index: number
  hash: string
  message: GuardMessage
  body: GuardMessage['body']
  status: SettlementStatus
  logged: boolean
}

export type EscrowFacts = {
  requester: string
  /** Session keys that tasks of this escrow were submitted with. */
  keys: Set<string>
  /** What the executed epochs have charged: the chain has taken all that leads there. */
  settledNano: bigint
  /** Reserved for tasks without a verdict, and charged by verdicts, in nano. */
  reservedNano: bigint
  decidedNano: bigint
  /** Co-signed charges, in the order of the co-signatures: of two with one `previous`, the earlier one is dead. */
  cosigned: ChargeFacts[]
}

/** What follows from the valid entries of the log so far, and from nothing else. */
export type LedgerState = {
  readonly network: NetworkConfig
  parameters: { document: NetworkParameters; hash: string } | undefined
  readonly devices: Map<string, DeviceFacts>
  readonly tasks: Map<string, TaskFacts>
  /** Ids of tasks that nothing can follow on: cancelled, failed for nothing, paid. */
  readonly ended: Set<string>
  readonly escrows: Map<string, EscrowFacts>
  /** Revealed executions that their device has not signed yet, by proof hash. */
  readonly provisional: Map<string, { task: TaskFacts; seat: SeatFacts }>
  readonly records: Map<string, DeviceRecord>
  /** By raw address. */
  readonly requesters: Map<string, RequesterRecord>
  /** Reputations of the last executed commit, by device. */
  readonly committed: Map<string, number>
  /** By the hash of the cell. */
  readonly charges: Map<string, ChargeFacts>
  readonly commits: Map<string, CommitFacts>
  readonly guards: Map<string, GuardFacts>
  /** Epochs whose number is skipped. */
  readonly vetoed: Set<number>
  /** Last epoch whose payouts are all made. */
  executedEpoch: number
  /** Hashes of what was refused. */
  readonly refused: Set<string>
  /** Cells whose co-signature or refusal the log has shown since they were last asked for. */
  loggedCells: string[]
}

/** A ledger before the first entry. */
export const emptyLedgerState = (network: NetworkConfig): LedgerState => ({
  network,
  parameters: undefined,
  devices: new Map(),
  tasks: new Map(),
  ended: new Set(),
  escrows: new Map(),
  provisional: new Map(),
  records: new Map(),
  requesters: new Map(),
  committed: new Map(),
  charges: new Map(),
  commits: new Map(),
  guards: new Map(),
  vetoed: new Set(),
  executedEpoch: 0,
  refused: new Set(),
  loggedCells: [],
})

/** @returns the time of the oldest task that something may still follow on, unix ms; undefined when there is none */
export const oldestUnsettledMs = ({ tasks }: LedgerState): number | undefined => {
  let oldest: number | undefined
  for (const { at } of tasks.values()) if (oldest === undefined || at < oldest) oldest = at
  return oldest
}
