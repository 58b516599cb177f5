import { canonicalRuntime, commitmentOf, type Proof, proofDocument, randomHex, resultHashOf } from '@gstd/sdk'
import type { FinishedAnswer } from '../outbox/outboxRecord.ts'
import type { VerifiedOrder } from './verifyOrder.ts'

/** What an execution took. */
export type ExecutionFigures = {
  executionTimeMs: number
  energyMwh: number
  energyMethod: Proof['energy_method']
  /** Relative, 0.5 = ±50 %. */
  energyUncertainty: number
}

export type AnswerInput = {
  verified: VerifiedOrder
  deviceId: string
  started: FinishedAnswer['started']
  /** One output or coded error for each item. */
  result: unknown[]
  figures: ExecutionFigures
  /** Coordinator time, unix ms. */
  nowMs: number
}

/** Everything of a finished order that goes to disk before a word of it goes out. */
export type Answer = Omit<FinishedAnswer, 'version' | 'stage' | 'sequence'>

/** Makes proof (protocol §7), salt and commitment of a result. */
export const buildAnswer = (input: AnswerInput): Answer => {
  const { verified, deviceId, started, result, figures, nowMs } = input
  const { order, orderHash } = verified
  const resultHash = resultHashOf(result)
  const salt = randomHex(32)
  const proof: Proof = {
    version: 1,
    network: order.network,
    vault: order.vault,
    task_id: order.task_id,
    device_id: deviceId,
    attempt: order.attempt,
    order_hash: orderHash,
    result_hash: resultHash,
    nonce: order.nonce,
    // The two clocks agree to half a round trip; a proof is never older than its order.
    timestamp: Math.max(nowMs, order.dispatched_at),
    execution_time_ms: figures.executionTimeMs,
    energy_consumed_mwh: figures.energyMwh,
    energy_method: figures.energyMethod,
    energy_uncertainty: figures.energyUncertainty,
    model_hash: order.model_hash,
    numeric_class: canonicalRuntime.numericClass,
  }
  return {
    order_hash: orderHash,
    task_id: order.task_id,
    operation: order.operation,
    finished_at: nowMs,
    started,
    commitment: commitmentOf({ resultHash, deviceId, salt }),
    salt,
    result,
    proof,
    proof_hash: proofDocument.id(proof),
  }
}
