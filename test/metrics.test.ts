import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'
import { type Parties, picture, startParties } from './support/startParties.ts'
import { until } from './support/until.ts'

const TASKS = 4

let net: TestNetwork
let parties: Parties
let before: Map<string, number>
beforeAll(async () => {
  net = await openNetwork(pino({ level: 'silent' }), { epoch_ms: 300 })
  parties = await startParties(net, 2)
  await until('the devices', async () => (await scrape()).get('gstd_devices') === 2)
  before = await scrape()
})
afterAll(async () => {
  await parties.stop()
  await net.close()
})

/** `name{label="value"} 1.5` or `Nan` */
const LINE = /^([a-z_][a-z0-9_]*(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})?) (-?[0-9.e+-]+|[+-]?Inf|NaN)$/i

const scrape = async (): Promise<Map<string, number>> => {
  const response = await fetch(`${net.network.coordinator}/metrics`)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const samples = lines.map((line): [string, number] => {
    const [, name, value] = LINE.exec(line) ?? []
    if (name === undefined) throw new Error(`no sample: ${line}`)
    return [name, Number(value)]
  })
  expect(new Set(samples.map(([name]) => name)).size).toBe(samples.length)
  return new Map(samples)
}

describe('the metrics of a coordinator', () => {
  it('are those of a network without tasks at first', () => {
    const expected = {
      gstd_devices: 2,
      gstd_device_slots: 2,
      gstd_device_slots_busy: 0,
      gstd_queue_seats: 0,
      gstd_writes: 1,
      gstd_epoch: 0,
      gstd_head_entries: 0,
      gstd_dispatch_seconds_count: 0,
    }
    expect(Object.fromEntries(before)).toMatchObject(expected)
    expect(before.get('gstd_head_lag_entries')).toBe(before.get('gstd_log_entries'))
    const ofProcess = ['nodejs_eventloop_lag_p99_seconds', 'process_cpu_seconds_total', 'process_resident_memory_bytes']
    expect(ofProcess.filter((name) => !before.has(name))).toEqual([])
  })

  it('count what was submitted, refused and dispatched, and what the auditor has not signed', async () => {
    const { client } = parties
    const task = { operation: 'image-moderation', model: 'nsfw-mobilenet-v2', rewardTon: '0.001' }
    const inputs = Array.from({ length: TASKS }, (_, index) => ({ ...task, input: picture(index) }))
    const submitted = await client.submit([...inputs, { ...task, input: picture(TASKS), rewardTon: '1000' }])
    expect(submitted.at(-1)?.error).toMatchObject({ code: 'ESCROW_INSUFFICIENT' })
    const headers = { 'content-type': 'application/json' }
    await fetch(`${net.network.coordinator}/api/v1/tasks`, { method: 'POST', headers, body: '{}' })
    await fetch(`${net.network.coordinator}/a-path-of-anybody`)
    const ids = submitted.slice(0, TASKS).map(({ taskId }) => taskId)
    await client.wait(ids, { until: 'delivered' })

    const delivered = await scrape()
    const { size } = await (await fetch(`${net.network.coordinator}/api/v1/log?limit=1`)).json()
    expect(Object.fromEntries(delivered)).toMatchObject({
      'gstd_submitted_tasks_total{outcome="accepted",code=""}': TASKS,
      'gstd_submitted_tasks_total{outcome="refused",code="ESCROW_INSUFFICIENT"}': 1,
      'gstd_refused_submissions_total{code="DOCUMENT_MALFORMED"}': 1,
      gstd_submit_seconds_count: 2,
      gstd_dispatch_seconds_count: TASKS,
      'gstd_tasks_ended_total{status="delivered",method="reference"}': TASKS,
      'gstd_logged_entries_total{kind="verdict"}': TASKS,
      gstd_log_entries: size,
      gstd_head_lag_entries: size,
      'gstd_http_request_seconds_count{method="POST",route="/api/v1/tasks",status="400"}': 1,
      'gstd_http_request_seconds_count{method="",route="",status="404"}': 1,
    })
    expect(delivered.get('gstd_orders_total')).toBeGreaterThanOrEqual(2 * TASKS)
    expect(delivered.get('gstd_transaction_entries_sum')).toBe(
      size - (before.get('gstd_log_entries') ?? 0) + (before.get('gstd_transaction_entries_sum') ?? 0),
    )
    expect([...delivered.keys()].filter((name) => /anybody|[0-9a-f]{8}-/.test(name))).toEqual([])

    await parties.startAuditor()
    await client.wait(ids, { until: 'paid' })
    await until('the auditor’s head', async () => (await scrape()).get('gstd_head_lag_entries') === 0)
    const paid = await scrape()
    expect(paid.get('gstd_epoch')).toBeGreaterThan(0)
    expect(paid.get('gstd_charges_open')).toBe(0)
    expect(paid.get('gstd_log_entries')).toBe(paid.get('gstd_head_entries'))
    expect(paid.get('gstd_logged_entries_total{kind="verdict"}')).toBe(TASKS)
  })
})
