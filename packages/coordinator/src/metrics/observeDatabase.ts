import { GstdError, toGstdError } from '@gstd/sdk'
import type { Database } from '../storage/database.ts'
import type { Instruments } from './createInstruments.ts'

/** What a transition refuses is no failure of the database. */
const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof GstdError && !thrown.code.startsWith('STORAGE_') && thrown.code !== 'INTERNAL_ERROR'

/** @returns the same database, measured */
export const observeDatabase = (
  database: Database,
  { transactionSec, databaseErrors }: Pick<Instruments, 'transactionSec' | 'databaseErrors'>,
): Database => {
  const counted = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (thrown) {
      if (!isRefusal(thrown)) databaseErrors.inc({ code: toGstdError(thrown).code })
      throw thrown
    }
  }
  return {
    query: (sql, parameters) => counted(() => database.query(sql, parameters)),
    transaction: async (work) => {
      const startedMs = performance.now()
      const result = await counted(() => database.transaction(work))
      transactionSec.observe((performance.now() - startedMs) / 1000)
      return result
    },
    close: database.close,
  }
}
