import { GstdError, limits } from '@gstd/sdk'

type Wording = { flag: string; show: (bound: number) => string; after?: string }

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** Writes a duration as `--deadline` takes it. */
const formatDuration = (ms: number): string => {
  const [unit, unitMs] = UNITS.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1]
  return `${ms / unitMs}${unit}`
}

/** Fields of a descriptor as they are typed. */
const WORDINGS: Readonly<Record<string, Wording>> = {
  'constraints.time_limit_sec': { flag: '--time-limit', show: (seconds) => formatDuration(seconds * 1000) },
  'constraints.max_energy_mwh': { flag: '--max-energy', show: String, after: ' mWh' },
  redundancy: { flag: '--redundancy', show: String },
  max_devices: { flag: '--max-devices', show: String },
}

/** Deadlines are typed as durations, and sent as moments of which the latest is a day after the task was made. */
const deadline = (max: number): Wording => ({
  flag: '--deadline',
  show: (moment) => formatDuration(moment - max + limits.deadlineMs.max),
  after: ' from now',
})

/** @returns an error about a limit in the words and units of the command line; any other as it is. */
export const sayInFlags = (error: GstdError): GstdError => {
  if (error.code !== 'LIMITS_OUT_OF_RANGE') return error
  const { path, min, max } = error.details
  if (typeof path !== 'string' || typeof min !== 'number' || typeof max !== 'number') return error
  const wording = path === 'deadline' ? deadline(max) : WORDINGS[path]
  if (wording === undefined) return error
  const { flag, show, after = '' } = wording
  return new GstdError(error.code, `${flag} must be between ${show(min)} and ${show(max)}${after}`, {
    details: { ...error.details, option: flag },
    ...(error.hint !== undefined && { hint: error.hint }),
    cause: error,
  })
}
