import { pino } from 'pino'
import { expect, it } from 'vitest'
import { logged } from '../dispatch/inspect.testing.ts'
import { connectDevices } from '../dispatch/play.testing.ts'
import { checkPaidOnce } from './checkPaidOnce.testing.ts'
import { deliver, openPayments, pay } from './openPayments.testing.ts'

const TIMEOUT_MS = 120_000
/** Sessions end after 6 days, and take charges for 72 h more. */
const PAST_SESSION_SEC = 9 * 86_400 + 60

it(
  'signs no charge that the escrow must refuse, says so once, and charges when it can',
  { timeout: TIMEOUT_MS },
  async () => {
    const all = await openPayments()
    const devices = await connectDevices(all.bench, 2)
    await deliver(all, devices)
    await all.advance(PAST_SESSION_SEC)
    const heldNano = await all.chain.balanceNano(all.chain.operator.address)
    const lines: string[] = []
    const payments = all.open(undefined, pino({ level: 'warn' }, { write: (line) => lines.push(line) }))
    for (let tick = 0; tick < 20; tick++) await payments.tick()
    // It is looked at again, and is as it was.
    await all.advance(61)
    for (let tick = 0; tick < 20; tick++) await payments.tick()
    expect(await logged(all.bench, 'charge')).toEqual([])
    expect(await all.chain.balanceNano(all.chain.operator.address)).toBe(heldNano)
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { msg: 'escrow cannot be charged in full', requester: all.chain.requester.address, waiting: 2, chargeable: 0 },
    ])

    await all.chain.prolongSession()
    await all.advance(61)
    await pay(all, 1)
    await checkPaidOnce(all, devices, 1)
  },
)
