/** One run of the coordinator under load. */
export type LoadPlan = {
  database: 'pglite' | 'postgres'
  validation: 'reference' | 'majority'
  /** Whether `reference` comes with the answer: then one execution is enough. */
  knownAnswers: boolean
  devices: number
  slots: number
  requesters: number
  tasks: number
  /** Most descriptors and most proofs under one signature. */
  batch: number
  /** Tasks per second; without, as many as are taken. */
  ratePerSecond?: number
  /** Folder for a V8 profile of the coordinator. */
  profileDir?: string
  /** Whether an auditor checks the log afterwards. */
  audited: boolean
}

/** @returns how many answers decide a task */
export const answersOf = ({ validation, knownAnswers }: LoadPlan): number => {
  if (validation === 'majority') return 3
  return knownAnswers ? 1 : 2
}
