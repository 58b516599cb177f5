import {
  agreeBy,
  completionOf,
  countedFigures,
  descriptorDocument,
  type DeviceRecord,
  inputItems,
  isJudged,
  judge,
  type LogBody,
  manifestOf,
  maxDevicesOf,
  newDeviceRecord,
  parametersDocument,
  proofDocument,
  redundancyOf,
  resultHashOf,
  seatReward,
  type TaskDescriptor,
  type VerdictSeat,
  withCompletion,
} from '@gstd/sdk'
import type { LoggedTask } from './createHistory.ts'
import type { Execution } from './executions.ts'
import { parameters } from './parties.ts'

const judgedSeat = (execution: Execution, descriptor: TaskDescriptor, agreed: boolean): VerdictSeat => {
  const { order, proof, observedMs, deviceReputation } = execution
  const manifest = manifestOf(descriptor, parameters.models)
  const figures = countedFigures(proof, observedMs, manifest, inputItems(descriptor).length)
  const rewardNano = agreed ? seatReward(descriptor, figures, deviceReputation, parameters.rates) : 0n
  return {
    attempt: order.attempt,
    device_id: order.device_id,
    agreed,
    proof_hash: proofDocument.id(proof),
    result_hash: proof.result_hash,
    observed_ms: figures.observedMs,
    counted_energy_mwh: figures.energyMwh,
    energy_attested: figures.energyAttested,
    device_reputation: deviceReputation,
    reward_nano: rewardNano.toString(),
  }
}

/**
 * Judges a task as the coordinator does.
 *
 * @param giveUp - why an undecided task fails
 */
export const judgeTask = (task: LoggedTask, giveUp = 'TASK_EXPIRED'): LogBody<'verdict'> => {
  const { descriptor, knownAnswer } = task
  const executions = task.executions.filter(({ attested, ended }) => attested === true && ended === undefined)
  const judgement = judge({
    method: descriptor.validation === 'majority' ? 'majority' : 'reference',
    redundancy: redundancyOf(descriptor),
    maxDevices: maxDevicesOf(descriptor),
    answers: executions.map(({ order, proof, result }) => ({
      attempt: order.attempt,
      resultHash: proof.result_hash,
      result,
    })),
    ...(knownAnswer !== undefined && {
      knownAnswer: { resultHash: resultHashOf(knownAnswer.value), result: knownAnswer.value },
    }),
    agree: agreeBy(descriptor.operation),
  })
  const agreeing = judgement.outcome === 'accepted' ? judgement.agreeing : []
  const seats = executions.map((execution) =>
    judgedSeat(execution, descriptor, agreeing.includes(execution.order.attempt)),
  )
  const tariffNano = judgement.outcome === 'accepted' ? BigInt(parameters.tariff_nano) : 0n
  const chargedNano = seats.reduce((sum, seat) => sum + BigInt(seat.reward_nano), tariffNano)
  return {
    task_id: descriptor.task_id,
    descriptor_hash: descriptorDocument.id(descriptor),
    ...(judgement.outcome === 'accepted'
      ? { outcome: 'accepted', result_hash: judgement.resultHash }
      : { outcome: 'failed', reason: judgement.outcome === 'failed' ? judgement.code : giveUp }),
    seats,
    tariff_nano: tariffNano.toString(),
    charged_nano: chargedNano.toString(),
    parameters_hash: parametersDocument.id(parameters),
  }
}

/** Counts a verdict for its devices. */
export const countVerdict = (
  records: Map<string, DeviceRecord>,
  verdict: LogBody<'verdict'>,
  { constraints }: TaskDescriptor,
): void => {
  if (!isJudged(verdict)) return
  for (const seat of verdict.seats) {
    const record = records.get(seat.device_id) ?? newDeviceRecord
    records.set(seat.device_id, withCompletion(record, completionOf(seat, constraints)))
  }
}
