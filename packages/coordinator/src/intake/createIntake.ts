import {
  buildMerkleTree,
  GstdError,
  inclusionOf,
  limits,
  type NetworkParameters,
  requesterReputationOf,
  type SubmissionOutcome,
} from '@gstd/sdk'
import type { Journal, Unit } from '../log/journal.ts'
import type { Queries } from '../storage/database.ts'
import { checkAuthorisation, checkGstd, readOpenEscrow } from './checkFunds.ts'
import { type Commitments, readCommitments } from './commitments.ts'
import { acceptedOutcome, type Candidate, priceItems, refusedOutcome, repeatOutcome } from './priceItems.ts'
import { readRequesterRecord } from './requesterRecords.ts'
import type { EscrowState, RequesterChain } from './requesterView.ts'
import { storeTask } from './storeTask.ts'
import { type VerifiedSubmission, verifySubmission } from './verifySubmission.ts'

export type IntakeOptions = {
  journal: Journal
  parameters: NetworkParameters
  chain: RequesterChain
  allowLoopback: boolean
  clock: () => number
  /** Called after tasks were queued. */
  onQueued: () => void
}

export type Intake = {
  /**
   * Takes a submission in, as one transaction: what is refused leaves no trace.
   *
   * @param body - canonical JSON bytes
   * @returns one outcome for each item, in order
   * @throws GstdError where the batch as a whole is refused
   */
  submit(body: Uint8Array): Promise<SubmissionOutcome[]>
}

type Outcomes = Map<number, SubmissionOutcome>

const findKnown = async (queries: Queries, submission: VerifiedSubmission): Promise<Map<string, string>> => {
  const rows = await queries.query<{ task_id: string; descriptor_hash: string }>(
    'SELECT task_id, descriptor_hash FROM tasks WHERE task_id = ANY($1::uuid[])',
    [submission.items.map(({ descriptor }) => descriptor.task_id)],
  )
  return new Map(rows.map((row) => [row.task_id, row.descriptor_hash]))
}

const claimNonces = async (
  unit: Unit,
  submission: VerifiedSubmission,
  candidates: Candidate[],
  nowMs: number,
): Promise<void> => {
  const nonces = [submission.batch.header.nonce, ...candidates.map(({ descriptor }) => descriptor.nonce)]
  const claimed = await unit.query(
    `INSERT INTO nonces (requester, nonce, claimed_at) SELECT $1, unnest($2::text[]), $3
     ON CONFLICT DO NOTHING RETURNING nonce`,
    [submission.requester, nonces, nowMs],
  )
  if (claimed.length !== nonces.length) {
    throw new GstdError('NONCE_REUSED', 'a nonce of this batch was used before by this requester', {
      details: { requester: submission.requester },
      hint: 'make 16 random bytes for every descriptor and every batch',
    })
  }
}

/** Keeps the highest sum that each session key ever authorised. */
const storeAuthorisation = (unit: Unit, { authorisation }: VerifiedSubmission) =>
  unit.query(
    `INSERT INTO authorisations VALUES ($1, $2, $3, $4) ON CONFLICT (escrow, public_key) DO UPDATE
     SET max_cumulative = excluded.max_cumulative, document = excluded.document
     WHERE authorisations.max_cumulative < excluded.max_cumulative`,
    [authorisation.escrow, authorisation.public_key, authorisation.max_cumulative_nano, JSON.stringify(authorisation)],
  )

/** Tasks that fit into what the escrow has left, in the order of the batch; the others are refused. */
const fitIntoEscrow = (candidates: Candidate[], escrow: EscrowState, committed: Commitments, outcomes: Outcomes) => {
  const totalNano = escrow.balanceNano + escrow.chargedNano
  let takenNano = committed.chargedNano + committed.acceptedNano + committed.reservedNano
  return candidates.filter((candidate) => {
    if (takenNano + candidate.reservedNano <= totalNano) {
      takenNano += candidate.reservedNano
      return true
    }
    const error = new GstdError('ESCROW_INSUFFICIENT', 'the escrow does not cover what this task may cost', {
      details: {
        available_nano: (totalNano > takenNano ? totalNano - takenNano : 0n).toString(),
        needed_nano: candidate.reservedNano.toString(),
      },
      hint: 'top it up with `gstd escrow deposit`, or lower reward or redundancy',
    })
    outcomes.set(candidate.index, refusedOutcome(candidate.descriptor.task_id, error))
    return false
  })
}

/** Builds the intake: five checks and the authorisation, then one transaction. */
export const createIntake = (options: IntakeOptions): Intake => {
  const { journal, parameters, chain, clock } = options

  /** Everything that depends on what else is stored, inside the transaction that stores. */
  const store = (
    submission: VerifiedSubmission,
    escrow: EscrowState,
    gstdNano: bigint,
    priced: Candidate[],
    nowMs: number,
  ) =>
    journal.write(async (unit) => {
      const outcomes: Outcomes = new Map()
      const known = await findKnown(unit, submission)
      const news = priced.filter(({ index, hash, descriptor: { task_id } }) => {
        const earlier = known.get(task_id)
        if (earlier !== undefined) outcomes.set(index, repeatOutcome(task_id, hash, earlier))
        return earlier === undefined
      })
      const committed = await readCommitments(unit, escrow)
      const fitting = fitIntoEscrow(news, escrow, committed, outcomes)
      if (fitting.length === 0) return outcomes
      const batchNano = fitting.reduce((sum, candidate) => sum + candidate.reservedNano, 0n)
      await checkAuthorisation(submission, escrow, committed, batchNano)
      await claimNonces(unit, submission, fitting, nowMs)
      await storeAuthorisation(unit, submission)
      const tree = buildMerkleTree(submission.hashes)
      const requesterReputation = requesterReputationOf(await readRequesterRecord(unit, submission.requester))
      const context = { submission, parameters, escrowAddress: escrow.address, gstdNano, requesterReputation, nowMs }
      for (const candidate of fitting) {
        storeTask(unit, candidate, inclusionOf(tree, candidate.index), context)
        outcomes.set(candidate.index, acceptedOutcome(candidate.descriptor.task_id, false))
      }
      unit.tally.requester(submission.requester, { created: fitting.length })
      return outcomes
    })

  return {
    submit: async (body) => {
      const submission = await verifySubmission(body, parameters)
      const nowMs = clock()
      const known = await findKnown(journal, submission)
      const priced = priceItems(submission, known, { parameters, allowLoopback: options.allowLoopback, nowMs })
      const candidates = priced.flatMap((item) => ('candidate' in item ? [item.candidate] : []))
      if (candidates.length > 0 && Math.abs(nowMs - submission.batch.header.timestamp) > limits.clockSkewMs) {
        throw new GstdError('CLOCK_SKEWED', 'the batch’s timestamp is more than five minutes off', {
          details: { path: 'batch.header.timestamp', coordinator_time: nowMs },
          hint: 'set the clock and sign the batch anew',
        })
      }
      const stored = candidates.length === 0 ? new Map() : await take(submission, candidates, nowMs)
      return priced.map((item, index) =>
        'outcome' in item
          ? item.outcome
          : (stored.get(index) ?? acceptedOutcome(item.candidate.descriptor.task_id, false)),
      )
    },
  }

  async function take(submission: VerifiedSubmission, candidates: Candidate[], nowMs: number): Promise<Outcomes> {
    const { requester, batch } = submission
    const escrow = await readOpenEscrow(chain, requester, batch.header.signer, nowMs)
    const gstdNano = await checkGstd(chain, requester, parameters)
    const outcomes = await store(submission, escrow, gstdNano, candidates, nowMs)
    if ([...outcomes.values()].some(({ status }) => status === 'accepted')) options.onQueued()
    return outcomes
  }
}
