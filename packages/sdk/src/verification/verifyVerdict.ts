import { descriptorDocument, inputItems, type TaskDescriptor } from '../documents/descriptor.ts'
import { maxDevicesOf, redundancyOf } from '../documents/checkLimits.ts'
import { resultHashOf } from '../documents/commitment.ts'
import { type NetworkParameters, parametersDocument } from '../documents/parameters.ts'
import { proofDocument } from '../documents/proof.ts'
import type { ReceiptSeat } from '../documents/receipt.ts'
import { type KnownAnswer, referenceCommitmentOf } from '../documents/referenceCommitment.ts'
import { GstdError } from '../errors/GstdError.ts'
import type { LogBody, VerdictSeat } from '../log/entries.ts'
import { agreeBy } from './agreeBy.ts'
import { countedFigures } from './countedFigures.ts'
import { unjudgedReasons } from './deviceRecord.ts'
import { type Judgement, judge } from './judge.ts'
import { manifestOf } from './orderTerms.ts'
import { seatReward } from './seatReward.ts'

export type Verdict = LogBody<'verdict'>

export type VerdictEvidence = {
  /** Already checked, as are the seats. */
  descriptor: TaskDescriptor
  seats: readonly ReceiptSeat[]
  parameters: NetworkParameters
  knownAnswer?: KnownAnswer | undefined
  /** Results by attempt, where they are at hand: known answers may agree with them without equal hashes. */
  results?: ReadonlyMap<number, readonly unknown[]> | undefined
}

const expectEqual = (path: string, actual: unknown, expected: unknown): void => {
  if (actual === expected) return
  throw new GstdError('VERDICT_INVALID', `the verdict’s ${path} is not what its executions give`, {
    details: { path, actual, expected },
  })
}

/** Each execution counts once, and no two answers of one owner or one device may vouch for each other. */
const checkDistinct = (verdict: Verdict, seats: readonly ReceiptSeat[]): void => {
  const expectDistinct = (path: string, values: readonly unknown[]) =>
    expectEqual(path, new Set(values).size, seats.length)
  expectEqual('number of seats', verdict.seats.length, seats.length)
  expectDistinct(
    'number of owners',
    seats.map(({ certificate }) => certificate.certificate.owner),
  )
  expectDistinct(
    'number of devices',
    seats.map(({ order }) => order.device_id),
  )
  expectDistinct(
    'number of attempts',
    verdict.seats.map(({ attempt }) => attempt),
  )
}

const checkKnownAnswer = (descriptor: TaskDescriptor, knownAnswer: KnownAnswer | undefined): void => {
  if (knownAnswer === undefined) return
  if (referenceCommitmentOf(knownAnswer) !== descriptor.reference_commitment) {
    throw new GstdError('REFERENCE_INVALID', 'the known answer does not match reference_commitment')
  }
}

const rejudge = ({ descriptor, seats, knownAnswer, results }: VerdictEvidence): Judgement =>
  judge({
    method: descriptor.validation === 'majority' ? 'majority' : 'reference',
    redundancy: redundancyOf(descriptor),
    maxDevices: maxDevicesOf(descriptor),
    answers: seats.map(({ order, proof }) => {
      const result = results?.get(order.attempt)
      return { attempt: order.attempt, resultHash: proof.result_hash, ...(result !== undefined && { result }) }
    }),
    ...(knownAnswer !== undefined && {
      knownAnswer: { resultHash: resultHashOf(knownAnswer.value), result: knownAnswer.value },
    }),
    agree: agreeBy(descriptor.operation),
  })

const checkOutcome = (verdict: Verdict, judgement: Judgement): void => {
  if (verdict.outcome === 'accepted') {
    expectEqual('outcome', verdict.outcome, judgement.outcome)
    if (judgement.outcome === 'accepted') expectEqual('result_hash', verdict.result_hash, judgement.resultHash)
    expectEqual('reason', verdict.reason, undefined)
    return
  }
  expectEqual('result_hash', verdict.result_hash, undefined)
  if (judgement.outcome === 'failed') return expectEqual('reason', verdict.reason, judgement.code)
  // What answers cannot show, a deadline or attempts used up, fails a task only while it is undecided.
  expectEqual('outcome', judgement.outcome, 'undecided')
  if (unjudgedReasons.includes(verdict.reason)) return
  throw new GstdError('VERDICT_INVALID', 'the verdict does not say why an undecided task failed', {
    details: { path: 'reason', actual: verdict.reason, expected: unjudgedReasons },
  })
}

const checkSeat = (stated: VerdictSeat, seat: ReceiptSeat, agreed: boolean, evidence: VerdictEvidence): void => {
  const { descriptor, parameters } = evidence
  const at = (field: string) => `seats.${stated.attempt}.${field}`
  expectEqual(at('device_id'), stated.device_id, seat.order.device_id)
  expectEqual(at('proof_hash'), stated.proof_hash, proofDocument.id(seat.proof))
  expectEqual(at('result_hash'), stated.result_hash, seat.proof.result_hash)
  expectEqual(at('agreed'), stated.agreed, agreed)
  const manifest = manifestOf(descriptor, parameters.models)
  const figures = countedFigures(seat.proof, stated.observed_ms, manifest, inputItems(descriptor).length)
  expectEqual(at('observed_ms'), stated.observed_ms, figures.observedMs)
  expectEqual(at('counted_energy_mwh'), stated.counted_energy_mwh, figures.energyMwh)
  expectEqual(at('energy_attested'), stated.energy_attested, figures.energyAttested)
  const reward = agreed ? seatReward(descriptor, figures, stated.device_reputation, parameters.rates) : 0n
  expectEqual(at('reward_nano'), stated.reward_nano, reward.toString())
}

/**
 * Recomputes a verdict from its executions: who agreed, what the result is, every reward, and what is charged.
 * Two figures are taken as stated, because only the log as a whole shows them: what time the coordinator observed,
 * and which reputation the device had when the work was dispatched.
 *
 * @throws GstdError `VERDICT_INVALID` naming what differs; `REFERENCE_INVALID`, `MODEL_UNKNOWN`
 */
export const verifyVerdict = (verdict: Verdict, evidence: VerdictEvidence): void => {
  const { descriptor, parameters, seats } = evidence
  expectEqual('task_id', verdict.task_id, descriptor.task_id)
  expectEqual('descriptor_hash', verdict.descriptor_hash, descriptorDocument.id(descriptor))
  expectEqual('parameters_hash', verdict.parameters_hash, parametersDocument.id(parameters))
  checkDistinct(verdict, seats)
  checkKnownAnswer(descriptor, evidence.knownAnswer)

  const judgement = rejudge(evidence)
  checkOutcome(verdict, judgement)
  const accepted = verdict.outcome === 'accepted' && judgement.outcome === 'accepted'
  const agreeing = new Set(accepted ? judgement.agreeing : [])
  let rewards = 0n
  for (const stated of verdict.seats) {
    const seat = seats.find(({ order }) => order.attempt === stated.attempt)
    if (seat === undefined) {
      throw new GstdError('VERDICT_INVALID', `attempt ${stated.attempt} has no execution`, {
        details: { path: `seats.${stated.attempt}` },
      })
    }
    checkSeat(stated, seat, agreeing.has(stated.attempt), evidence)
    rewards += BigInt(stated.reward_nano)
  }
  const tariff = accepted ? BigInt(parameters.tariff_nano) : 0n
  expectEqual('tariff_nano', verdict.tariff_nano, tariff.toString())
  expectEqual('charged_nano', verdict.charged_nano, (rewards + tariff).toString())
}
