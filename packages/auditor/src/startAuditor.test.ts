import { type LogEntry, logEntryHash, toHex } from '@gstd/sdk'
import { describe, expect, it } from 'vitest'
import { chainOf, isStalled, useAuditors } from './coordinatorForTests/useAuditors.ts'
import { vaultState } from './historyForTests/chainStates.ts'
import { createHistory } from './historyForTests/createHistory.ts'
import { entryOf, type FullHistory, fullHistory } from './historyForTests/fullHistory.ts'
import { origin } from './historyForTests/parties.ts'
import type { SettlementChain } from './sign/createCosigner.ts'

const { audit, serve } = useAuditors()

describe('an auditor that follows an honest log', () => {
  it('signs its head, and refuses nothing', async () => {
    const history = await fullHistory()
    const server = await serve(history)
    const { auditor, events } = await audit(server)
    expect(auditor.size).toBe(history.entries.length)
    expect(server.state.heads.at(-1)?.head).toMatchObject({ size: history.tree.size, root: toHex(history.tree.root()) })
    expect(server.state.refusals).toEqual([])
    expect(events.map(({ type }) => type)).toEqual(['head'])
  })

  it('signs further heads as entries arrive, and none while nothing does', async () => {
    const history = await fullHistory()
    const server = await serve(history)
    server.state.shown = 3
    const { auditor, until } = await audit(server)
    expect(auditor.size).toBe(3)
    const before = server.state.requests.length
    await server.until(() => server.state.requests.length > before + 3)
    expect(server.state.heads).toHaveLength(1)
    server.state.shown = 20
    await until((event) => event.type === 'head' && event.size === 20)
    expect(server.state.heads.map(({ head }) => head.size)).toEqual([3, 20])
  })

  it('reads a log that does not fit into one page', async () => {
    const history = await createHistory()
    for (let index = 0; index < 210; index++) await history.task({ name: `task ${index}` })
    const server = await serve(history)
    const { auditor } = await audit(server)
    expect(auditor.size).toBe(211)
    expect(server.state.heads.at(-1)?.head.size).toBe(211)
    expect(server.state.requests.filter((request) => request.startsWith('GET /api/v1/log?'))).toHaveLength(2)
  })

  it('follows its coordinator to another address, and stays where nobody knows one', async () => {
    const history = await fullHistory()
    const server = await serve(history)
    const real = server.network.coordinator
    const answers = [
      () => Promise.reject(new Error('no file')),
      () => Promise.resolve('nowhere'),
      () => Promise.resolve(real),
    ]
    const { auditor, until } = await audit(server, {
      coordinatorUrl: 'http://127.0.0.1:9',
      findCoordinator: () => (answers.length > 1 ? answers.shift() : answers[0])?.() ?? Promise.resolve(undefined),
    })
    await until(({ type }) => type === 'head')
    await until(isStalled('COORDINATOR_UNREACHABLE', /127\.0\.0\.1:9/))
    await until((event) => event.type === 'moved' && event.coordinator === auditor.coordinator)
    expect(answers).toHaveLength(1)
    expect(auditor.coordinator).toBe(new URL(real).origin)
    expect(auditor.size).toBe(history.entries.length)
  })

  it('starts before its coordinator does', async () => {
    const history = await fullHistory()
    const server = await serve(history)
    server.state.disturb = () => ({ status: 503, body: '{"code":"SHUTTING_DOWN","message":"draining"}' })
    const { auditor, until } = await audit(server)
    expect(auditor.size).toBe(0)
    await until(isStalled('SHUTTING_DOWN', /draining/))
    server.state.disturb = undefined
    await until(({ type }) => type === 'resumed')
    expect(auditor.size).toBe(history.entries.length)
  })
})

describe('an entry that does not hold', () => {
  const forged = async (): Promise<{ history: FullHistory; verdict: LogEntry }> => {
    const history = await fullHistory()
    const { index, ...entry } = entryOf(history.entries, 'verdict')
    const verdict: LogEntry = { ...entry, index, body: { ...entry.body, charged_nano: '1' } }
    history.entries.length = index
    history.entries.push(verdict)
    return { history, verdict }
  }

  it('is refused by its hash before a head covers it', async () => {
    const { history, verdict } = await forged()
    const server = await serve(history)
    server.state.shown = verdict.index
    const { until } = await audit(server)
    server.state.shown = verdict.index + 1
    await until(({ type }) => type === 'refused')
    const hash = toHex(logEntryHash(verdict, origin))
    expect(server.state.refusals).toEqual([
      { hash, reason: expect.stringMatching(/^VERDICT_INVALID: .*charged_nano/), headSize: verdict.index },
    ])
    await until((event) => event.type === 'head' && event.size > verdict.index)
  })

  it('is under no head while the coordinator does not take the refusal', async () => {
    const { history, verdict } = await forged()
    const server = await serve(history)
    server.state.disturb = (path) =>
      path.endsWith('/refusals') ? { status: 500, body: '{"code":"INTERNAL_ERROR","message":"busy"}' } : undefined
    const { until } = await audit(server)
    await until(isStalled('INTERNAL_ERROR', /busy/))
    expect(server.state.heads).toEqual([])
    server.state.disturb = undefined
    await until((event) => event.type === 'head' && event.size > verdict.index)
    expect(server.state.refusals).toHaveLength(1)
  })

  it('is not refused again after a restart', async () => {
    const { history, verdict } = await forged()
    const server = await serve(history)
    const first = await audit(server)
    await first.until((event) => event.type === 'head' && event.size > verdict.index + 1)
    await first.auditor.stop()
    await audit(server)
    expect(server.state.refusals).toHaveLength(1)
  })
})

describe('evidence', () => {
  const known = async () => {
    const history = await fullHistory()
    const { index } = entryOf(history.entries, 'verdict', 2)
    history.entries.length = index + 1
    return { history, index }
  }

  it('is asked for with the auditor’s signature; a verdict without it is refused', async () => {
    const { history, index } = await known()
    const server = await serve(history)
    server.state.withholdsEvidence = true
    await audit(server)
    expect(server.state.refusals).toEqual([expect.objectContaining({ reason: expect.stringMatching(/no evidence/) })])
    expect(server.state.requests).toContainEqual(expect.stringMatching(/^GET \/api\/v1\/auditor\/evidence\//))
    expect(index).toBeGreaterThan(0)
  })

  it('may be gone once a head covers the verdict', async () => {
    const { history } = await known()
    const server = await serve(history)
    const first = await audit(server)
    await first.auditor.stop()
    server.state.withholdsEvidence = true
    const { auditor } = await audit(server)
    expect(auditor.size).toBe(history.entries.length)
    expect(server.state.refusals).toEqual([])
  })
})

describe('an epoch said to be paid', () => {
  it('waits for the chain to show it, then its reputations pay', async () => {
    const history = await fullHistory()
    const server = await serve(history)
    let epoch = 0
    const chain: SettlementChain = { ...chainOf(), vault: () => Promise.resolve(vaultState({ epoch })) }
    const { until, auditor } = await audit(server, { chain })
    await until(isStalled('CHAIN_TIMEOUT', /does not show epoch 1 as paid/))
    expect(auditor.size).toBe(entryOf(history.entries, 'executed').index)
    epoch = 9
    await until((event) => event.type === 'head' && event.size === history.entries.length)
    expect(server.state.refusals).toEqual([])
  })

  it('is refused when the chain does not come to show it', async () => {
    const history = await fullHistory()
    const { index } = entryOf(history.entries, 'executed')
    history.entries.length = index + 1
    const server = await serve(history)
    let nowMs = Date.now()
    const { until } = await audit(server, { chain: chainOf({ epoch: 0 }), clock: () => nowMs })
    await until(isStalled('CHAIN_TIMEOUT', /epoch 1/))
    nowMs += 60_001
    await until(({ type }) => type === 'refused')
    expect(server.state.refusals).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(/has not paid the epoch/) }),
    ])
  })
})
