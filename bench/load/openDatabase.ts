import type { LoadPlan } from './LoadPlan.ts'
import { readDescendantsCpuUs } from './readCpu.ts'

/** The database of a coordinator under load. */
export type LoadDatabase = {
  /** What the coordinator is told of it. */
  options: string[]
  /** @returns processor time of its own processes, in µs; 0 for one inside the coordinator */
  cpuUs(): Promise<number | undefined>
  close(): Promise<void>
}

/** @param kind - `pglite` is part of the coordinator; `postgres` is a server of its own that waits for the disk */
export const openDatabase = async (kind: LoadPlan['database']): Promise<LoadDatabase> => {
  if (kind === 'pglite') return { options: [], cpuUs: () => Promise.resolve(0), close: () => Promise.resolve() }
  const { startPostgres } = await import('@gstd/postgres-for-tests')
  const server = await startPostgres({ fsync: true })
  return {
    options: ['--database', server.urlOf('postgres')],
    cpuUs: () => readDescendantsCpuUs('postgres'),
    close: server.stop,
  }
}
