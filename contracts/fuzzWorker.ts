import { parentPort } from 'node:worker_threads'
import { type Caught, type Finding, judgeMutant, judgeSeed } from './src/randomOperations/judgeSeeds.ts'

/** What a thread is asked: a seed to judge, or a mutant by its name. */
export type Job = { operations: number } & ({ seed: number } | { mutant: string; seeds: number })
export type Answer = { finding?: Finding | undefined; caught?: Caught | undefined; error?: string }

const answer = async (job: Job): Promise<Answer> => {
  try {
    if ('seed' in job) return { finding: await judgeSeed(job.seed, job) }
    return { caught: await judgeMutant(job.mutant, job) }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

parentPort?.on('message', (job: Job) => {
  void answer(job).then((answered) => parentPort?.postMessage(answered))
})
