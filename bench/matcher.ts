import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createMatcher, type PooledDevice, type SeatTerms, type WaitingTask } from '@gstd/coordinator/matcher'
import { defaultParameters } from '@gstd/sdk'

/**
 * What a match costs as queue and devices grow: `npm run bench -- matcher`, or `npm run bench -- matcher QUEUED DEVICES`
 * for one row. A match is: a slot becomes free, a new seat comes in, the next seat is taken, and its device chosen.
 * Half of all slots are in use, the queue stays as long as it is. Each row is a process of its own; its figure is the
 * median of batches, in microseconds of one core. The last line is JSON.
 */
const QUEUED = [1e3, 1e4, 1e5, 1e6]
const DEVICES = [1e2, 1e3, 1e4, 1e5]
const BATCHES = 9
const MATCHES = 5000
/** Time between two matches. */
const STEP_MS = 0.1
const START_MS = 1_790_000_000_000
const KINDS = [
  ['ocr', 'pp-ocrv4-rec'],
  ['image_moderation', 'nsfw-mobilenet-v2'],
] as const

type Row = { queued: number; devices: number; us_per_match: number; rss_mb: number }

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
const createRandom = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const measure = (queued: number, deviceCount: number): Row => {
  const random = createRandom(queued + deviceCount)
  const matcher = createMatcher<WaitingTask>(defaultParameters)
  const operations = new Set(KINDS.map(([operation]) => operation))
  const noModels = new Set<string>()
  const oneModel = new Set(['pp-ocrv4-rec'])
  const nobody = new Set<string>()
  const none: WaitingTask['taken'] = []
  let nowMs = START_MS
  let seats = 0
  let votes = 0
  let task: WaitingTask | undefined
  let terms: SeatTerms | undefined

  const newDevice = (index: number): PooledDevice => {
    const reliability = random()
    return {
      deviceId: `${index.toString(16).padStart(8, '0')}${'0'.repeat(56)}`,
      owner: `0:${Math.floor(index / 3)}`,
      fingerprint: `f${index}`,
      addressRange: `10.${index >> 8}.${index & 255}.0/24`,
      operations,
      cachedModels: random() < 0.5 ? oneModel : noModels,
      availableEnergy: random(),
      latencyMs: random() * 300,
      slots: 1 + Math.floor(random() * 3),
      busySlots: 0,
      reliability: () => reliability,
      certifiedUntilMs: START_MS + 1e9,
    }
  }

  /** Tasks have two or three seats, as `reference` and `majority` do. */
  const addSeat = (): void => {
    if (votes === 0 || task === undefined || terms === undefined) {
      const isMajority = random() < 0.5
      votes = isMajority ? 3 : 2
      const [operation, model] = KINDS[Math.floor(random() * KINDS.length)] ?? KINDS[0]
      const method = isMajority ? 'majority' : 'reference'
      const taskId = `01990000-0000-7000-8000-${seats.toString(16).padStart(12, '0')}`
      task = { taskId, operation, model, method, taken: none, failedDeviceIds: nobody }
      const deadlineMs = nowMs + 60_000 + random() * 7_200_000
      const [gstdShare, rewardShare, requesterReputation] = [random(), random(), random()]
      const dispatchUntilMs = deadlineMs - 7000
      terms = { gstdShare, rewardShare, requesterReputation, deadlineMs, dispatchUntilMs, receivedAtMs: nowMs }
    }
    votes -= 1
    seats += 1
    matcher.addSeat(seats, task, terms)
  }

  let slots = 0
  for (let index = 0; index < deviceCount; index++) {
    const device = newDevice(index)
    slots += device.slots
    matcher.putDevice(device)
  }
  const inUse: string[] = []
  const matchOne = (): void => {
    nowMs += STEP_MS
    while (matcher.waiting <= queued) addSeat()
    const match = matcher.next(nowMs, random)
    if (match !== undefined) inUse.push(match.device.deviceId)
  }
  while (inUse.length < slots / 2) matchOne()
  let oldest = 0
  const matchAndFree = (): void => {
    const deviceId = inUse[oldest]
    if (deviceId === undefined) throw new Error('more slots became free than were in use')
    oldest += 1
    matcher.releaseSlot(deviceId)
    matchOne()
  }
  const batch = (): number => {
    const before = process.threadCpuUsage()
    for (let count = 0; count < MATCHES; count++) matchAndFree()
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / MATCHES
  }
  batch()
  const figures = Array.from({ length: BATCHES }, batch).toSorted((a, b) => a - b)
  return {
    queued: matcher.waiting,
    devices: deviceCount,
    us_per_match: Number((figures[Math.floor(BATCHES / 2)] ?? 0).toFixed(2)),
    rss_mb: Math.round(process.memoryUsage.rss() / 1e6),
  }
}

const parseRow = (text: string): Row => {
  const { rows }: { rows: [Row] } = JSON.parse(text)
  return rows[0]
}

const [queued, devices] = process.argv.slice(2).map(Number)
if (queued !== undefined && devices !== undefined) {
  console.log(JSON.stringify({ rows: [measure(queued, devices)] }))
} else {
  const rows: Row[] = []
  for (const queue of QUEUED) {
    for (const count of DEVICES) {
      const child = [...process.execArgv, import.meta.filename, String(queue), String(count)]
      const { stdout } = await promisify(execFile)(process.execPath, child)
      const row = parseRow(stdout)
      console.error(`${queue} queued, ${count} devices: ${row.us_per_match} µs, ${row.rss_mb} MB`)
      rows.push(row)
    }
  }
  console.log(JSON.stringify({ rows }))
}
