import { toGstdError } from '@gstd/sdk'
import type { Intake } from '../intake/createIntake.ts'
import type { Instruments } from './createInstruments.ts'

/** @returns the same intake, its outcomes counted */
export const observeIntake = (
  intake: Intake,
  instruments: Pick<Instruments, 'submittedTasks' | 'refusedBatches' | 'submitSec'>,
): Intake => ({
  submit: async (body) => {
    const startedMs = performance.now()
    try {
      const outcomes = await intake.submit(body)
      for (const { status, repeated, error } of outcomes) {
        const outcome = repeated === true ? 'repeated' : status
        instruments.submittedTasks.inc({ outcome, code: error?.code ?? '' })
      }
      return outcomes
    } catch (thrown) {
      instruments.refusedBatches.inc({ code: toGstdError(thrown).code })
      throw thrown
    } finally {
      instruments.submitSec.observe((performance.now() - startedMs) / 1000)
    }
  },
})
