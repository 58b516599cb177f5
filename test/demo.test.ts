import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const root = new URL('../', import.meta.url)
const nano = z.string().regex(/^\d+$/).transform(BigInt)
const reportSchema = z.strictObject({
  tasks: z.int(),
  accepted: z.int(),
  failed: z.int(),
  receipts_verified: z.int(),
  results: z.array(
    z.strictObject({ task_id: z.uuidv4(), operation: z.string(), input: z.string(), output: z.unknown() }),
  ),
  devices: z.array(
    z.strictObject({
      device_id: z.string(),
      tasks: z.int(),
      earned_nano: nano,
      balance_before_nano: nano,
      balance_after_nano: nano,
    }),
  ),
  rewards_nano: nano,
  fees_nano: nano,
  overhead_percent: z.number(),
  seconds: z.number(),
})

type Demo = { child: ChildProcess; stdout: string[]; stderr: string[]; said: (text: string) => Promise<void> }

/** The demo as `npm run demo` runs it, in a process group of its own, as a terminal would. */
const startDemo = (...args: string[]): Demo => {
  const child = spawn(process.execPath, ['examples/demo/main.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const stdout: string[] = []
  const stderr: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => stdout.push(line))
  const errors = createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line))
  const said = async (text: string) => {
    while (!stderr.some((line) => line.includes(text))) await once(errors, 'line')
  }
  return { child, stdout, stderr, said }
}

const processesOf = (stateDir: string): string[] =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(stateDir))

const stateDirOf = (pid: number | undefined): string | undefined =>
  execFileSync('ps', ['-eo', 'ppid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.trim().startsWith(`${pid} `))
    .map((line) => /--state-dir (\S+)/.exec(line)?.[1])
    .find((directory) => directory !== undefined)

describe('the demo', () => {
  it('ends in verified receipts and wallets that hold what they say', async () => {
    const { child, stdout, stderr } = startDemo('--output', 'json')
    const [code] = await once(child, 'close')
    expect({ code, stderr: code === 0 ? [] : stderr }).toEqual({ code: 0, stderr: [] })
    expect(stdout).toHaveLength(1)
    const report = reportSchema.parse(JSON.parse(stdout[0] ?? ''))
    expect(report.tasks).toBeGreaterThanOrEqual(24)
    expect(report).toMatchObject({ accepted: report.tasks, failed: 0, receipts_verified: report.tasks })
    expect(report.devices).toHaveLength(3)
    for (const device of report.devices) {
      expect(device.balance_before_nano).toBe(0n)
      expect(device.balance_after_nano).toBe(device.earned_nano)
      expect(device.earned_nano).toBeGreaterThan(0n)
    }
    const earned = report.devices.reduce((sum, device) => sum + device.earned_nano, 0n)
    expect(report.rewards_nano).toBe(earned)
    expect(report.fees_nano).toBeGreaterThan(0n)
    expect(report.overhead_percent).toBeCloseTo(
      Number((report.fees_nano * 1_000_000n) / report.rewards_nano) / 10_000,
      3,
    )
    expect(report.overhead_percent).toBeLessThan(10)

    const lines: unknown = JSON.parse(await readFile(new URL('examples/lines/expected.json', root), 'utf8'))
    for (const [name, text] of Object.entries(z.record(z.string(), z.string()).parse(lines))) {
      expect(report.results.find(({ input }) => input === name)?.output).toMatchObject({ text })
    }
  })

  it.each(['deploying the contracts', 'starting the coordinator', 'devices of', 'submitting'])(
    'leaves nothing behind when it is interrupted while %s',
    async (moment) => {
      const { child, said } = startDemo('--output', 'json')
      await said(moment)
      const stateDir = stateDirOf(child.pid)
      process.kill(-(child.pid ?? 0), 'SIGINT')
      const [code, signal] = await once(child, 'close')
      expect(signal ?? code).toBe('SIGINT')
      expect(stateDir === undefined ? [] : processesOf(stateDir)).toEqual([])
    },
  )

  it('refuses options it does not have', async () => {
    const { child, stderr } = startDemo('--outptu', 'json')
    const [code] = await once(child, 'close')
    expect(code).toBe(2)
    expect(stderr.join('\n')).toContain('USAGE_INVALID')
  })
})
