import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportLog } from '@gstd/auditor'
import { restoreLog } from '@gstd/coordinator'
import { GstdError } from '@gstd/sdk'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'
import { bodiesOf, readLog } from './support/readLog.ts'
import { readTables, type Tables } from './support/readTables.ts'
import { runGstd } from './support/runGstd.ts'
import { type Parties, picture, type RunningAuditor, startParties } from './support/startParties.ts'
import { until } from './support/until.ts'

let net: TestNetwork
let parties: Parties
let auditor: RunningAuditor
beforeAll(async () => {
  net = await openNetwork(pino({ level: 'silent' }), { epoch_ms: 300 })
  await writeFile(join(net.directory, 'network.json'), JSON.stringify(net.network))
  parties = await startParties(net, 3)
  auditor = await parties.startAuditor()
})
afterAll(async () => {
  await parties.stop()
  await net.close()
})

const inference = { operation: 'image-moderation', model: 'nsfw-mobilenet-v2', rewardTon: '0.001' }

const submit = async (index: number, changes: { operation?: string; model?: string } = {}): Promise<string> => {
  const { taskId } = await parties.client.submit({ ...inference, ...changes, input: picture(index) })
  return taskId
}

const wait = async (taskId: string, status: 'accepted' | 'paid'): Promise<void> => {
  const [view] = await parties.client.wait([taskId], { until: status, timeoutMs: 120_000 })
  expect(view?.status).toBe(status)
}

const copyOf = (name: string): string => join(net.directory, name)
const stopAndCopy = async (name: string): Promise<void> => {
  await net.stopCoordinator()
  await cp(net.databaseDir, copyOf(name), { recursive: true })
}
const putBack = async (name: string): Promise<void> => {
  await rm(net.databaseDir, { recursive: true })
  await cp(copyOf(name), net.databaseDir, { recursive: true })
}

/** Stops the coordinator at a moment at which the auditor has signed all of its log. @returns its tables */
const stopWhenSigned = async (): Promise<Tables> => {
  for (;;) {
    await net.stopCoordinator()
    const tables = await readTables(net.databaseDir)
    const size = tables.log.length
    if (auditor.auditor.size === size) return tables
    await net.startCoordinator()
    await until('the auditor', async () => auditor.auditor.size >= size)
  }
}

/** What the log's accepted verdicts give each device, its wallet holds, to the nano; nothing is left over. */
const expectPaidInFull = async (): Promise<void> => {
  const entries = await readLog(net.network.coordinator)
  expect(bodiesOf(entries, 'refusal')).toEqual([])
  const verdicts = bodiesOf(entries, 'verdict')
  const chargedNano = verdicts.reduce((sum, { charged_nano }) => sum + BigInt(charged_nano), 0n)
  const state = { fundedNextNano: 0n, owedNano: 0n, paidNano: chargedNano }
  await until('the last payout', async () => (await parties.chain.vault())?.paidNano === chargedNano)
  expect(await parties.chain.vault()).toMatchObject(state)
  const seats = verdicts.flatMap((verdict) => verdict.seats)
  for (const { worker, payoutAddress } of parties.devices) {
    const earned = seats.filter(({ device_id }) => device_id === worker.deviceId)
    const earnedNano = earned.reduce((sum, { reward_nano }) => sum + BigInt(reward_nano), 0n)
    const received = async () => (await parties.payoutsTo(payoutAddress)).reduce((sum, amount) => sum + amount, 0n)
    await until('the payouts', async () => (await received()) >= earnedNano)
    expect(await received()).toBe(earnedNano)
  }
}

it('goes on from an old backup with what the auditor has kept, and pays everything once', async () => {
  await wait(await submit(1), 'paid')
  await stopAndCopy('early')
  await net.startCoordinator()
  await wait(await submit(2), 'paid')
  const underWay = await submit(3)
  await wait(underWay, 'accepted')
  const halfway = await exportLog(join(net.directory, 'auditor'))
  const halfwayLines: string[] = []
  for await (const line of halfway.lines()) halfwayLines.push(line)
  await wait(await submit(4), 'accepted')
  const newest = await stopWhenSigned()

  // Older than the vault’s last commit: nothing is even written.
  await putBack('early')
  const thrown: unknown = await net.startCoordinator().catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(GstdError)
  expect(thrown).toMatchObject({ code: 'STATE_BEHIND', details: { database_epoch: 1 } })
  const from = /gstd auditor export --from (\d+) /.exec((thrown as GstdError).hint ?? '')?.[1]
  if (from === undefined) throw new Error('the hint must name what to export')

  // A first half, as a restore that was killed leaves it, then the rest.
  const halfwayFile = join(net.directory, 'halfway.jsonl')
  await writeFile(halfwayFile, halfwayLines.join(''))
  const half = await restoreLog({ network: net.network, databaseDir: net.databaseDir, logFile: halfwayFile })
  expect(half).toEqual({ before: Number(from), size: halfway.head.head.size })
  const file = join(net.directory, 'entries.jsonl')
  await runGstd(net.directory, 'auditor', 'export', '--from', from, '--file', file)
  expect(await runGstd(net.directory, 'auditor', 'export', '--from', from)).toBe(await readFile(file, 'utf8'))
  const told = await runGstd(net.directory, 'coordinator', 'restore', '--log', file, '--output', 'json')
  const { size } = (await exportLog(join(net.directory, 'auditor'))).head.head
  expect(JSON.parse(told)).toMatchObject({ before: half.size, size })
  expect(await readTables(net.databaseDir)).toEqual(newest)
  const again = await restoreLog({ network: net.network, databaseDir: net.databaseDir, logFile: file })
  expect(again).toEqual({ before: size, size })

  await net.startCoordinator()
  await wait(underWay, 'paid')
  await wait(await submit(5), 'paid')
  await expectPaidInFull()
})

it('takes nothing from a backup that lacks only uncommitted entries, and goes on when it is restored', async () => {
  await stopAndCopy('paid')
  const { log } = await readTables(copyOf('paid'))
  await net.startCoordinator()
  // Nobody here runs this model: the task stays in the queue.
  const lost = await submit(6, { operation: 'ocr', model: 'pp-ocrv4-rec' })
  const entries = await readLog(net.network.coordinator)
  const index = entries.findIndex(({ kind, body }) => kind === 'task' && body.descriptor.task_id === lost)
  expect(index).toBeGreaterThanOrEqual(log.length)
  await until('a head that covers the task', async () =>
    auditor.events.some((event) => event.type === 'head' && event.size > index),
  )
  await net.stopCoordinator()
  await putBack('paid')

  await net.startCoordinator()
  await until('the auditor’s word', async () =>
    auditor.events.some((event) => event.type === 'stalled' && event.code === 'STATE_BEHIND'),
  )
  await expect(submit(7)).rejects.toMatchObject({ code: 'STATE_BEHIND' })
  expect(await readLog(net.network.coordinator)).toHaveLength(log.length)
  await net.stopCoordinator()

  const file = join(net.directory, 'tail.jsonl')
  await runGstd(net.directory, 'auditor', 'export', '--file', file)
  await runGstd(net.directory, 'coordinator', 'restore', '--log', file)
  await net.startCoordinator()
  await until('its end', async () => (await parties.client.get(lost)).status === 'cancelled')
  await wait(await submit(8), 'paid')
  await expectPaidInFull()
})
