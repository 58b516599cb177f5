import { GstdError } from '@gstd/sdk'
import type { ChainReader, GuardMessage } from '@gstd/sdk/contracts'
import type { AuditorEvent } from '../auditorEvents.ts'
import type { Ledger } from '../ledger/createLedger.ts'
import type { ChargeFacts, CommitFacts, GuardFacts } from '../ledger/ledgerState.ts'
import { markChargeCosigned, markCosigned } from '../ledger/markCosigned.ts'
import type { Decision } from '../settlement/decision.ts'
import { judgeCharge } from '../settlement/judgeCharge.ts'
import { chargedEscrows, judgeCommit } from '../settlement/judgeCommit.ts'
import { judgeGuard } from '../settlement/judgeGuard.ts'
import type { Notary } from './createNotary.ts'
import type { SignedRecord } from './openSignedRecord.ts'

/** The part of the chain that settlements are compared with. */
export type SettlementChain = Pick<ChainReader, 'vault' | 'escrow'>

export type CosignerOptions = {
  chain: SettlementChain
  record: SignedRecord
  notary: Notary
  /** Unix ms. */
  clock: () => number
  onEvent: (event: AuditorEvent) => void
}

export type Cosigner = {
  /** Co-signs or refuses what the log proposes and nobody has decided yet, in the order of the log. */
  decide(ledger: Ledger): Promise<void>
}

type Pending =
  | { of: 'charge'; facts: ChargeFacts }
  | { of: 'commit'; facts: CommitFacts }
  | { of: GuardMessage['kind']; facts: GuardFacts }

/** How long the chain may show less than the log says before that is a refusal: an endpoint may lag behind. */
const PATIENCE_MS = 60_000

const isChainError = (thrown: unknown): thrown is GstdError => thrown instanceof GstdError && thrown.fault === 'chain'

const pendingOf = ({ state }: Ledger): Pending[] =>
  [
    ...[...state.charges.values()].map((facts): Pending => ({ of: 'charge', facts })),
    ...[...state.commits.values()].map((facts): Pending => ({ of: 'commit', facts })),
    ...[...state.guards.values()].map((facts): Pending => ({ of: facts.message.kind, facts })),
  ]
    .filter(({ facts: { status, logged } }) => status === 'proposed' || (status === 'cosigned' && !logged))
    .toSorted((a, b) => a.facts.index - b.facts.index)

/** Makes the part that decides on charges and commits: by the log, the chain, and what was signed before. */
export const createCosigner = ({ chain, record, notary, clock, onEvent }: CosignerOptions): Cosigner => {
  const mismatchSince = new Map<string, number>()
  const told = new Set<string>()
  /** Co-signatures that the coordinator has answered; what it then leaves out of its log is its own loss. */
  const answered = new Set<string>()

  const judge = async (ledger: Ledger, pending: Pending): Promise<Decision> => {
    const vault = await chain.vault()
    if (pending.of === 'charge') {
      const escrow = await chain.escrow(pending.facts.body.requester)
      return judgeCharge(ledger.state, pending.facts, { vault, escrow }, clock() / 1000)
    }
    if (pending.of !== 'commit') return judgeGuard(pending.facts, vault, clock() / 1000)
    const escrows = new Map<string, Awaited<ReturnType<SettlementChain['escrow']>>>()
    for (const [address, owner] of chargedEscrows(ledger.state, pending.facts)) {
      escrows.set(address, await chain.escrow(owner))
    }
    return judgeCommit(ledger.state, pending.facts, { vault, escrows }, clock() / 1000)
  }

  const cosign = async (ledger: Ledger, pending: Pending): Promise<void> => {
    if (pending.of === 'charge') markChargeCosigned(ledger.state, pending.facts)
    else markCosigned(pending.facts)
    const { hash, body } = pending.facts
    if (answered.has(hash) || body.valid_until_sec * 1000 <= clock()) return
    try {
      await notary.cosign(pending.of, pending.facts)
    } catch (thrown) {
      if (!(thrown instanceof GstdError) || thrown.retryable) throw thrown
      onEvent({ type: 'stalled', size: ledger.tree.size, code: thrown.code, message: thrown.message })
    }
    answered.add(hash)
  }

  const refuse = async ({ of, facts }: Pending, reason: string): Promise<void> => {
    if (record.refusalOf(facts.hash) === undefined) await record.saveRefused(facts.hash, reason)
    await notary.refuse({ kind: of, index: facts.index, hash: facts.hash, reason })
    facts.status = 'refused'
  }

  const wait = ({ of, facts: { index, hash } }: Pending, reason: string): void => {
    if (told.has(`${hash}/${reason}`)) return
    told.add(`${hash}/${reason}`)
    onEvent({ type: 'waiting', of, index, hash, reason })
  }

  const settle = async (ledger: Ledger, pending: Pending): Promise<void> => {
    const { facts } = pending
    if (facts.status === 'cosigned' || record.isCosigned(facts.hash)) return cosign(ledger, pending)
    const before = record.refusalOf(facts.hash)
    if (before !== undefined) return refuse(pending, before)
    let decision: Decision
    try {
      decision = await judge(ledger, pending)
    } catch (thrown) {
      // Lack of data is no reason to refuse: the chain is asked again.
      if (isChainError(thrown)) return wait(pending, `${thrown.code}: ${thrown.message}`)
      throw thrown
    }
    if (decision.outcome === 'sign') return cosign(ledger, pending)
    if (decision.outcome === 'refuse') return refuse(pending, decision.reason)
    wait(pending, decision.reason)
    const since = mismatchSince.get(facts.hash) ?? clock()
    mismatchSince.set(facts.hash, since)
    if (clock() - since > PATIENCE_MS) await refuse(pending, decision.reason)
  }

  return {
    decide: async (ledger) => {
      for (const pending of pendingOf(ledger)) await settle(ledger, pending)
    },
  }
}
