import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEnergyMeter } from './createEnergyMeter.ts'
import { estimateEnergyMwh } from './estimateEnergyMwh.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gstd-powercap-'))
})
afterEach(() => rm(directory, { recursive: true }))

describe('estimateEnergyMwh', () => {
  it('is CPU seconds × watts ÷ 3.6, rounded up to a microwatt-hour', () => {
    expect(estimateEnergyMwh(3.6, 'x64')).toBe(7)
    expect(estimateEnergyMwh(0.36, 'arm64')).toBe(0.25)
    expect(estimateEnergyMwh(1e-9, 'x64')).toBe(0.001)
    expect(estimateEnergyMwh(0, 'riscv64')).toBe(0)
  })
})

describe('createEnergyMeter', () => {
  it('estimates where no counter is readable', () => {
    const meter = createEnergyMeter(join(directory, 'missing'))
    expect(meter).toMatchObject({ method: 'cpu-time', uncertainty: 0.5 })
    const usage = { cpuSeconds: 2, durationMs: 2000 }
    expect(meter.start().stop(usage)).toBe(estimateEnergyMwh(2, process.arch))
  })

  it('reads the processor’s counters, also over their end', async () => {
    const counter = join(directory, 'intel-rapl:0')
    await mkdir(counter)
    await mkdir(join(directory, 'intel-rapl:0:0'))
    await writeFile(join(counter, 'max_energy_range_uj'), '10000000\n')
    await writeFile(join(counter, 'energy_uj'), '9000000\n')
    const meter = createEnergyMeter(directory)
    expect(meter.method).toBe('rapl')
    const measuring = meter.start()
    await writeFile(join(counter, 'energy_uj'), '2600000\n')
    // All CPU time of the machine is the task's: 3.6 J are its own.
    expect(measuring.stop({ cpuSeconds: 1e6, durationMs: 1000 })).toBe(1)
  })
})
