import { describe, expect, it } from 'vitest'
import { verifySettlement } from '../contracts/verifySettlement.ts'
import { type Receipt, receiptDocument } from '../documents/receipt.ts'
import { GstdError } from '../errors/GstdError.ts'
import { alterationsOf } from './alterations.testing.ts'
import { buildReceipt, logVerdict, type ReceiptPlan } from './buildReceipt.testing.ts'
import { trust } from './receiptParties.testing.ts'
import { verifyReceipt } from './verifyReceipt.ts'
import type { Verdict } from './verifyVerdict.ts'

const code = (expected: string, path?: string) =>
  expect.objectContaining({
    code: expected,
    ...(path !== undefined && { details: expect.objectContaining({ path }) }),
  })

describe('an honest receipt', () => {
  const accepted = { outcome: 'accepted' }
  const failed = { outcome: 'failed', resultHash: undefined, rewards: [], chargedNano: 0n, paidInEpoch: undefined }
  it.each<[name: string, plan: ReceiptPlan, rewarded: number[], expected: object]>([
    ['reference, two that agree', { answers: ['Neutral', 'Neutral'] }, [1, 2], accepted],
    ['reference, known answer', { answers: ['Sexy'], knownAnswer: [{ label: 'Sexy' }] }, [1], accepted],
    ['reference, three with one loser', { answers: ['Sexy', 'Neutral', 'Sexy'] }, [1, 3], accepted],
    [
      'reference, known answer overruled',
      { answers: ['Sexy', 'Sexy'], knownAnswer: [{ label: 'Porn' }] },
      [1, 2],
      accepted,
    ],
    ['reference, three that differ', { answers: ['Sexy', 'Neutral', 'Porn'] }, [], failed],
    ['reference, expired after one answer', { answers: ['Sexy'] }, [], failed],
    ['reference, nobody answered', { answers: [], failure: 'TASK_ATTEMPTS_EXHAUSTED' }, [], failed],
    [
      'majority of three',
      { validation: 'majority', answers: ['Porn', 'Porn', 'Porn'], paid: true },
      [1, 2, 3],
      { ...accepted, paidInEpoch: 7 },
    ],
    [
      'majority of four with a loser',
      { validation: 'majority', answers: ['Porn', 'Sexy', 'Porn', 'Porn'] },
      [1, 3, 4],
      accepted,
    ],
    [
      'majority out of reach',
      { validation: 'majority', answers: ['Porn', 'Sexy', 'Neutral', 'Drawing', 'Hentai'] },
      [],
      failed,
    ],
    ['majority, expired', { validation: 'majority', answers: ['Porn', 'Sexy'] }, [], failed],
    [
      'several items, paid',
      { answers: ['Neutral', 'Neutral'], itemCount: 5, paid: true },
      [1, 2],
      { ...accepted, paidInEpoch: 7 },
    ],
  ])('verifies: %s', async (_name, plan, rewarded, expected) => {
    const receipt = receiptDocument.parse(JSON.parse(JSON.stringify(await buildReceipt(plan))))
    const verified = await verifyReceipt(receipt, trust)
    await verifySettlement(receipt, trust)
    expect(verified).toMatchObject(expected)
    expect(verified.rewards.map(({ attempt }) => attempt)).toEqual(rewarded)
    const base = 10_000_000n
    for (const { amountNano } of verified.rewards) expect(amountNano).toBeGreaterThan(base)
    const sum = verified.rewards.reduce((total, { amountNano }) => total + amountNano, 0n)
    expect(verified.chargedNano).toBe(rewarded.length === 0 ? 0n : sum + 100_000n)
  })
})

describe('a receipt with anything altered', () => {
  const verify = async (value: unknown): Promise<string> => {
    try {
      await verifyReceipt(value as Receipt, trust)
      await verifySettlement(value as Receipt, trust)
      return 'valid'
    } catch (thrown) {
      return thrown instanceof GstdError ? thrown.code : `not a GstdError: ${String(thrown)}`
    }
  }

  /** Every code that an altered receipt may be refused with; what to make of each is in docs/errors.md. */
  const refusals = [
    'RECEIPT_INVALID',
    'VERDICT_INVALID',
    'PROOF_INVALID',
    'ORDER_INVALID',
    'CERTIFICATE_INVALID',
    'COMMITMENT_MISMATCH',
    'REFERENCE_INVALID',
    'INPUT_HASH_MISMATCH',
    'MODEL_UNKNOWN',
    'SIGNATURE_INVALID',
    'MERKLE_PROOF_INVALID',
    'NETWORK_MISMATCH',
  ]

  /**
   * What may be missing or differ, and why:
   * `data` is never signed, its hash is; a receipt without result or payment claims less, and nothing false;
   * `leaf_count` tells how to follow a path, and both keys signed where it leads: no other leaf stands there.
   */
  const unnoticed: RegExp[] = [
    /^descriptor\.input\.(\d+\.)?data left out$/,
    /^payment left out$/,
    /^payment\.leaf_count (plus|minus) 1$/,
  ]

  it.each<[string, ReceiptPlan]>([
    [
      'paid, known answer, a loser',
      {
        answers: ['Porn', 'Neutral'],
        knownAnswer: [{ label: 'Neutral' }, { label: 'Neutral' }],
        itemCount: 2,
        paid: true,
      },
    ],
    ['failed, majority', { validation: 'majority', answers: ['Porn', 'Sexy'] }],
  ])('is refused: %s', async (_name, plan) => {
    const receipt: unknown = JSON.parse(JSON.stringify(await buildReceipt(plan)))
    expect(await verify(receipt)).toBe('valid')
    const wrong: string[] = []
    const seen = new Set<string>()
    for (const { path, how, value } of alterationsOf(receipt)) {
      const outcome = await verify(value)
      const what = `${path} ${how}`
      seen.add(outcome)
      const fine = refusals.includes(outcome) || (outcome === 'valid' && unnoticed.some((known) => known.test(what)))
      if (!fine) wrong.push(`${what}: ${outcome}`)
    }
    expect(wrong).toEqual([])
    expect(seen.size).toBeGreaterThanOrEqual(10)
  })
})

describe('a verdict that the log’s signers altered', () => {
  const relog = async (receipt: Receipt, body: Verdict): Promise<string> => {
    const { payment: _payment, ...unpaid } = receipt
    try {
      await verifyReceipt({ ...unpaid, ...(await logVerdict(body)) }, trust)
      return 'valid'
    } catch (thrown) {
      return thrown instanceof GstdError ? thrown.code : `not a GstdError: ${String(thrown)}`
    }
  }

  /**
   * Only the log as a whole shows when a device committed and which reputation it then had. Where they would change
   * a reward they are noticed by it; a loser has none.
   */
  const fromTheLog = /^seats\.1\.observed_ms /

  it('is refused, save for a loser’s time and reputation', async () => {
    const receipt = await buildReceipt({ answers: ['Neutral', 'Porn', 'Neutral'] })
    const body = receipt.verdict.body as Verdict
    expect(await relog(receipt, body)).toBe('valid')
    const wrong: string[] = []
    const stated = new Set<string>()
    for (const { path, how, value } of alterationsOf(body)) {
      const outcome = await relog(receipt, value as Verdict)
      const what = `${path} ${how}`
      if (outcome === 'valid') stated.add(path)
      const fine = outcome === 'valid' ? fromTheLog.test(what) : /^(VERDICT|RECEIPT)_INVALID$/.test(outcome)
      if (!fine) wrong.push(`${what}: ${outcome}`)
    }
    expect(wrong).toEqual([])
    expect([...stated]).toEqual(['seats.1.observed_ms'])
    const seats = body.seats.map((seat, at) => (at === 1 ? { ...seat, device_reputation: 0.4 } : seat))
    expect(await relog(receipt, { ...body, seats })).toBe('valid')
  })

  it('may not pay one execution twice and leave out another', async () => {
    const receipt = await buildReceipt({ answers: ['Neutral', 'Neutral'] })
    const body = receipt.verdict.body as Verdict
    const [first, second] = body.seats
    if (first === undefined || second === undefined) throw new Error('the receipt has two seats')
    const charged = 2n * BigInt(first.reward_nano) + BigInt(body.tariff_nano)
    const twice: Verdict = { ...body, seats: [first, first], charged_nano: charged.toString() }
    expect(await relog(receipt, twice)).toBe('RECEIPT_INVALID')
    const [seat] = receipt.seats
    if (seat === undefined) throw new Error('the receipt has two seats')
    expect(await relog({ ...receipt, seats: [seat, seat] }, twice)).toBe('VERDICT_INVALID')
  })
})

describe('verifyReceipt', () => {
  it.each([[{}], ['x'], [null], [undefined]])('takes no %j for a receipt', async (value) => {
    await expect(verifyReceipt(value as never, trust)).rejects.toThrow(code('RECEIPT_INVALID'))
  })

  it('checks the shape of a receipt that nobody has parsed', async () => {
    const receipt = await buildReceipt({ answers: ['Sexy', 'Sexy'] })
    await expect(verifyReceipt({ ...receipt, version: 2 } as never, trust)).rejects.toThrow(
      code('RECEIPT_INVALID', 'version'),
    )
    const seats = receipt.seats.map((seat) => {
      const { certificate } = seat
      const owner_signature = { ...certificate.owner_signature, wallet: 'v3' }
      return { ...seat, certificate: { ...certificate, owner_signature } }
    })
    await expect(verifyReceipt({ ...receipt, seats } as never, trust)).rejects.toThrow(
      code('RECEIPT_INVALID', 'seats.0.certificate.owner_signature.wallet'),
    )
  })

  it('needs somebody to trust', async () => {
    const receipt = await buildReceipt({ answers: ['Sexy', 'Sexy'] })
    await expect(verifyReceipt(receipt, undefined as never)).rejects.toThrow(code('CONFIG_INVALID', ''))
    const { auditorKey: _auditorKey, ...without } = trust
    await expect(verifyReceipt(receipt, without as never)).rejects.toThrow(code('CONFIG_INVALID', 'auditorKey'))
  })

  it('goes by the trusted keys, not by the receipt’s', async () => {
    const receipt = await buildReceipt({ answers: ['Sexy', 'Sexy'] })
    const other = '00'.repeat(32)
    await expect(verifyReceipt(receipt, { ...trust, auditorKey: other })).rejects.toThrow(
      code('RECEIPT_INVALID', 'parameters.auditor_key'),
    )
    await expect(verifyReceipt(receipt, { ...trust, coordinatorKey: other })).rejects.toThrow(
      code('RECEIPT_INVALID', 'parameters.coordinator_key'),
    )
    await expect(verifyReceipt(receipt, { ...trust, network: -239 })).rejects.toThrow(
      code('RECEIPT_INVALID', 'network'),
    )
  })

  it('needs the result to see that a device agrees with a known answer of another runtime', async () => {
    const receipt = await buildReceipt({ answers: ['Sexy'], knownAnswer: [{ label: 'Sexy' }] })
    const { result: _result, ...without } = receipt
    await expect(verifyReceipt(without, trust)).rejects.toThrow(code('VERDICT_INVALID', 'outcome'))
  })

  it('does not take the payment of an epoch for that of a task without a leaf in it', async () => {
    const paid = await buildReceipt({ answers: ['Sexy', 'Sexy'], paid: true })
    const failed = await buildReceipt({ answers: ['Sexy', 'Porn', 'Neutral'] })
    const { payment } = paid
    if (payment === undefined) throw new Error('the receipt is paid')
    expect(await verifyReceipt({ ...failed, payment: { ...payment, leaves: [] } }, trust)).toMatchObject({
      outcome: 'failed',
      paidInEpoch: undefined,
    })
    await expect(verifyReceipt({ ...failed, payment }, trust)).rejects.toThrow(
      code('RECEIPT_INVALID', 'payment.leaves'),
    )
  })

  it('refuses a log entry that is no verdict', async () => {
    const receipt = await buildReceipt({ answers: ['Sexy', 'Sexy'] })
    const verdict = { ...receipt.verdict, body: { epoch: 1 } }
    await expect(verifyReceipt({ ...receipt, verdict }, trust)).rejects.toThrow(code('RECEIPT_INVALID', 'verdict'))
  })
})
