import { readFileSync } from 'node:fs'
import { createClient } from '@gstd/sdk'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { fundRequesters } from './support/fundRequesters.ts'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'
import { type Parties, picture, startParties } from './support/startParties.ts'

const described = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        responses: z.record(
          z.string(),
          z.object({ content: z.record(z.string(), z.object({ schema: z.unknown().optional() })) }),
        ),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
})

const EXPECTED = [
  'post /api/v1/tasks 207',
  'post /api/v1/tasks/wait 200',
  'get /api/v1/tasks/{task_id} 200',
  'get /api/v1/tasks/{task_id}/receipt 200',
  'get /api/v1/tasks/{task_id}/receipt 401',
  'get /api/v1/tasks 200',
  'get /api/v1/escrows/{requester} 200',
  'get /api/v1/epochs 200',
  'delete /api/v1/tasks/{task_id} 409',
  'get /api/v1/log 400',
  'get /api/v1/log 200',
]

let net: TestNetwork
let parties: Parties
let description: z.output<typeof described>
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
beforeAll(async () => {
  net = await openNetwork(pino({ level: 'silent' }), { epoch_ms: 300 })
  parties = await startParties(net, 2)
  await parties.startAuditor()
  description = described.parse(await (await fetch(`${net.network.coordinator}/openapi.json`)).json())
  ajv.addSchema(description, 'api')
})
afterAll(async () => {
  await parties.stop()
  await net.close()
})

const pointer = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1').replace(/[{}]/g, encodeURI)

const validatorOf = (method: string, path: string, status: number, type: string): ValidateFunction => {
  const key = [String(status), 'default'].find((candidate) => description.paths[path]?.[method]?.responses[candidate])
  const at = ['paths', path, method, 'responses', key ?? '', 'content', type, 'schema'].map(pointer).join('/')
  const found = ajv.getSchema(`api#/${at}`)
  if (found === undefined) throw new Error(`${method} ${path} does not describe ${status} ${type}`)
  return found
}

/** Routes that were asked, and the statuses of their answers. */
const seen = new Set<string>()

const templateOf = (path: string): string => {
  const { pathname } = new URL(path, 'http://x')
  const fits = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname)
  const [best] = Object.keys(description.paths)
    .filter(fits)
    .toSorted((a, b) => a.split('{').length - b.split('{').length)
  if (best === undefined) throw new Error(`${path} is not described`)
  return best
}

/** Sends what a client sends, and holds each answer against the description. */
const checkedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  const address = new URL(input instanceof Request ? input.url : input)
  const path = templateOf(address.pathname)
  const method = (init?.method ?? 'GET').toLowerCase()
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';')
  const text = await response.clone().text()
  const isValid = validatorOf(method, path, response.status, type)
  const answer: unknown = type === 'application/json' ? JSON.parse(text) : text
  const errors = isValid(answer) ? [] : (isValid.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
  expect({ path, status: response.status, errors }).toEqual({ path, status: response.status, errors: [] })
  seen.add(`${method} ${path} ${response.status}`)
  return response
}

it('has the routes of docs/protocol.md, which are those of the server', () => {
  const protocol = readFileSync(new URL('../docs/protocol.md', import.meta.url), 'utf8')
  const [api = ''] = protocol.split('\n## HTTP API\n')[1]?.split('\n## ') ?? []
  const rows = [...api.matchAll(/^\| `([A-Z]+) ([^`]+)` \|/gm)].map(([, method = '', path = '']) => `${method} ${path}`)
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  expect([...operations, 'GET /api/v1/device'].toSorted()).toEqual(rows.toSorted())
})

it('describes the answers that a network really gives', async () => {
  const { network } = net
  const { owner } = await fundRequesters(net, { owner: {} })
  const { address: requester, sessionKey } = owner
  const client = createClient({ network, requester, sessionKey, fetch: checkedFetch })
  const url = (path: string) => network.coordinator + path

  const task = { operation: 'image-moderation', model: 'nsfw-mobilenet-v2', rewardTon: '0.001' }
  const [paid] = await client.submit([
    { ...task, input: picture(1) },
    { ...task, input: picture(2), rewardTon: '1000' },
  ])
  const taskId = paid?.taskId ?? ''
  await client.wait([taskId], { until: 'paid' })
  await client.get(taskId)
  await client.list()
  await client.receipt(taskId)
  await client.escrow()
  await client.parameters()
  await client.epochs()
  await expect(client.cancel(taskId)).rejects.toMatchObject({ code: 'TASK_NOT_CANCELLABLE' })
  for (const path of [
    '/healthz',
    '/readyz',
    '/metrics',
    '/openapi.json',
    '/api/v1/log?limit=1000',
    '/api/v1/log/head',
  ]) {
    await checkedFetch(url(path))
  }
  for (const path of ['/api/v1/log?from=x', '/api/v1/tasks', '/api/v1/tasks/x', `/api/v1/tasks/${taskId}/receipt`]) {
    await checkedFetch(url(path))
  }
  await checkedFetch(url('/api/v1/auth/challenge'), { method: 'POST' })
  expect([...seen].toSorted()).toEqual(expect.arrayContaining(EXPECTED))
})
