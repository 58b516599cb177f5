import { createSigner, type LogEntryKind, logEntryHash, signRefusal, toHex } from '@gstd/sdk'
import { pino } from 'pino'
import { readLog } from '../dispatch/inspect.testing.ts'
import type { Bench } from '../dispatch/openBench.testing.ts'
import { acceptRefusal } from './auditorAnswers.ts'
import type { PaymentContext } from './paymentContext.ts'

/** Whose refusals a bench with its key takes. */
export const auditor = createSigner('a0'.repeat(32))

/** Takes the auditor's refusal of the nth entry of a kind, counted from 0. */
export const refuseNth = async (bench: Bench, kind: LogEntryKind, nth: number): Promise<void> => {
  const { journal, parameters, now: clock } = bench
  const { network, vault } = parameters
  const entry = (await readLog(bench)).filter((each) => each.kind === kind)[nth]
  if (entry === undefined) throw new Error(`the log has no ${kind} ${nth}`)
  const hash = toHex(logEntryHash(entry, { network, vault }))
  const signed = await signRefusal({ version: 1, network, vault, hash, reason: 'because' }, auditor)
  // Refusals need no chain.
  const context = { journal, parameters, clock, logger: pino({ level: 'silent' }) } as unknown as PaymentContext
  await acceptRefusal(signed, context)
}
