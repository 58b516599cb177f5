import { type LogBody, verifySignature } from '@gstd/sdk'
import { chargeCellOf } from '@gstd/sdk/contracts'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { connectDevice, textResult } from '../dispatch/connectDevice.testing.ts'
import { logged } from '../dispatch/inspect.testing.ts'
import { type Bench, openBench } from '../dispatch/openBench.testing.ts'
import { answer } from '../dispatch/play.testing.ts'
import type { EscrowState } from '../intake/requesterView.ts'
import { logCharge, readDebtors } from './logCharges.ts'
import type { PaymentContext } from './paymentContext.ts'
import { dropCharge } from './trackCharges.ts'

const known = textResult('known')

const deliver = async (bench: Bench, count: number) => {
  const device = await connectDevice(bench)
  const taskIds: string[] = []
  for (let n = 0; n < count; n++) {
    taskIds.push(await bench.submit({}, known))
    await bench.dispatcher.tick()
    await answer(device, known)
  }
  const verdicts = await logged(bench, 'verdict')
  return { taskIds, costs: verdicts.map(({ charged_nano }) => BigInt(charged_nano)) }
}

/** Charging needs no chain: the escrow's state is handed in. */
const contextOf = (bench: Bench, finalSize = bench.journal.tree.size) =>
  ({
    journal: bench.journal,
    heads: { size: finalSize },
    parameters: bench.parameters,
    signer: bench.signer,
    clock: bench.now,
    logger: pino({ level: 'silent' }),
    remind: () => undefined,
  }) as unknown as PaymentContext

const total = (costs: readonly bigint[]): bigint => costs.reduce((sum, cost) => sum + cost, 0n)

it('charges final verdicts as far as escrow, cap and authorisation go, each once', async () => {
  const bench = await openBench()
  const { requester } = bench
  const { taskIds, costs } = await deliver(bench, 4)
  const context = contextOf(bench)
  const charge = (escrow: Partial<EscrowState>, used = context) =>
    logCharge(used, requester.address, { ...requester.escrow, ...escrow }, 1)

  expect(await readDebtors(contextOf(bench, 1))).toEqual([])
  expect(await charge({}, contextOf(bench, 1))).toBe(false)
  expect(await readDebtors(context)).toMatchObject([{ requester: requester.address }])
  expect(await charge({ balanceNano: 0n })).toBe(false)
  const stranger = { ...requester.escrow.session, key: '77'.repeat(32) }
  expect(await charge({ session: stranger })).toBe(false)
  expect(await charge({ session: { ...requester.escrow.session, capNano: (costs[0] ?? 0n) - 1n } })).toBe(false)
  expect(await logged(bench, 'charge')).toEqual([])

  expect(await charge({ balanceNano: total(costs.slice(0, 2)), chargedNano: 5n, tasks: 7 })).toBe(true)
  const [first] = await logged(bench, 'charge')
  expect(first).toMatchObject({
    task_ids: taskIds.slice(0, 2),
    previous_charged_nano: '5',
    cumulative_nano: String(5n + total(costs.slice(0, 2))),
    tasks: 9,
    epoch: 1,
  })
  const hash = new Uint8Array(chargeCellOf(first as LogBody<'charge'>, bench.parameters).hash())
  expect(await verifySignature(bench.signer.publicKey, hash, first?.coordinator_signature ?? '')).toBe(true)
  // While a charge is open nothing else is charged to the escrow.
  expect(await readDebtors(context)).toEqual([])

  const previous = { ...requester.escrow.session, capNano: 5n + total(costs) }
  expect(
    await charge({ session: stranger, previousSession: previous, chargedNano: 5n + total(costs.slice(0, 2)) }),
  ).toBe(true)
  const charges = await logged(bench, 'charge')
  expect(charges.flatMap(({ task_ids }) => task_ids)).toEqual(taskIds)
  expect(await charge({})).toBe(false)
})

it('charges the tasks of a dropped charge again', async () => {
  const bench = await openBench()
  const { taskIds } = await deliver(bench, 2)
  const context = contextOf(bench)
  const { address, escrow } = bench.requester
  expect(await logCharge(context, address, escrow, 1)).toBe(true)
  const [row] = await bench.journal.query<{ index: number }>('SELECT index FROM charges')
  await bench.journal.write((unit) => dropCharge(unit, row?.index ?? -1, bench.now()))
  expect(await readDebtors(context)).toEqual([])
  await bench.pass(30_000)
  expect(await readDebtors(context)).toHaveLength(1)
  expect(await logCharge(context, address, escrow, 2)).toBe(true)
  expect((await logged(bench, 'charge')).map(({ task_ids, epoch }) => [task_ids, epoch])).toEqual([
    [taskIds, 1],
    [taskIds, 2],
  ])
})
