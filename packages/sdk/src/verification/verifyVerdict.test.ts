import { beforeAll, describe, expect, it } from 'vitest'
import type { Receipt } from '../documents/receipt.ts'
import { buildReceipt, type ReceiptPlan } from './buildReceipt.testing.ts'
import { certifiedDevice, parameters } from './receiptParties.testing.ts'
import { type Verdict, verifyVerdict } from './verifyVerdict.ts'

const invalid = (path: string) =>
  expect.objectContaining({ code: 'VERDICT_INVALID', details: expect.objectContaining({ path }) })

const check = (receipt: Receipt, change: Partial<Verdict> = {}, seats = receipt.seats): void =>
  verifyVerdict(
    { ...(receipt.verdict.body as Verdict), ...change },
    { descriptor: receipt.descriptor, seats, parameters, knownAnswer: receipt.known_answer },
  )

const built = new Map<string, Receipt>()
const plans: Record<string, ReceiptPlan> = {
  accepted: { answers: ['Neutral', 'Neutral'] },
  undecided: { answers: ['Neutral'] },
  disagreed: { answers: ['Neutral', 'Porn', 'Sexy'] },
}
beforeAll(async () => {
  for (const [name, plan] of Object.entries(plans)) built.set(name, await buildReceipt(plan))
})
const receiptOf = (name: keyof typeof plans): Receipt => {
  const receipt = built.get(name)
  if (receipt === undefined) throw new Error(`no receipt ${name}`)
  return receipt
}

describe('verifyVerdict', () => {
  it('takes the executions in any order', () => {
    check(receiptOf('accepted'), {}, receiptOf('accepted').seats.toReversed())
  })

  it('wants a known reason for a failure, and the right one', () => {
    for (const reason of ['TASK_EXPIRED', 'TASK_ATTEMPTS_EXHAUSTED']) check(receiptOf('undecided'), { reason })
    expect(() => check(receiptOf('undecided'), { reason: 'BAD_LUCK' })).toThrow(invalid('reason'))
    expect(() => check(receiptOf('undecided'), { reason: undefined })).toThrow(invalid('reason'))
    expect(() => check(receiptOf('undecided'), { reason: 'TASK_NO_AGREEMENT' })).toThrow(invalid('reason'))
    expect(() => check(receiptOf('disagreed'), { reason: 'TASK_EXPIRED' })).toThrow(invalid('reason'))
  })

  it('refuses a failure of what was decided', () => {
    const { seats } = receiptOf('accepted').verdict.body as Verdict
    const failed: Partial<Verdict> = {
      outcome: 'failed',
      reason: 'TASK_EXPIRED',
      result_hash: undefined,
      seats: seats.map((seat) => ({ ...seat, agreed: false, reward_nano: '0' })),
      tariff_nano: '0',
      charged_nano: '0',
    }
    expect(() => check(receiptOf('accepted'), failed)).toThrow(invalid('outcome'))
  })

  it('lets neither an accepted task have a reason nor a failed one a result', () => {
    expect(() => check(receiptOf('accepted'), { reason: 'TASK_EXPIRED' })).toThrow(invalid('reason'))
    expect(() => check(receiptOf('disagreed'), { result_hash: 'ab'.repeat(32) })).toThrow(invalid('result_hash'))
  })

  it('counts every execution, device and owner once', async () => {
    const receipt = receiptOf('accepted')
    const { seats: stated } = receipt.verdict.body as Verdict
    const [first, second] = receipt.seats
    const [statedFirst] = stated
    if (first === undefined || second === undefined || statedFirst === undefined) throw new Error('two seats')
    expect(() => check(receipt, { seats: [statedFirst, statedFirst] })).toThrow(invalid('number of attempts'))
    expect(() => check(receipt, { seats: [statedFirst] })).toThrow(invalid('number of seats'))
    const sameOwner = await certifiedDevice('device 1', 'v5r1', 'owner of device 0')
    const ofOneOwner = [first, { ...second, certificate: sameOwner.certificate }]
    expect(() => check(receipt, {}, ofOneOwner)).toThrow(invalid('number of owners'))
    const ofOneDevice = [first, { ...second, order: { ...second.order, device_id: first.order.device_id } }]
    expect(() => check(receipt, {}, ofOneDevice)).toThrow(invalid('number of devices'))
  })

  it('is over the parameters it names', () => {
    const receipt = receiptOf('accepted')
    const verdict = receipt.verdict.body as Verdict
    const evidence = { descriptor: receipt.descriptor, seats: receipt.seats }
    const cheaper = { ...parameters, tariff_nano: '1' }
    expect(() => verifyVerdict(verdict, { ...evidence, parameters: cheaper })).toThrow(invalid('parameters_hash'))
  })
})
