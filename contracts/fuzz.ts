import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Answer, Job } from './fuzzWorker.ts'
import { mutants } from './src/randomOperations/mutants.ts'

const usage = `npm run fuzz -- contracts [--seeds N] [--ops M] [--mutants]

Random operations, clocks, bounces, hostile senders and stolen keys against the invariants of vault,
escrows and device accounts.
  --seeds N   seeds 1 to N (20; with --mutants at most so many for each: 10)
  --ops M     operations for each seed (2000; with --mutants: 1000)
  --mutants   contracts with one fault each, all of which must be caught
  --help      this

The last line is JSON: {seeds, operations, violations} or {mutants, caught}. The exit code is 1 after a violation, or
when a mutant was not caught.
`

const MAX_THREADS = 8
const MAX_NUMBER = 1_000_000

/** Something is wrong with the arguments. */
class UsageError extends Error {}

const readCount = (name: string, text: string | undefined, fallback: number): number => {
  if (text === undefined) return fallback
  const count = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > MAX_NUMBER)
    throw new UsageError(`--${name} is a whole number from 1 to ${MAX_NUMBER}, not ${JSON.stringify(text)}`)
  return count
}

const readArguments = () => {
  const options = {
    seeds: { type: 'string' },
    ops: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    if (values.help) return undefined
    if (positionals.length !== 1 || positionals[0] !== 'contracts')
      throw new UsageError(`what can be fuzzed is: contracts`)
    return {
      isMutants: values.mutants,
      seeds: readCount('seeds', values.seeds, values.mutants ? 10 : 20),
      operations: readCount('ops', values.ops, values.mutants ? 1000 : 2000),
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const progress = (text: string): void => void process.stderr.write(`${text}\n`)

/** Gives jobs to threads, and answers to `onAnswer` as they come. */
const runJobs = async <Each extends Job>(
  jobs: readonly Each[],
  onAnswer: (job: Each, answer: Answer) => void,
): Promise<void> => {
  const waiting = [...jobs]
  const thread = async (): Promise<void> => {
    const worker = new Worker(new URL('./fuzzWorker.ts', import.meta.url))
    try {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        worker.postMessage(job)
        const [answer] = (await once(worker, 'message')) as [Answer]
        if (answer.error !== undefined) throw new Error(answer.error)
        onAnswer(job, answer)
      }
    } finally {
      await worker.terminate()
    }
  }
  const threads = Math.min(availableParallelism(), MAX_THREADS, jobs.length)
  await Promise.all(Array.from({ length: threads }, thread))
}

const fuzzSeeds = async ({ seeds, operations }: { seeds: number; operations: number }): Promise<boolean> => {
  let violations = 0
  let done = 0
  const jobs = Array.from({ length: seeds }, (_, index) => ({ seed: index + 1, operations }))
  await runJobs(jobs, ({ seed }, { finding }) => {
    done++
    progress(`seed ${seed}: ${finding === undefined ? 'every invariant holds' : 'VIOLATION'} (${done} of ${seeds})`)
    if (finding === undefined) return
    violations++
    say(`seed ${seed} breaks: ${finding.invariant}\n  ${finding.detail}\nby ${finding.operations} operations:`)
    for (const line of finding.lines) say(`  ${line}`)
  })
  say(JSON.stringify({ seeds, operations: seeds * operations, violations }))
  return violations === 0
}

const fuzzMutants = async (counts: { seeds: number; operations: number }): Promise<boolean> => {
  let caughtCount = 0
  let done = 0
  const jobs = mutants.map(({ name }) => ({ mutant: name, ...counts }))
  await runJobs(jobs, ({ mutant }, { caught }) => {
    progress(`${++done} of ${mutants.length} mutants judged`)
    if (caught === undefined) return say(`NOT CAUGHT  ${mutant}`)
    caughtCount++
    say(`caught      ${mutant}: ${caught.invariant} (seed ${caught.seed}, operation ${caught.operation})`)
  })
  say(JSON.stringify({ mutants: mutants.length, caught: caughtCount }))
  return caughtCount === mutants.length
}

try {
  const given = readArguments()
  if (given === undefined) process.stdout.write(usage)
  else if (!(await (given.isMutants ? fuzzMutants : fuzzSeeds)(given))) process.exitCode = 1
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
