import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LiveNetwork, startLiveNetwork } from './support/liveNetwork.ts'

const examples = join(import.meta.dirname, '..', 'examples')
const run = promisify(execFile)

let live: LiveNetwork
beforeAll(async () => {
  live = await startLiveNetwork(['alice', 'bob'])
})
afterAll(() => live.close())

it('runs the README’s example of the SDK', async () => {
  const image = join(examples, 'lines', 'recipe.png')
  const main = join(examples, 'submit', 'main.ts')
  const { stdout } = await run(process.execPath, [main, live.stateDir, image, 'requester'])
  const [result = '', verdict = '', ...rewards] = stdout.trimEnd().split('\n')
  expect(result).toContain('"text":"Bake for 25 minutes at 180 degrees"')
  expect(verdict).toMatch(/^accepted, charged 0\.02\d+ TON$/)
  expect(rewards.map((line) => line.slice(0, 32)).sort()).toEqual(live.devices.map(({ deviceId }) => deviceId).sort())
})
