import { canonicalBytes } from '../canonical/canonicalJson.ts'
import { parseAmount } from '../canonical/amount.ts'
import { fromBase64 } from '../canonical/base64.ts'
import { GstdError } from '../errors/GstdError.ts'
import { inputItems, signedDescriptor, type TaskDescriptor } from './descriptor.ts'

/** The bounds of protocol §1. Sizes in bytes, times in the unit of their name. */
export const limits = {
  timeLimitSec: { min: 1, max: 5, maxHuman: 600 },
  maxEnergyMwh: { min: 1, max: 50 },
  redundancy: { min: 3, max: 15, default: 3 },
  maxDevices: { max: 15, beyondRedundancy: 3 },
  deadlineMs: { default: 10 * 60_000, max: 24 * 3_600_000 },
  clockSkewMs: 5 * 60_000,
  descriptorBytes: 64 * 1024,
  inlineBytes: 32 * 1024,
  fetchedBytes: 16 * 1024 * 1024,
  batchItems: 1024,
  batchBytes: 4 * 1024 * 1024,
} as const

const refuse = (path: string, message: string, details: Record<string, unknown>): never => {
  throw new GstdError('LIMITS_OUT_OF_RANGE', `${path} ${message}`, { details: { path, ...details } })
}

const checkRange = (path: string, value: number, min: number, max: number): void => {
  if (!(value >= min && value <= max)) refuse(path, `must be between ${min} and ${max}`, { value, min, max })
}

/** @returns how many answers `majority` starts with. */
export const redundancyOf = (descriptor: TaskDescriptor): number => descriptor.redundancy ?? limits.redundancy.default

/** @returns how many devices `majority` may ask in all; the default leaves room to resolve a tie. */
export const maxDevicesOf = (descriptor: TaskDescriptor): number =>
  descriptor.max_devices ??
  Math.min(limits.maxDevices.max, redundancyOf(descriptor) + limits.maxDevices.beyondRedundancy)

/** @returns the moment from which nothing is dispatched any more, in unix ms. */
export const deadlineOf = (descriptor: TaskDescriptor): number =>
  descriptor.deadline ?? descriptor.created_at + limits.deadlineMs.default

const checkSizes = (descriptor: TaskDescriptor): void => {
  const bytes = canonicalBytes(signedDescriptor(descriptor)).length
  if (bytes > limits.descriptorBytes) {
    throw new GstdError(
      'DOCUMENT_TOO_LARGE',
      `the descriptor has ${bytes} bytes, the limit is ${limits.descriptorBytes}`,
      {
        details: { path: '', bytes, limit_bytes: limits.descriptorBytes },
      },
    )
  }
  for (const [index, item] of inputItems(descriptor).entries()) {
    const inlineBytes = item.source === 'inline' && item.data !== undefined ? fromBase64(item.data).length : 0
    if (inlineBytes > limits.inlineBytes) {
      throw new GstdError('DOCUMENT_TOO_LARGE', `input ${index} has ${inlineBytes} bytes inline`, {
        details: { path: `input.${index}.data`, bytes: inlineBytes, limit_bytes: limits.inlineBytes },
        hint: 'put larger inputs into the spool and send them as http',
      })
    }
  }
}

/**
 * Checks that a descriptor keeps within the ranges and sizes of protocol §1, its clock aside.
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` or `DOCUMENT_TOO_LARGE`, with the path of the field and its bounds
 */
export const checkLimits = (descriptor: TaskDescriptor): void => {
  checkSizes(descriptor)
  const maxTimeSec = descriptor.task_type === 'human' ? limits.timeLimitSec.maxHuman : limits.timeLimitSec.max
  const { time_limit_sec, max_energy_mwh } = descriptor.constraints
  checkRange('constraints.time_limit_sec', time_limit_sec, limits.timeLimitSec.min, maxTimeSec)
  checkRange('constraints.max_energy_mwh', max_energy_mwh, limits.maxEnergyMwh.min, limits.maxEnergyMwh.max)
  if (parseAmount(descriptor.reward.amount_ton) <= 0n)
    refuse('reward.amount_ton', 'must be more than 0', { value: '0' })
  if (descriptor.validation === 'majority') {
    const redundancy = redundancyOf(descriptor)
    checkRange('redundancy', redundancy, limits.redundancy.min, limits.redundancy.max)
    checkRange('max_devices', maxDevicesOf(descriptor), redundancy, limits.maxDevices.max)
  } else if (descriptor.redundancy !== undefined || descriptor.max_devices !== undefined) {
    refuse('redundancy', 'and max_devices belong to validation "majority"', { validation: descriptor.validation })
  }
  checkRange(
    'deadline',
    deadlineOf(descriptor),
    descriptor.created_at + time_limit_sec * 1000,
    descriptor.created_at + limits.deadlineMs.max,
  )
}
