import { pino } from 'pino'
import { expect, it } from 'vitest'
import { connectDevice, textResult } from '../dispatch/connectDevice.testing.ts'
import { openBench } from '../dispatch/openBench.testing.ts'
import { answer } from '../dispatch/play.testing.ts'
import { chargeableSessions, chargeableUntilSec } from './chargeableSessions.ts'
import { createUncollectable } from './createUncollectable.ts'
import { readDebtors } from './logCharges.ts'
import type { PaymentContext } from './paymentContext.ts'

const DAY_SEC = 86_400

it('leaves a debtor out until the escrow can be charged again, which it asks once a minute', async () => {
  const bench = await openBench()
  const device = await connectDevice(bench)
  const known = textResult('known')
  await bench.submit({}, known)
  await bench.dispatcher.tick()
  await answer(device, known)
  const { requester } = bench
  let escrow = { ...requester.escrow, balanceNano: 0n }
  let reads = 0
  const context = {
    journal: bench.journal,
    heads: { size: bench.journal.tree.size },
    clock: bench.now,
    logger: pino({ level: 'silent' }),
    chain: {
      readEscrow: async () => {
        reads += 1
        return escrow
      },
    },
  } as unknown as PaymentContext
  const uncollectable = createUncollectable(context)
  const left = async () => (await uncollectable.without(await readDebtors(context))).map((debtor) => debtor.requester)

  expect(await left()).toEqual([requester.address])
  uncollectable.add(requester.address)
  expect(await left()).toEqual([])
  escrow = requester.escrow
  expect(await left()).toEqual([])
  expect(reads).toBe(0)
  escrow = { ...escrow, balanceNano: 0n }
  await bench.pass(60_000)
  expect(await left()).toEqual([])
  expect(await left()).toEqual([])
  expect(reads).toBe(1)
  escrow = requester.escrow
  await bench.pass(60_000)
  expect(await left()).toEqual([requester.address])
})

it('knows until when an escrow takes charges', async () => {
  const { requester } = await openBench()
  const session = { key: '11'.repeat(32), capNano: 1n, expiresAtSec: 1000 }
  const previousSession = { key: '22'.repeat(32), capNano: 1n, expiresAtSec: 500 }
  const escrow = { ...requester.escrow, closeAtSec: 0, session, previousSession }
  const keysAt = (nowSec: number, closeAtSec = 0) =>
    chargeableSessions({ ...escrow, closeAtSec }, nowSec).map(({ key }) => key)
  expect(keysAt(1000)).toEqual([session.key, previousSession.key])
  expect(keysAt(500 + 3 * DAY_SEC - 60)).toEqual([session.key, previousSession.key])
  expect(keysAt(500 + 3 * DAY_SEC - 59)).toEqual([session.key])
  expect(keysAt(1000 + 3 * DAY_SEC - 59)).toEqual([])
  expect(keysAt(1000, 1062)).toEqual([session.key, previousSession.key])
  expect(keysAt(1000, 1060)).toEqual([])
  expect(chargeableUntilSec(escrow, previousSession.key)).toBe(500 + 3 * DAY_SEC)
  expect(chargeableUntilSec({ ...escrow, closeAtSec: 2000 }, session.key)).toBe(1999)
  const unset = { key: '0'.repeat(64), capNano: 0n, expiresAtSec: 0 }
  expect(chargeableSessions({ ...escrow, session: unset, previousSession: unset }, 0)).toEqual([])
})
