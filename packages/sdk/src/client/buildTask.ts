import { parseAmount } from '../canonical/amount.ts'
import { toBase64 } from '../canonical/base64.ts'
import { toHex } from '../canonical/hex.ts'
import { randomHex } from '../crypto/randomHex.ts'
import { sha256 } from '../crypto/sha256.ts'
import { checkLimits, limits, maxDevicesOf, redundancyOf } from '../documents/checkLimits.ts'
import { descriptorDocument, type InputItem, type TaskDescriptor } from '../documents/descriptor.ts'
import type { Origin } from '../documents/fields.ts'
import type { NetworkParameters } from '../documents/parameters.ts'
import { type KnownAnswer, referenceCommitmentOf } from '../documents/referenceCommitment.ts'
import { GstdError } from '../errors/GstdError.ts'
import { computeReservation } from '../formulas/computeReservation.ts'
import { checkTaskInput } from './checkTaskInput.ts'
import { type InputSource, inputSources, type TaskInput } from './taskInput.ts'

/** A task ready to be signed: its descriptor, what travels beside it, and what must be in the spool first. */
export type BuiltTask = {
  descriptor: TaskDescriptor
  knownAnswer?: KnownAnswer
  /** Bytes for the spool by their SHA-256 in hex. */
  uploads: ReadonlyMap<string, Uint8Array>
}

/** The parameters that a task's price depends on. */
export type PriceParameters = Pick<NetworkParameters, 'tariff_nano' | 'rates'>

export type BuildContext = {
  origin: Origin
  requester: { address: string; public_key: string }
  /** @returns the address of a spooled file, given its SHA-256 in hex. */
  spoolUri: (sha256Hex: string) => string
  /** Unix ms. */
  nowMs: number
}

/** A work order carries all inline inputs in one message; what is beyond this goes through the spool. */
const MAX_INLINE_BYTES_PER_TASK = 512 * 1024

const describeBytes = (bytes: Uint8Array, index: number, inlineBudget: number, spoolUri: BuildContext['spoolUri']) => {
  if (bytes.length > limits.fetchedBytes) {
    throw new GstdError(
      'DOCUMENT_TOO_LARGE',
      `input ${index} has ${bytes.length} bytes, the limit is ${limits.fetchedBytes}`,
      {
        details: { path: `input.${index}`, bytes: bytes.length, limit_bytes: limits.fetchedBytes },
        hint: 'split it, or make it smaller: operations take images of a few megapixels',
      },
    )
  }
  const sha256Hex = toHex(sha256(bytes))
  const hash = `sha256:${sha256Hex}`
  const inline = bytes.length <= Math.min(limits.inlineBytes, inlineBudget)
  const item: InputItem = inline
    ? { source: 'inline', hash, data: toBase64(bytes) }
    : { source: 'http', hash, uri: spoolUri(sha256Hex) }
  return { item, sha256Hex, inline }
}

const describeInputs = (sources: readonly InputSource[], spoolUri: BuildContext['spoolUri']) => {
  const items: InputItem[] = []
  const uploads = new Map<string, Uint8Array>()
  let inlineBudget = MAX_INLINE_BYTES_PER_TASK
  for (const [index, source] of sources.entries()) {
    if (source instanceof Uint8Array) {
      const { item, sha256Hex, inline } = describeBytes(source, index, inlineBudget, spoolUri)
      items.push(item)
      if (inline) inlineBudget -= source.length
      else uploads.set(sha256Hex, source)
    } else {
      items.push({ source: source.source, hash: source.hash, uri: source.uri })
    }
  }
  return { items, uploads }
}

/**
 * Turns a task into a descriptor: id, nonce, hashes of the inputs, commitment to the known answer (random bytes when
 * there is none, so that known answers do not show).
 *
 * @throws GstdError `DESCRIPTOR_INVALID`, `LIMITS_OUT_OF_RANGE`, `DOCUMENT_TOO_LARGE`, `REFERENCE_INVALID`
 */
export const buildTask = (task: TaskInput, context: BuildContext): BuiltTask => {
  checkTaskInput(task)
  const sources = inputSources(task)
  const { items, uploads } = describeInputs(sources, context.spoolUri)
  if (task.knownAnswer !== undefined && task.knownAnswer.length !== items.length) {
    throw new GstdError(
      'REFERENCE_INVALID',
      `the known answer has ${task.knownAnswer.length} outputs for ${items.length} inputs`,
      { details: { path: 'knownAnswer' } },
    )
  }
  const knownAnswer = task.knownAnswer && { value: task.knownAnswer, salt: randomHex(32) }
  const first = items[0]
  const descriptor = descriptorDocument.parse({
    version: 1,
    ...context.origin,
    task_id: task.taskId ?? crypto.randomUUID(),
    task_type: 'inference',
    operation: task.operation,
    model: task.model,
    input: items.length === 1 && first !== undefined ? first : items,
    params: task.params ?? {},
    constraints: { time_limit_sec: task.timeLimitSec ?? 5, max_energy_mwh: task.maxEnergyMwh ?? 20 },
    reward: { amount_ton: task.rewardTon ?? '0.01' },
    validation: task.validation ?? 'reference',
    ...(task.redundancy !== undefined && { redundancy: task.redundancy }),
    ...(task.maxDevices !== undefined && { max_devices: task.maxDevices }),
    reference_commitment: knownAnswer === undefined ? randomHex(32) : referenceCommitmentOf(knownAnswer),
    ...(task.deadline !== undefined && { deadline: task.deadline }),
    requester: context.requester,
    nonce: randomHex(16),
    created_at: context.nowMs,
  })
  checkLimits(descriptor)
  return { descriptor, uploads, ...(knownAnswer !== undefined && { knownAnswer }) }
}

/**
 * The most that a task may cost, in nano: what intake reserves and the authorisation must cover.
 *
 * @param parameters - the network's, for the operator's tariff F and the rates of the bonuses
 */
export const reservationOf = (descriptor: TaskDescriptor, parameters: PriceParameters): bigint =>
  computeReservation(
    {
      validation: descriptor.validation,
      baseNano: parseAmount(descriptor.reward.amount_ton),
      tariffNano: BigInt(parameters.tariff_nano),
      redundancy: redundancyOf(descriptor),
      maxDevices: maxDevicesOf(descriptor),
    },
    parameters.rates,
  )
