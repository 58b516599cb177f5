import { createSigner } from '@gstd/sdk'
import { type RequestersReport, requestersJobSchema } from './jobs.ts'
import { ownCpuUs, report, runJob } from './runJob.ts'
import { runRequester } from './runRequester.ts'

/** A process with the requesters of a run: submits all tasks, and ends when each of them is delivered. */
runJob(async (job, onError) => {
  const { requesters, ratePerSecond, tasks, ...options } = requestersJobSchema.parse(job)
  const shareOf = (index: number): number =>
    Math.floor(((index + 1) * tasks) / requesters.length) - Math.floor((index * tasks) / requesters.length)
  report({ event: 'ready' })
  const beforeUs = ownCpuUs()
  const counts = await Promise.all(
    requesters.map(({ seed, ...account }, index) =>
      runRequester({
        ...options,
        ...account,
        tasks: shareOf(index),
        sessionKey: createSigner(seed),
        ratePerSecond: ratePerSecond === undefined ? undefined : ratePerSecond / requesters.length,
        onError,
      }),
    ),
  )
  const counted: RequestersReport = {
    event: 'requesters',
    cpuUs: ownCpuUs() - beforeUs,
    bytes: {
      submitting: counts.reduce((sum, { bytes }) => sum + bytes.submitting, 0),
      waiting: counts.reduce((sum, { bytes }) => sum + bytes.waiting, 0),
    },
    delivered: counts.reduce((sum, { delivered }) => sum + delivered, 0),
    submitAckMs: counts.flatMap(({ submitAckMs }) => submitAckMs),
  }
  report(counted)
})
