/** Rows as plain objects; int8 columns arrive as numbers, `numeric` ones as strings. */
export type Row = Record<string, unknown>

/** Runs SQL, inside or outside a transaction. */
export type Queries = {
  query<Result extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<Result[]>
}

/** The one storage port: PostgreSQL's SQL, whoever executes it. */
export type Database = Queries & {
  /** All or nothing; a thrown error rolls back and is thrown on. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}
