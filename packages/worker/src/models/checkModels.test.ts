import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { knownModels } from '@gstd/sdk'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type CoordinatorForTests, startCoordinatorForTests } from '../coordinatorForTests/startCoordinatorForTests.ts'
import { checkModels } from './checkModels.ts'

const known = knownModels().map(({ id }) => id)
const { signal } = new AbortController()

let coordinator: CoordinatorForTests
beforeEach(async () => {
  coordinator = await startCoordinatorForTests()
})
afterEach(() => coordinator.close())

it('names what the network offers when a model is not among it', async () => {
  await checkModels(known, coordinator.network, signal)
  await expect(checkModels([known[0] ?? '', 'nope'], coordinator.network, signal)).rejects.toMatchObject({
    code: 'MODEL_UNKNOWN',
    message: expect.stringContaining('this network has no model "nope"'),
    hint: `models to serve: ${known.toSorted().join(', ')}`,
  })
})

it('goes by what this version knows while the coordinator is away', async () => {
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  const away = { ...coordinator.network, coordinator: `http://127.0.0.1:${port}` }
  await checkModels(known, away, signal)
  await expect(checkModels(['nope'], away, signal)).rejects.toMatchObject({
    code: 'MODEL_UNKNOWN',
    message: expect.stringContaining('this version knows no model "nope"'),
  })
})
