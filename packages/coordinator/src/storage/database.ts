/** Rows as plain objects; int8 arrives as number (over 2⁵³ as bigint), `numeric` as string, JSON as what it holds. */
export type Row = Record<string, unknown>

/** Runs one statement, inside or outside a transaction. Parameters for JSON are text, for `ANY` and `unnest` arrays. */
export type Queries = {
  query<Result extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<Result[]>
}

/** The one storage port: PostgreSQL's SQL, whoever executes it. */
export type Database = Queries & {
  /**
   * All or nothing, one after the other; a thrown error rolls back and is thrown on. `STORAGE_UNAVAILABLE` alone may
   * mean that it landed and that nobody could say so.
   */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>
  /** Waits for what is under way. */
  close(): Promise<void>
}
