import { createClient, type Client, signRequest } from '@gstd/sdk'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FundedRequester, fundRequesters } from './support/fundRequesters.ts'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'
import { type Parties, picture, startParties } from './support/startParties.ts'
import { until } from './support/until.ts'

type Heard = { event: string; data: Record<string, unknown>; id?: string }
type Listener = { heard: Heard[]; ended: Promise<void>; stop(): void }

const PATH = '/api/v1/tasks/events'
const task = { operation: 'image-moderation', model: 'nsfw-mobilenet-v2', rewardTon: '0.001' }

let net: TestNetwork
let parties: Parties
let requesters: Record<'owner' | 'other', FundedRequester>
let client: Client
beforeAll(async () => {
  net = await openNetwork(pino({ level: 'silent' }), { epoch_ms: 300 })
  parties = await startParties(net, 2)
  requesters = await fundRequesters(net, { owner: {}, other: {} })
  client = createClient({
    network: net.network,
    requester: requesters.owner.address,
    sessionKey: requesters.owner.sessionKey,
  })
})
afterAll(async () => {
  await parties.stop()
  await net.close()
})

const open = async (who: 'owner' | 'other', lastId?: string): Promise<Response> => {
  const { address: requester, sessionKey: signer } = requesters[who]
  const origin = { network: net.network.network, vault: net.network.vault }
  const signed = { origin, requester, signer, method: 'GET' as const, path: PATH, timestamp: Date.now() }
  const authorization = await signRequest(signed)
  const headers = { authorization, ...(lastId !== undefined && { 'last-event-id': lastId }) }
  return fetch(net.network.coordinator + PATH, { headers })
}

const parse = (text: string): Heard => {
  const fields = new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const id = fields.get('id')
  return {
    event: fields.get('event') ?? '',
    data: JSON.parse(fields.get('data') ?? '{}'),
    ...(id !== undefined && { id }),
  }
}

/** Listens until the stream ends, and keeps what it has heard. */
const listen = async (who: 'owner' | 'other', lastId?: string): Promise<Listener> => {
  const response = await open(who, lastId)
  expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
    status: 200,
    type: 'text/event-stream',
  })
  const heard: Heard[] = []
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const read = async () => {
    let rest = ''
    for (;;) {
      const { done, value = '' } = (await reader?.read()) ?? { done: true }
      if (done) return
      const frames = (rest + value).split('\n\n')
      rest = frames.pop() ?? ''
      heard.push(...frames.filter((frame) => !frame.startsWith(':')).map(parse))
    }
  }
  const ended = read()
  await until('the first event', async () => heard.length > 0)
  return { heard, ended, stop: () => void reader?.cancel() }
}

const statusesOf = ({ heard }: Listener, taskId: string) =>
  heard.filter(({ data }) => data['task_id'] === taskId).map(({ data }) => data['status'])
const lastIdOf = ({ heard }: Listener) => heard.findLast(({ id }) => id !== undefined)?.id

it('tells a requester every end of its tasks, and nobody else', async () => {
  const [mine, others] = await Promise.all([listen('owner'), listen('other')])
  expect(mine.heard[0]).toMatchObject({ event: 'open', id: expect.stringMatching(/^\d+-0$/) })
  const { taskId } = await client.submit({ ...task, input: picture(1) })
  await until('the delivery', async () => statusesOf(mine, taskId).includes('delivered'))
  const deliveredId = lastIdOf(mine)
  mine.stop()

  await parties.startAuditor()
  await client.wait([taskId], { until: 'paid' })
  const resumed = await listen('owner', deliveredId)
  await until('the payment', async () => statusesOf(resumed, taskId).includes('paid'))
  expect(resumed.heard[0]?.event).toBe('open')
  expect(statusesOf(resumed, taskId)).not.toContain('delivered')
  expect(statusesOf(others, taskId)).toEqual([])

  const second = await client.submit({ ...task, input: picture(2) })
  await until('the second payment', async () => statusesOf(resumed, second.taskId).includes('paid'))
  expect(['delivered', 'accepted']).toEqual(expect.arrayContaining(statusesOf(resumed, second.taskId).slice(-2, -1)))

  const now = await listen('owner', lastIdOf(resumed))
  expect(now.heard.filter(({ event }) => event === 'status')).toEqual([])
  const foreign = await listen('owner', '999999999-1')
  expect(foreign.heard[0]?.event).toBe('reset')
  for (const listener of [resumed, others, now, foreign]) listener.stop()
})

it('refuses a ninth stream, and frees the place of one that ended', async () => {
  const listeners: Listener[] = []
  for (let count = 0; count < 8; count++) listeners.push(await listen('other'))
  const refused = await open('other')
  expect({ status: refused.status, code: (await refused.json()).code }).toEqual({ status: 429, code: 'RATE_LIMITED' })
  listeners[0]?.stop()
  await until('a free place', async () => {
    const response = await open('other')
    await response.body?.cancel()
    return response.status === 200
  })
  for (const listener of listeners) listener.stop()
})

it('says that the coordinator ends, and lets it end', async () => {
  const listener = await listen('owner')
  await net.stopCoordinator()
  await listener.ended
  expect(listener.heard.at(-1)).toMatchObject({ event: 'error', data: { code: 'SHUTTING_DOWN' } })
  await net.startCoordinator()
})
