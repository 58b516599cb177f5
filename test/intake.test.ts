import { PGlite } from '@electric-sql/pglite'
import { codes, createClient, createSigner, type ErrorCode, randomHex, type TaskDescriptor } from '@gstd/sdk'
import { toNano } from '@ton/core'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { badAnswers, badBytes, badDescriptors, badSignatures, type BadSubmission } from './support/badSubmissions.ts'
import { makeBody, makeItem, type SubmissionOptions } from './support/buildSubmission.ts'
import { type FundedRequester, fundRequesters } from './support/fundRequesters.ts'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'
import { until } from './support/until.ts'

type Who = 'rich' | 'other' | 'poor' | 'closing' | 'expired' | 'capped' | 'withoutGstd'

let net: TestNetwork
let who: Record<Who, FundedRequester>
let expiresAtSec: number
/** What the coordinator logged as a defect of its own. */
const defects: string[] = []
/** Tasks that were taken in, by their ids. */
const taken: string[] = []
const rejections: unknown[] = []
const onRejection = (reason: unknown) => rejections.push(reason)

beforeAll(async () => {
  process.on('unhandledRejection', onRejection)
  net = await openNetwork(pino({ level: 'error' }, { write: (line: string) => defects.push(line) }))
  expiresAtSec = Math.floor(Date.now() / 1000) + 15
  who = await fundRequesters(net, {
    rich: { depositNano: toNano('50') },
    other: {},
    poor: { depositNano: toNano('0.05') },
    closing: { isClosing: true },
    expired: { expiresAtSec },
    capped: { capNano: 1000n },
    withoutGstd: { gstdNano: 0n },
  })
})
afterAll(async () => {
  await net.close()
  process.off('unhandledRejection', onRejection)
})

const url = (path: string) => `${net.network.coordinator}${path}`
const clientOf = ({ address, sessionKey }: FundedRequester) =>
  createClient({ network: net.network, requester: address, sessionKey })

const post = async (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') => {
  const response = await fetch(url('/api/v1/tasks'), { method: 'POST', headers: { 'content-type': type }, body })
  return { status: response.status, answer: await response.json() }
}

const submission = (options: Partial<SubmissionOptions> = {}) =>
  makeBody({ network: net.network, requester: who.rich, items: [makeItem(net.network, who.rich)], ...options })

const accept = async (items: { descriptor: TaskDescriptor }[], options: Partial<SubmissionOptions> = {}) => {
  const body = await submission({ ...options, items })
  const { status, answer } = await post(body)
  expect(answer).toMatchObject({ outcomes: items.map(() => ({ status: 'accepted' })) })
  expect(status).toBe(202)
  for (const { descriptor } of items) taken.push(descriptor.task_id)
  return body
}

/** Everything of a requester and the log that the API shows. */
const traces = async () => {
  const { size } = await (await fetch(url('/api/v1/log?limit=1'))).json()
  const client = clientOf(who.rich)
  const { reserved_nano, accepted_nano } = await client.escrow()
  const tasks = await client.list({ limit: 1000 })
  return { size, reserved_nano, accepted_nano, tasks: tasks.length }
}

const expectRefusal = async (
  { code, path }: Pick<BadSubmission, 'code' | 'path'>,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<Record<string, unknown>> => {
  const before = await traces()
  const { status, answer } = await post(body)
  expect(answer).toMatchObject({ code, message: expect.stringMatching(/\w+ \w+/), request_id: expect.any(String) })
  expect(status).toBe(codes[code as ErrorCode].httpStatus)
  if (path !== undefined) expect(answer.details.path).toBe(path)
  expect(await traces()).toEqual(before)
  return answer
}

describe('what can be wrong with a submission by itself', () => {
  it.each([...badBytes, ...badSignatures, ...badDescriptors, ...badAnswers])('$name → $code', async (bad) => {
    await expectRefusal(bad, await bad.body({ network: net.network, rich: who.rich, other: who.other }))
  })

  it('a body of another type → DOCUMENT_MALFORMED', async () => {
    const { status, answer } = await post(await submission(), 'text/plain')
    expect([status, answer.code]).toEqual([400, 'DOCUMENT_MALFORMED'])
  })
})

describe('what can be wrong with the money', () => {
  const from = (name: Who, options: Partial<SubmissionOptions> = {}) =>
    submission({ requester: who[name], items: [makeItem(net.network, who[name])], ...options })

  it('an unknown escrow → ESCROW_UNKNOWN', async () => {
    const stranger = { ...who.rich, address: `0:${randomHex(32)}` }
    const answer = await expectRefusal(
      { code: 'ESCROW_UNKNOWN' },
      await submission({ requester: stranger, items: [makeItem(net.network, stranger)] }),
    )
    expect(answer).toMatchObject({ hint: expect.stringContaining('gstd escrow deposit') })
  })

  it.each([
    ['an escrow that is being closed', 'ESCROW_CLOSING', 'closing'],
    ['a session key whose cap is reached', 'SESSION_KEY_UNKNOWN', 'capped'],
    ['a requester without GSTD', 'GSTD_INSUFFICIENT', 'withoutGstd'],
  ] as const)('%s → %s', async (_name, code, name) => {
    await expectRefusal({ code }, await from(name))
  })

  it('an escrow that holds too little → ESCROW_INSUFFICIENT with both sums', async () => {
    const items = [makeItem(net.network, who.poor, { reward: { amount_ton: '1' } })]
    const answer = await expectRefusal({ code: 'ESCROW_INSUFFICIENT' }, await from('poor', { items }))
    expect(answer).toMatchObject({
      details: { available_nano: '50000000', needed_nano: '3960100000' },
      hint: expect.stringContaining('top it up'),
    })
  })

  it('a key that is not the session key → SESSION_KEY_UNKNOWN', async () => {
    const requester = { ...who.rich, sessionKey: createSigner(randomHex(32)) }
    await expectRefusal(
      { code: 'SESSION_KEY_UNKNOWN' },
      await submission({ requester, items: [makeItem(net.network, requester)] }),
    )
  })

  it('a session key that has expired → SESSION_KEY_UNKNOWN', async () => {
    await until('the end of the session', async () => Date.now() > expiresAtSec * 1000)
    const answer = await expectRefusal({ code: 'SESSION_KEY_UNKNOWN' }, await from('expired'))
    expect(answer).toMatchObject({ details: { expires_at_sec: expiresAtSec } })
  })

  it('an authorisation that is too low → AUTHORISATION_TOO_LOW with the sums, and the same task can come again', async () => {
    const item = makeItem(net.network, who.rich)
    const body = await submission({ items: [item], authorisation: { maxCumulativeNano: 39_699_999n } })
    const answer = await expectRefusal({ code: 'AUTHORISATION_TOO_LOW' }, body)
    expect(answer).toMatchObject({
      details: { charged_nano: '0', batch_nano: '39700000', max_cumulative_nano: '39699999' },
      hint: expect.stringContaining('TON'),
    })
    await accept([item])
  })

  it.each([
    ['signed by another key', () => ({ authorisation: { signer: createSigner(randomHex(32)) } })],
    ['for another escrow', () => ({ authorisation: { escrow: who.other.escrow } })],
    [
      'altered',
      (): Partial<SubmissionOptions> => ({
        alter: (body) => ({ ...body, authorisation: { ...body.authorisation, max_cumulative_nano: '999999999999' } }),
      }),
    ],
    ['left out', (): Partial<SubmissionOptions> => ({ alter: ({ batch, items }) => ({ batch, items }) })],
  ])('an authorisation %s → AUTHORISATION_INVALID', async (_name, options) => {
    await expectRefusal({ code: 'AUTHORISATION_INVALID' }, await submission(options()))
  })
})

describe('what was sent before', () => {
  it('is taken once, however often the same bytes come', async () => {
    const body = await accept([makeItem(net.network, who.rich), makeItem(net.network, who.rich)])
    const before = await traces()
    const again = await post(body)
    expect(again).toMatchObject({
      status: 202,
      answer: {
        outcomes: [
          { status: 'accepted', repeated: true },
          { status: 'accepted', repeated: true },
        ],
      },
    })
    expect(await traces()).toEqual(before)
  })

  it('is a conflict with other bytes under the same id', async () => {
    const item = makeItem(net.network, who.rich)
    await accept([item])
    const changed = makeItem(net.network, who.rich, { task_id: item.descriptor.task_id, reward: { amount_ton: '2' } })
    await expectRefusal({ code: 'TASK_CONFLICT', path: 'task_id' }, await submission({ items: [changed] }))
    const { address, sessionKey } = who.other
    const stolen = makeItem(net.network, { address, sessionKey }, { task_id: item.descriptor.task_id })
    await expectRefusal({ code: 'TASK_CONFLICT' }, await submission({ requester: who.other, items: [stolen] }))
  })

  it('cannot lend its nonces', async () => {
    const item = makeItem(net.network, who.rich)
    const { nonce } = item.descriptor
    const batchNonce = randomHex(16)
    await accept([item], { header: { nonce: batchNonce } })
    const reused = { code: 'NONCE_REUSED' }
    await expectRefusal(reused, await submission({ header: { nonce: batchNonce } }))
    await expectRefusal(reused, await submission({ items: [makeItem(net.network, who.rich, { nonce })] }))
    const twice = randomHex(16)
    const twins = [makeItem(net.network, who.rich, { nonce: twice }), makeItem(net.network, who.rich, { nonce: twice })]
    await expectRefusal(reused, await submission({ items: twins }))
    // The nonce of another requester is none of this one's business.
    await accept([makeItem(net.network, who.other, { nonce })], { requester: who.other })
  })

  it('leaves what is refused out of a batch, and takes the rest', async () => {
    const good = makeItem(net.network, who.rich)
    const bad = makeItem(net.network, who.rich, { model: 'gpt-9' })
    const { status, answer } = await post(await submission({ items: [good, bad] }))
    expect(status).toBe(207)
    expect(answer.outcomes).toMatchObject([
      { task_id: good.descriptor.task_id, status: 'accepted' },
      { task_id: bad.descriptor.task_id, status: 'refused', error: { code: 'MODEL_UNKNOWN' } },
    ])
    taken.push(good.descriptor.task_id)
  })
})

describe('afterwards', () => {
  it('every task of the list is one that was taken, by status too', async () => {
    const all = await clientOf(who.rich).list({ limit: 1000 })
    const others = await clientOf(who.other).list()
    expect([...all, ...others].map(({ task_id }) => task_id).toSorted()).toEqual(taken.toSorted())
    expect(await clientOf(who.rich).list({ status: 'queued', limit: 1000 })).toEqual(all)
    expect(await clientOf(who.rich).list({ status: 'delivered' })).toEqual([])
    const [first] = all
    if (first === undefined) throw new Error('a task must have been taken')
    await clientOf(who.rich).cancel(first.task_id)
    expect(await clientOf(who.rich).list({ status: 'cancelled' })).toMatchObject([{ task_id: first.task_id }])
    const refused = await clientOf(who.rich)
      .list({ status: 'nonsense' as 'queued' })
      .catch((thrown: unknown) => thrown)
    expect(refused).toMatchObject({ code: 'DOCUMENT_MALFORMED', details: { path: 'status' } })
  })

  it('the database holds what was taken, and nothing of what was refused', async () => {
    const { size } = await traces()
    await net.stopCoordinator()
    const database = await PGlite.create(`${net.databaseDir}/pg`)
    const count = async (table: string) =>
      (await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]?.count
    const batches = new Set(
      (await database.query<{ nonce: string }>(`SELECT batch->'header'->>'nonce' AS nonce FROM tasks`)).rows.map(
        ({ nonce }) => nonce,
      ),
    ).size
    const counts = Object.fromEntries(
      await Promise.all(
        ['tasks', 'seats', 'nonces', 'authorisations', 'requesters', 'log'].map(async (table) => [
          table,
          await count(table),
        ]),
      ),
    )
    await database.close()
    expect(counts).toEqual({
      tasks: taken.length,
      seats: 2 * (taken.length - 1),
      nonces: taken.length + batches,
      authorisations: 2,
      requesters: 2,
      log: size,
    })
    expect(size).toBe(1 + taken.length + 1)
    expect(defects).toEqual([])
    expect(rejections).toEqual([])
  })
})
