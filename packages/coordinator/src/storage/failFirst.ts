import type { Queries, Row } from './database.ts'

/**
 * Runs a transaction's work, and fails with its first failed statement even where the work has caught that error:
 * PostgreSQL takes nothing of such a transaction, and would answer its COMMIT as if all were well.
 */
export const failFirst = async <Result>(
  queries: Queries,
  work: (queries: Queries) => Promise<Result>,
): Promise<Result> => {
  let failure: { thrown: unknown } | undefined
  const result = await work({
    query: async <Found extends Row>(sql: string, parameters?: readonly unknown[]) => {
      try {
        return await queries.query<Found>(sql, parameters)
      } catch (thrown) {
        failure ??= { thrown }
        throw thrown
      }
    },
  })
  if (failure !== undefined) throw failure.thrown
  return result
}
