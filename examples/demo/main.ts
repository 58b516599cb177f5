import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GstdError, type Receipt, toGstdError, verifyReceipt } from '@gstd/sdk'
import { verifySettlement } from '@gstd/sdk/contracts'
import { bringUp } from './bringUp.ts'
import { createChainReader } from './fees.ts'
import { makeJobs } from './jobs.ts'
import { type DemoOptions, readOptions, usage } from './options.ts'
import { createProcesses } from './processes.ts'
import { createProgress } from './progress.ts'
import { makeReport, renderReport } from './report.ts'

const PAID_MS = 150_000

/** Rewards by device, summed over what the verified receipts say. */
const sumEarnings = (receipts: readonly Receipt[]) => {
  const earnings = new Map<string, { tasks: number; earnedNano: bigint }>()
  for (const { payment } of receipts) {
    for (const leaf of payment?.leaves ?? []) {
      const sum = earnings.get(leaf.device_id) ?? { tasks: 0, earnedNano: 0n }
      earnings.set(leaf.device_id, { tasks: sum.tasks + 1, earnedNano: sum.earnedNano + BigInt(leaf.amount_nano) })
    }
  }
  return earnings
}

const howToGoOn = (stateDir: string): string => `
Everything goes on running; Ctrl-C ends it. In another terminal, in this folder:

  export GSTD_STATE_DIR=${stateDir} GSTD_WALLET=requester
  npx gstd submit --operation ocr --model pp-ocrv4-rec --input examples/lines
  npx gstd task list
  npx gstd escrow show`

const run = async (options: DemoOptions): Promise<void> => {
  const startedAt = performance.now()
  const { jobs, skipped } = await makeJobs(options.input)
  const stateDir = await mkdtemp(join(tmpdir(), 'gstd-demo-'))
  const progress = createProgress(process.stderr, jobs.length)
  const removeState = () => rmSync(stateDir, { recursive: true, force: true })
  const processes = createProcesses(stateDir, { stop: () => progress.say('stopping'), stopped: removeState })
  for (const reason of skipped) progress.say(`left out ${reason}`)
  try {
    const { network, devices, client } = await bringUp(processes, stateDir, progress.say)
    const chain = createChainReader(network.endpoint)
    const balances = () => Promise.all(devices.map(({ payoutAddress }) => chain.balanceNano(payoutAddress)))
    const before = await balances()
    const sinceLt = await chain.latestLt(network.operator_address)

    progress.say(`submitting ${jobs.length} tasks, half by majority of three devices, half by re-execution`)
    const submitted = await client.submit(jobs.map(({ task }) => task))
    const refused = submitted.find(({ error }) => error !== undefined)
    if (refused?.error !== undefined) throw refused.error
    const ids = submitted.map(({ taskId }) => taskId)
    const views = await client.wait(ids, { until: 'paid', timeoutMs: PAID_MS, onUpdate: progress.update })
    progress.end()

    progress.say('verifying every receipt with the SDK alone')
    const trust = {
      network: network.network,
      vault: network.vault,
      coordinatorKey: network.coordinator_key,
      auditorKey: network.auditor_key,
    }
    const finished = views.filter(({ status }) => status === 'paid')
    const receipts = await Promise.all(finished.map(({ task_id }) => client.receipt(task_id)))
    for (const receipt of receipts) {
      await verifyReceipt(receipt, trust)
      if (!(await verifySettlement(receipt, trust)))
        throw new GstdError('RECEIPT_INVALID', 'a paid task’s receipt shows no payment')
    }

    const report = makeReport({
      jobs,
      views,
      receipts,
      earnings: sumEarnings(receipts),
      devices,
      before,
      after: await balances(),
      feesNano: await chain.feesSince(network.operator_address, sinceLt),
      seconds: (performance.now() - startedAt) / 1000,
    })
    process.stdout.write(
      `${options.output === 'json' ? JSON.stringify(report) : `\n${renderReport(report, devices)}`}\n`,
    )
    if (report.accepted !== report.tasks) process.exitCode = 5
    if (!options.keep) return
    process.stderr.write(`${howToGoOn(stateDir)}\n`)
    await new Promise(() => undefined)
  } finally {
    await processes.stop()
    removeState()
  }
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') process.stdout.write(`${usage}\n`)
  else await run(options)
} catch (thrown) {
  const error = toGstdError(thrown)
  process.stderr.write(`demo: ${error.code}: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`)
  process.exitCode = error.exitCode
}
