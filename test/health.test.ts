import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'
import { type Parties, startParties } from './support/startParties.ts'
import { startUnreliableChain, type UnreliableChain } from './support/startUnreliableChain.ts'
import { until } from './support/until.ts'

let chain: UnreliableChain
let net: TestNetwork
let parties: Parties
beforeAll(async () => {
  net = await openNetwork(pino({ level: 'silent' }), {}, async (endpoint) => {
    chain = await startUnreliableChain(endpoint)
    return chain.endpoint
  })
  parties = await startParties(net, 0)
})
afterAll(async () => {
  await parties.stop()
  await net.close()
  await chain.stop()
})

const ask = async (path: string) => {
  const response = await fetch(net.network.coordinator + path)
  return { status: response.status, retryAfter: response.headers.get('retry-after'), answer: await response.json() }
}

const ok = { ok: true }
const ready = { status: 'ready', checks: { database: ok, auditor: ok, chain: ok, intake: ok } }
const failing = (check: string, code: string) => ({
  status: 503,
  retryAfter: '5',
  answer: {
    status: 'not_ready',
    checks: { ...ready.checks, [check]: { ok: false, code, message: expect.any(String) } },
  },
})

it('says that it is not ready while the chain is gone, and lives', async () => {
  chain.behave('gone')
  expect(await ask('/readyz')).toEqual(failing('chain', 'CHAIN_UNAVAILABLE'))
  expect(await ask('/healthz')).toEqual({ status: 200, retryAfter: null, answer: { status: 'ok' } })
  chain.behave('reliable')
  await until('readiness', async () => (await ask('/readyz')).status === 200)
  expect((await ask('/readyz')).answer).toEqual(ready)
})

it('says that it is not ready until the auditor has confirmed the log', async () => {
  const headOf = async () => (await ask('/api/v1/log/head')).answer.head
  const { auditor } = await parties.startAuditor()
  await until('a head', async () => (await headOf()) !== null)
  await auditor.stop()
  await net.stopCoordinator()
  await net.startCoordinator()
  expect(await ask('/readyz')).toEqual(failing('auditor', 'AUDITOR_AWAITED'))
  await parties.startAuditor()
  await until('readiness', async () => (await ask('/readyz')).status === 200)
})
