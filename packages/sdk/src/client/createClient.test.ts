import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSigner } from '../crypto/ed25519.ts'
import { randomHex } from '../crypto/randomHex.ts'
import { sha256 } from '../crypto/sha256.ts'
import { toHex } from '../canonical/hex.ts'
import { inputItems } from '../documents/descriptor.ts'
import { referenceCommitmentOf } from '../documents/referenceCommitment.ts'
import { type ClientOptions, createClient } from './createClient.ts'
import { createReader } from './createReader.ts'
import { requestReadToken } from './requestReadToken.ts'
import { startApiServer } from './startApiServer.testing.ts'
import type { TaskInput } from './taskInput.ts'

let server: Awaited<ReturnType<typeof startApiServer>>
beforeEach(async () => {
  server = await startApiServer()
})
afterEach(() => server.stop())

const connect = (options: Partial<ClientOptions> = {}) =>
  createClient({
    network: server.network,
    requester: server.requester,
    sessionKey: server.sessionKey,
    retry: { attempts: 4, baseDelayMs: 1 },
    ...options,
  })

const task = (bytes = 10, more: Partial<TaskInput> = {}): TaskInput => ({
  operation: 'image-moderation',
  model: 'nsfw-mobilenet-v2',
  input: new Uint8Array(bytes).fill(7),
  ...more,
})

const code = (expected: string) => expect.objectContaining({ code: expected })

/** `reference` at 0.01 TON: three seats of 1.32 × base and the tariff. */
const RESERVED_NANO = 39_700_000n

describe('submit', () => {
  it('signs one batch and authorises charged + accepted + reserved + the batch', async () => {
    const submitted = await connect().submit([task(), task(11)])
    expect(submitted).toMatchObject([
      { status: 'accepted', repeated: false, reservedNano: RESERVED_NANO },
      { status: 'accepted', repeated: false, reservedNano: RESERVED_NANO },
    ])
    const [submission] = server.state.submissions
    expect(submission?.authorisation).toMatchObject({
      escrow: server.escrow.escrow,
      max_cumulative_nano: (327n + 2n * RESERVED_NANO).toString(),
    })
    expect(submission?.items.map(({ descriptor }) => descriptor.task_id)).toEqual(submitted.map(({ taskId }) => taskId))
  })

  it('sends small inputs inline and larger ones, each once, through the spool', async () => {
    await connect().submit([task(32 * 1024), task(0, { input: [new Uint8Array(40_000), new Uint8Array(40_000)] })])
    const [small, large] = server.state.submissions[0]?.items.map(({ descriptor }) => inputItems(descriptor)) ?? []
    expect(small).toMatchObject([{ source: 'inline' }])
    const hash = toHex(sha256(new Uint8Array(40_000)))
    const spooled = { source: 'http', hash: `sha256:${hash}`, uri: `${server.url}/api/v1/blobs/${hash}` }
    expect(large).toEqual([spooled, spooled])
    expect([...server.state.spool.keys()]).toEqual([hash])
  })

  it('keeps the inline inputs of one task within what one work order carries', async () => {
    await connect().submit(
      task(0, { input: Array.from({ length: 20 }, (_, index) => new Uint8Array(32_000).fill(index)) }),
    )
    const sources = inputItems(server.state.submissions[0]?.items[0]?.descriptor ?? { input: [] }).map(
      ({ source }) => source,
    )
    expect(sources.filter((source) => source === 'inline')).toHaveLength(16)
    expect(server.state.spool.size).toBe(4)
  })

  it('splits what is over 1,024 tasks or 4 MiB into several batches', async () => {
    const many = await connect().submit(Array.from({ length: 1030 }, () => task()))
    expect(many.every(({ status }) => status === 'accepted')).toBe(true)
    expect(server.state.submissions.map(({ items }) => items.length)).toEqual([1024, 6])
    await connect().submit(Array.from({ length: 130 }, () => task(32 * 1024)))
    expect(server.state.submissions.slice(2).map(({ items }) => items.length)).toEqual([94, 36])
    expect(server.state.bodies.every((body) => Buffer.byteLength(body) <= 4 * 1024 * 1024)).toBe(true)
  })

  it('commits to a known answer, which travels beside the descriptor', async () => {
    await connect().submit(task(5, { knownAnswer: [{ label: 'Neutral' }] }))
    const item = server.state.submissions[0]?.items[0]
    expect(item?.known_answer?.value).toEqual([{ label: 'Neutral' }])
    expect(item?.descriptor.reference_commitment).toBe(item?.known_answer && referenceCommitmentOf(item.known_answer))
    await expect(connect().submit(task(5, { knownAnswer: [1, 2] }))).rejects.toEqual(code('REFERENCE_INVALID'))
  })

  it('sends the same bytes again when the answer is lost, and intake takes them once', async () => {
    const client = connect()
    const [first] = await client.submit([task()])
    expect(first?.repeated).toBe(false)
    server.state.disturbances.push({ status: 503, code: 'SHUTTING_DOWN' }, 'drop')
    const parametersAndEscrow = server.state.requests.length
    await client.submit(task())
    expect(
      server.state.requests.slice(parametersAndEscrow).filter((line) => line.endsWith('/parameters')),
    ).toHaveLength(3)

    const before = server.state.bodies.length
    const pass = (count: number) => Array.from({ length: count }, () => undefined as never)
    server.state.disturbances.push(...pass(2), 'drop_answer', 'drop')
    const again = await client.submit(task())
    expect(again.repeated).toBe(true)
    const sent = server.state.bodies.slice(before)
    expect(sent).toHaveLength(3)
    expect(new Set(sent).size).toBe(1)
  })

  it('authorises anew when another process was faster', async () => {
    const reserve = () => {
      server.escrow.reserved_nano = '999999999'
    }
    const fetchAndOvertake: typeof fetch = async (input, init) => {
      if (init?.method === 'POST' && server.state.bodies.length === 0) reserve()
      return fetch(input, init)
    }
    const submitted = await connect({ fetch: fetchAndOvertake }).submit(task())
    expect(submitted.status).toBe('accepted')
    expect(server.state.bodies).toHaveLength(2)
  })

  it('throws the error of a single refused task and reports it among several', async () => {
    server.state.refuseModel = 'nope'
    await expect(connect().submit(task(5, { model: 'nope' }))).rejects.toEqual(code('MODEL_UNKNOWN'))
    const submitted = await connect().submit([task(), task(5, { model: 'nope' })])
    expect(submitted).toMatchObject([{ status: 'accepted' }, { status: 'refused', error: { code: 'MODEL_UNKNOWN' } }])
  })

  it('refuses each task that is wrong by itself, in its place, and submits the others', async () => {
    const taskId = crypto.randomUUID()
    const wrong = { ...task(), timeLimitSecs: 5 }
    const submitted = await connect().submit([
      task(5, { taskId }),
      task(16 * 1024 * 1024 + 1),
      task(5, { timeLimitSec: 6 }),
      wrong,
      task(5, { taskId }),
      JSON.parse('null'),
      task(5, { validation: 'ai_check' }),
      task(6),
    ])
    expect(submitted).toMatchObject([
      { status: 'accepted', taskId },
      { status: 'refused', reservedNano: 0n, error: { code: 'DOCUMENT_TOO_LARGE', details: { path: 'input.0' } } },
      { status: 'refused', error: { code: 'LIMITS_OUT_OF_RANGE' } },
      { status: 'refused', error: { code: 'DESCRIPTOR_INVALID', details: { path: 'timeLimitSecs' } } },
      { status: 'refused', taskId, error: { code: 'TASK_CONFLICT' } },
      { status: 'refused', error: { code: 'DESCRIPTOR_INVALID' } },
      { status: 'refused', error: { code: 'FEATURE_NOT_OFFERED' } },
      { status: 'accepted' },
    ])
    expect(server.state.submissions.map(({ items }) => items.length)).toEqual([2])
  })

  it('reports the refusal of the only task that is left to send as that task’s', async () => {
    server.state.refuseModel = 'nope'
    const submitted = await connect().submit([task(16 * 1024 * 1024 + 1), task(5, { model: 'nope' })])
    expect(submitted).toMatchObject([{ error: { code: 'DOCUMENT_TOO_LARGE' } }, { error: { code: 'MODEL_UNKNOWN' } }])
  })

  it('refuses the tasks whose files the spool refuses, and submits the others', async () => {
    server.state.maxBlobBytes = 50_000
    const large = new Uint8Array(60_000)
    const submitted = await connect().submit([
      task(),
      task(0, { input: large }),
      task(40_000),
      task(0, { input: [large] }),
    ])
    const tooLarge = { status: 'refused', error: { code: 'DOCUMENT_TOO_LARGE' } }
    expect(submitted).toMatchObject([{ status: 'accepted' }, tooLarge, { status: 'accepted' }, tooLarge])
    expect(server.state.submissions[0]?.items).toHaveLength(2)
    await expect(connect().submit(task(0, { input: large }))).rejects.toEqual(code('DOCUMENT_TOO_LARGE'))
  })

  it('throws what concerns all tasks', async () => {
    const stranger = connect({ sessionKey: createSigner(randomHex(32)) })
    await expect(stranger.submit([task(), task(40_000)])).rejects.toEqual(code('AUTH_REQUIRED'))
    await expect(stranger.submit([task(5, { timeLimitSec: 6 }), task()])).rejects.toEqual(code('AUTH_REQUIRED'))
  })

  it('runs nothing twice under one id: a later call is refused, and reads the task', async () => {
    const client = connect()
    const taskId = crypto.randomUUID()
    await client.submit(task(5, { taskId }))
    await expect(client.submit(task(5, { taskId }))).rejects.toEqual(code('TASK_CONFLICT'))
    expect(await client.get(taskId)).toMatchObject({ task_id: taskId, status: 'queued' })
  })

  it('refuses what is out of range before anything is sent', async () => {
    const client = connect()
    await expect(client.submit(task(5, { timeLimitSec: 6 }))).rejects.toEqual(code('LIMITS_OUT_OF_RANGE'))
    await expect(client.submit(task(5, { redundancy: 3 }))).rejects.toEqual(code('LIMITS_OUT_OF_RANGE'))
    await expect(client.submit(task(16 * 1024 * 1024 + 1))).rejects.toEqual(code('DOCUMENT_TOO_LARGE'))
    expect(await client.submit([])).toEqual([])
    expect(server.state.requests).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a text', 'x', ''],
    ['a task without input', { operation: 'ocr', model: 'm' }, 'input'],
    ['a task without a model', { operation: 'ocr', input: new Uint8Array(1) }, 'model'],
    ['an unknown field', { ...task(), timeLimitSecs: 5 }, 'timeLimitSecs'],
    ['a wrong type', { ...task(), timeLimitSec: '5' }, 'timeLimitSec'],
    ['a text for bytes', { ...task(), input: 'x' }, 'input'],
    ['no input at all', { ...task(), input: [] }, 'input'],
    ['a wrong input among others', { ...task(), input: [new Uint8Array(1), null] }, 'input.1'],
    ['an address without a hash', { ...task(), input: { source: 'http', uri: 'https://a.example/b' } }, 'input.hash'],
    ['an id that is none', { ...task(), taskId: 'mine' }, 'taskId'],
  ])('names what is wrong: %s', async (_name, wrong, path) => {
    const refusal = { code: 'DESCRIPTOR_INVALID', details: { path } }
    await expect(connect().submit(wrong as TaskInput)).rejects.toMatchObject(refusal)
    await expect(connect().quote([task(), wrong as TaskInput])).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining('task 1: '),
      details: { path, task_index: 1 },
    })
    expect(server.state.requests).toEqual([])
  })

  it('prices tasks without submitting them', async () => {
    const quote = await connect().quote([task(), task(5, { validation: 'majority' })])
    expect(quote).toMatchObject({ reservedNano: RESERVED_NANO + 79_300_000n, tariffNano: 100_000n })
    expect(server.state.submissions).toEqual([])
    await expect(connect().quote([task(), task(5, { validation: 'ai_check' })])).rejects.toMatchObject({
      code: 'FEATURE_NOT_OFFERED',
      details: { task_index: 1 },
    })
  })
})

describe('wait', () => {
  it('shows every status once and ends at the wanted one', async () => {
    const client = connect()
    const { taskId } = await client.submit(task())
    const seen: string[] = []
    const waiting = client.wait([taskId], {
      until: 'accepted',
      onUpdate: ({ status }) => {
        seen.push(status)
        const next = { queued: 'delivered', delivered: 'accepted' } as const
        if (status === 'queued' || status === 'delivered') setImmediate(() => server.setStatus(taskId, next[status]))
      },
    })
    const [view] = await waiting
    expect(view?.status).toBe('accepted')
    expect(seen).toEqual(['queued', 'delivered', 'accepted'])
  })

  it('returns failed tasks in their place', async () => {
    const client = connect()
    const ids = (await client.submit([task(), task(), task()])).map(({ taskId }) => taskId)
    ids.forEach((taskId, index) => server.setStatus(taskId, index === 1 ? 'failed' : 'paid'))
    const views = await client.wait(ids, { until: 'paid' })
    expect(views.map(({ status }) => status)).toEqual(['paid', 'failed', 'paid'])
  })

  it('follows more tasks than one poll takes', async () => {
    const client = connect()
    const ids = (await client.submit(Array.from({ length: 1100 }, () => task()))).map(({ taskId }) => taskId)
    for (const taskId of ids) server.setStatus(taskId, 'delivered')
    expect(await client.wait(ids)).toHaveLength(1100)
  })

  it('gives up in time, naming what is missing, and stops when told', async () => {
    const client = connect()
    const { taskId } = await client.submit(task())
    await expect(client.wait([taskId], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'TASK_WAIT_TIMEOUT',
      details: { task_ids: [taskId] },
    })
    const controller = new AbortController()
    const waiting = client.wait([taskId], {
      signal: controller.signal,
      onUpdate: () => controller.abort(new Error('enough')),
    })
    await expect(waiting).rejects.toThrow('enough')
  })
})

describe('a wrong call', () => {
  const wrong = (value: unknown) => value as never

  it.each<[string, (client: ReturnType<typeof connect>) => Promise<unknown>, string]>([
    ['wait for an unknown stage', (client) => client.wait(['a'], wrong({ until: 'done' })), 'options.until'],
    ['wait with an unknown option', (client) => client.wait(['a'], wrong({ timeout: 5 })), 'options.timeout'],
    ['wait for no list', (client) => client.wait(wrong('a')), 'taskIds'],
    ['get without an id', (client) => client.get(wrong(undefined)), ''],
    ['list with an unknown filter', (client) => client.list(wrong({ state: 'paid' })), 'state'],
    ['epochs with an unknown filter', (client) => client.epochs(wrong({ since: 3 })), 'since'],
    ['submit with an unknown option', (client) => client.submit(task(), wrong({ timeoutMs: 5 })), 'timeoutMs'],
    ['cancel with a wrong signal', (client) => client.cancel('a', wrong({ signal: true })), 'signal'],
    ['quote of no list', (client) => client.quote(wrong(task())), ''],
  ])('says what is wrong: %s', async (_name, call, path) => {
    await expect(call(connect())).rejects.toMatchObject({ code: 'USAGE_INVALID', details: { path } })
    expect(server.state.requests).toEqual([])
  })

  it.each<[string, object, string]>([
    ['no network', { network: undefined }, 'network'],
    ['a network without vault', { network: { network: -3 } }, 'network.vault'],
    ['a requester in another spelling', { requester: 'EQ' }, 'requester'],
    ['a seed for a key', { sessionKey: 'ab' }, 'sessionKey'],
    ['no attempts', { retry: { attempts: 0, baseDelayMs: 1 } }, 'retry.attempts'],
    ['an unknown option', { sesionKey: 1 }, 'sesionKey'],
  ])('makes no client: %s', (_name, options, path) => {
    const refusal = expect.objectContaining({ code: 'CONFIG_INVALID', details: expect.objectContaining({ path }) })
    expect(() => connect(options)).toThrow(refusal)
  })

  it('makes no client, reader or token of nothing', async () => {
    expect(() => createClient(wrong({}))).toThrow(code('CONFIG_INVALID'))
    expect(() => createClient(wrong(undefined))).toThrow(code('CONFIG_INVALID'))
    expect(() => createReader(wrong({}))).toThrow(code('CONFIG_INVALID'))
    await expect(requestReadToken(wrong(undefined))).rejects.toEqual(code('CONFIG_INVALID'))
  })
})

describe('the coordinator', () => {
  it('must be reached over https, or on this machine', () => {
    expect(() => connect({ coordinator: 'http://coordinator.example' })).toThrow(code('CONFIG_INVALID'))
    expect(() => connect({ coordinator: 'https://coordinator.example/path' })).toThrow(code('CONFIG_INVALID'))
    expect(() => connect({ coordinator: 'coordinator.example' })).toThrow(code('CONFIG_INVALID'))
    expect(() => connect({ coordinator: 'http://localhost:1' })).not.toThrow()
    expect(() => connect({ coordinator: 'https://coordinator.example' })).not.toThrow()
  })

  it('is unreachable by name when nobody answers', async () => {
    await server.stop()
    await expect(connect().parameters()).rejects.toMatchObject({
      code: 'COORDINATOR_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    server = await startApiServer()
  })

  it('must have signed its parameters', async () => {
    expect((await connect().parameters()).coordinator_key).toBe(server.network.coordinator_key)
    server.state.parametersKey = createSigner(randomHex(32))
    await expect(connect().parameters()).rejects.toEqual(code('SIGNATURE_INVALID'))
  })

  it('cannot have a sum authorised for another escrow', async () => {
    const client = connect({ escrow: `0:${'9'.repeat(64)}` })
    await expect(client.submit(task())).rejects.toEqual(code('PEER_ERROR'))
    expect(server.state.bodies).toEqual([])
  })

  it('has its errors revived with the id of the request', async () => {
    await expect(connect().get(crypto.randomUUID())).rejects.toMatchObject({
      code: 'TASK_UNKNOWN',
      details: { request_id: 'request-1' },
    })
    await expect(connect({ sessionKey: createSigner(randomHex(32)) }).list()).rejects.toEqual(code('AUTH_REQUIRED'))
  })

  it('reads epochs page by page, without a signature', async () => {
    const client = connect()
    expect(await client.epochs({ before: 9, limit: 1 })).toEqual([server.state.epoch])
    expect(await client.epochs()).toEqual([server.state.epoch])
    expect(server.state.requests).toEqual(['GET /api/v1/epochs?before=9&limit=1', 'GET /api/v1/epochs'])
    server.state.epoch = { ...server.state.epoch, rewards_nano: '-1' }
    await expect(client.epochs()).rejects.toMatchObject({ code: 'PEER_ERROR' })
  })

  it('lists and cancels tasks', async () => {
    const client = connect()
    const { taskId } = await client.submit(task())
    expect(await client.list({ limit: 5 })).toMatchObject([{ task_id: taskId }])
    expect(await client.cancel(taskId)).toMatchObject({ task_id: taskId, status: 'cancelled' })
  })
})
