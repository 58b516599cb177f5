import { codes, type ErrorCode, toGstdError } from '@gstd/sdk'

/** What a check has found; a code of docs/errors.md says what is wrong, and nothing else is told to whoever asks. */
export type Finding = { ok: true } | { ok: false; code: ErrorCode; message: string }

export type ProbeOptions = {
  ask: () => Promise<unknown>
  /** The code of no answer in time. */
  silence: ErrorCode
  timeoutMs: number
  /** For how long a good answer holds, so that checks do not press what they ask. 0 asks every time. */
  freshMs: number
  /** Unix ms. */
  clock: () => number
}

/** @returns the finding that something is wrong, in words of the code alone */
export const wrong = (code: ErrorCode): Finding => ({ ok: false, code, message: codes[code].meaning })

/**
 * Builds a check of something that may not answer. However many look, it is asked once at a time; an answer that comes
 * late counts for the next look.
 */
export const createProbe = ({ ask, silence, timeoutMs, freshMs, clock }: ProbeOptions): (() => Promise<Finding>) => {
  let answeredAtMs: number | undefined
  let asking: Promise<Finding> | undefined

  const question = async (): Promise<Finding> => {
    try {
      await ask()
      answeredAtMs = clock()
      return { ok: true }
    } catch (thrown) {
      return wrong(toGstdError(thrown).code)
    } finally {
      asking = undefined
    }
  }

  return async () => {
    if (freshMs > 0 && answeredAtMs !== undefined && clock() - answeredAtMs <= freshMs) return { ok: true }
    asking ??= question()
    let timer: NodeJS.Timeout | undefined
    const silent = new Promise<Finding>((resolve) => {
      timer = setTimeout(() => resolve(wrong(silence)), timeoutMs)
    })
    return Promise.race([asking, silent]).finally(() => clearTimeout(timer))
  }
}
