import {
  checkInputUri,
  checkLimits,
  deadlineOf,
  findOperation,
  fromBase64,
  GstdError,
  inputItems,
  type KnownAnswer,
  limits,
  type ModelManifest,
  type NetworkParameters,
  parseWith,
  referenceCommitmentOf,
  sha256,
  type TaskDescriptor,
  toHex,
} from '@gstd/sdk'

/** A descriptor that may be queued, and the model it runs on. */
export type CheckedDescriptor = {
  descriptor: TaskDescriptor
  method: OfferedMethod
  manifest: ModelManifest
  inlineData: (string | null)[]
}

type OfferedMethod = 'reference' | 'majority'

export type DescriptorContext = { parameters: NetworkParameters; allowLoopback: boolean; nowMs: number }

const notOffered = (feature: string, path: string): never => {
  throw new GstdError('FEATURE_NOT_OFFERED', `${feature} is not offered on this network yet`, {
    details: { feature, path },
  })
}

const checkOffered = (descriptor: TaskDescriptor): OfferedMethod => {
  if (descriptor.task_type !== 'inference') notOffered(`task_type "${descriptor.task_type}"`, 'task_type')
  if (descriptor.validation !== 'reference' && descriptor.validation !== 'majority') {
    return notOffered(`validation "${descriptor.validation}"`, 'validation')
  }
  if (descriptor.encryption !== undefined) notOffered('sealing', 'encryption')
  return descriptor.validation
}

const checkOperation = (descriptor: TaskDescriptor, parameters: NetworkParameters): ModelManifest => {
  const operation = findOperation(descriptor.operation)
  const offered = parameters.models.filter((manifest) => manifest.operation === descriptor.operation)
  if (operation === undefined || offered.length === 0) {
    throw new GstdError('OPERATION_UNKNOWN', `operation "${descriptor.operation}" is not on the whitelist`, {
      details: { path: 'operation', offered: [...new Set(parameters.models.map((manifest) => manifest.operation))] },
    })
  }
  const manifest = parameters.models.find((candidate) => candidate.id === descriptor.model)
  if (manifest === undefined) {
    throw new GstdError('MODEL_UNKNOWN', `model "${descriptor.model ?? ''}" is not on the whitelist`, {
      details: { path: 'model', offered: offered.map((candidate) => candidate.id) },
    })
  }
  if (manifest.operation !== descriptor.operation) {
    throw new GstdError('MODEL_NOT_ALLOWED', `model "${manifest.id}" does not run "${descriptor.operation}"`, {
      details: { path: 'model', offered: offered.map((candidate) => candidate.id) },
    })
  }
  parseWith(operation.paramsSchema, descriptor.params, 'PARAMS_INVALID', 'params')
  return manifest
}

const checkInputs = (descriptor: TaskDescriptor, allowLoopback: boolean): (string | null)[] =>
  inputItems(descriptor).map((item, index) => {
    if (item.source !== 'inline') {
      checkInputUri(item, { allowLoopback })
      return null
    }
    const { data } = item
    const actual = data === undefined ? undefined : `sha256:${toHex(sha256(fromBase64(data)))}`
    if (data === undefined || actual !== item.hash) {
      throw new GstdError('INPUT_HASH_MISMATCH', `the bytes of input ${index} do not have the hash it names`, {
        details: { path: `input.${index}.hash`, actual: actual ?? null, expected: item.hash },
      })
    }
    return data
  })

const checkKnownAnswer = (descriptor: TaskDescriptor, knownAnswer: KnownAnswer | undefined): void => {
  if (knownAnswer === undefined) return
  if (descriptor.validation !== 'reference') {
    throw new GstdError('REFERENCE_INVALID', 'a known answer belongs to validation "reference"')
  }
  if (referenceCommitmentOf(knownAnswer) !== descriptor.reference_commitment) {
    throw new GstdError('REFERENCE_INVALID', 'the known answer does not match reference_commitment', {
      details: { path: 'reference_commitment' },
    })
  }
  const items = inputItems(descriptor).length
  if (knownAnswer.value.length !== items) {
    throw new GstdError(
      'REFERENCE_INVALID',
      `the known answer has ${knownAnswer.value.length} outputs for ${items} inputs`,
    )
  }
}

const checkTimes = (descriptor: TaskDescriptor, nowMs: number): void => {
  if (Math.abs(nowMs - descriptor.created_at) > limits.clockSkewMs) {
    throw new GstdError('CLOCK_SKEWED', 'created_at is more than five minutes from the coordinator’s clock', {
      details: { path: 'created_at', created_at: descriptor.created_at, coordinator_time: nowMs },
      hint: 'set the clock and sign the task anew',
    })
  }
  if (dispatchUntil(descriptor) <= nowMs) {
    throw new GstdError('DESCRIPTOR_EXPIRED', 'the deadline leaves no time to run the task', {
      details: { path: 'deadline', deadline: deadlineOf(descriptor), coordinator_time: nowMs },
    })
  }
}

/** Nothing is dispatched with less than the time limit and two seconds left (protocol §1). */
export const dispatchUntil = (descriptor: TaskDescriptor): number =>
  deadlineOf(descriptor) - descriptor.constraints.time_limit_sec * 1000 - 2000

/**
 * Checks one descriptor by itself: operation, model, parameters, limits, inputs, known answer, clock.
 * Escrow, GSTD and authorisation are the batch's business (`checkFunds`).
 *
 * @throws GstdError with a code of its own for every check
 */
export const checkDescriptor = (
  descriptor: TaskDescriptor,
  knownAnswer: KnownAnswer | undefined,
  { parameters, allowLoopback, nowMs }: DescriptorContext,
): CheckedDescriptor => {
  checkTimes(descriptor, nowMs)
  const method = checkOffered(descriptor)
  const manifest = checkOperation(descriptor, parameters)
  checkLimits(descriptor)
  const inlineData = checkInputs(descriptor, allowLoopback)
  checkKnownAnswer(descriptor, knownAnswer)
  return { descriptor, method, manifest, inlineData }
}
