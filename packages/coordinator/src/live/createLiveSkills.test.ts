import { expect, it } from 'vitest'
import { connectDevice, textResult } from '../dispatch/connectDevice.testing.ts'
import { openBench } from '../dispatch/openBench.testing.ts'
import { answer } from '../dispatch/play.testing.ts'
import { readSkills } from '../devices/deviceStatistics.ts'
import { createLiveSkills } from './createLiveSkills.ts'

const known = textResult('known')
/** Longer than a device may take to acknowledge an order. */
const LATE_MS = 2_500

it('says of devices what the database says, while they work and after a restart', async () => {
  const bench = await openBench()
  const device = await connectDevice(bench)
  const { deviceId } = device
  const reliability = () => bench.journal.skills.reliability(deviceId, 'ocr', 'pp-ocrv4-rec')
  const stored = async () => {
    const skills = createLiveSkills()
    skills.learn([deviceId], await readSkills(bench.journal, [deviceId]))
    return skills.reliability(deviceId, 'ocr', 'pp-ocrv4-rec')
  }
  expect(reliability()).toBe(0.5)
  const seen: number[] = []
  for (let n = 0; n < 3; n++) {
    await bench.submit({}, known)
    await bench.dispatcher.tick()
    if (n === 1) await bench.pass(LATE_MS)
    if (n === 1) await bench.dispatcher.tick()
    await answer(device, known)
    expect(reliability()).toBe(await stored())
    seen.push(reliability())
  }
  expect(new Set(seen).size).toBeGreaterThan(1)
  const before = reliability()
  await bench.restart()
  expect(bench.journal.skills.known()).toEqual([])
  await device.reconnect()
  expect(bench.journal.skills.known()).toEqual([deviceId])
  expect(bench.journal.skills.reliability(deviceId, 'ocr', 'pp-ocrv4-rec')).toBe(before)
})
