import { rm } from 'node:fs/promises'
import type { LogEntry } from '@gstd/sdk'
import { describe, expect, it } from 'vitest'
import { isStalled, useAuditors } from '../coordinatorForTests/useAuditors.ts'
import { fullHistory } from '../historyForTests/fullHistory.ts'

const { audit, serve, stateDir } = useAuditors()

describe('a log that is not what it was', () => {
  const started = async () => {
    const history = await fullHistory()
    const server = await serve(history)
    server.state.shown = 20
    return { history, server, ...(await audit(server)) }
  }
  const alter = (entry: LogEntry): LogEntry => ({ ...entry, at: entry.at + 1 })

  it('with another last entry is signed no further', async () => {
    const { server, until, history } = await started()
    const last = history.entries[19] as LogEntry
    history.entries[19] = alter(last)
    server.state.shown = 30
    await until(isStalled('AUDITOR_REFUSED', /entry 19 has changed/))
    expect(server.state.heads).toHaveLength(1)
    history.entries[19] = last
    await until(({ type }) => type === 'resumed')
  })

  it('with other earlier entries is told by the coordinator’s own root', async () => {
    const { server, until, history } = await started()
    history.entries[4] = alter(history.entries[4] as LogEntry)
    server.state.shown = 30
    await until(isStalled('AUDITOR_REFUSED', /another log than the one it served: a fork/))
    expect(server.state.heads).toHaveLength(1)
  })

  it('that became shorter is signed no further', async () => {
    const { server, until } = await started()
    server.state.shown = 10
    await until(isStalled('AUDITOR_REFUSED', /it has 10 entries, it had 20/))
  })

  it.each([
    ['with a gap', '{"size":40,"entries":[GAP]}', 'DOCUMENT_MALFORMED', /entry 25 where 19 is due/],
    ['without its entries', '{"size":40,"entries":[]}', 'DOCUMENT_MALFORMED', /serves no entry 19/],
    ['of another shape', '{"size":40}', 'PEER_ERROR', /entries/],
    [
      'with an entry of no known kind',
      '{"size":40,"entries":[{"index":19,"at":1,"kind":"gift","body":{}}]}',
      'DOCUMENT_MALFORMED',
      /log entry 19/,
    ],
    ['that is no JSON', '<html>', 'PEER_ERROR', /not JSON/],
  ])('%s stops every signature, and the auditor goes on', async (_what, text, code, words) => {
    const { server, until, history, auditor } = await started()
    const body = text.replace('GAP', JSON.stringify(history.entries[25]))
    server.state.disturb = (path) => (path.startsWith('/api/v1/log?') ? { status: 200, body } : undefined)
    await until(isStalled(code, words))
    expect(server.state.heads).toHaveLength(1)
    server.state.disturb = undefined
    server.state.shown = history.entries.length
    await until((event) => event.type === 'head' && event.size === history.entries.length)
    expect(auditor.size).toBe(history.entries.length)
  })

  it('is found out after a restart: it must contain the head that was signed', async () => {
    const { server, history, auditor } = await started()
    await auditor.stop()
    server.state.heads = []
    const kept = history.entries[4] as LogEntry
    history.entries[4] = alter(kept)
    server.state.shown = history.entries.length
    const second = await audit(server)
    await second.until(isStalled('AUDITOR_REFUSED', /does not contain the head that this auditor signed/))
    expect(server.state.heads).toEqual([])
    history.entries[4] = kept
    await second.until((event) => event.type === 'head' && event.size === history.entries.length)
  })

  it('is found out after a restart by the coordinator’s copy of the head, when the record is lost', async () => {
    const { server, history, auditor } = await started()
    await auditor.stop()
    await rm(stateDir(), { recursive: true })
    history.entries[4] = alter(history.entries[4] as LogEntry)
    const second = await audit(server)
    await second.until(isStalled('AUDITOR_REFUSED', /does not contain the head that this auditor signed/))
  })

  it('is found out after a restart when it has become shorter', async () => {
    const { server, auditor } = await started()
    await auditor.stop()
    server.state.shown = 10
    const second = await audit(server)
    await second.until(isStalled('AUDITOR_REFUSED', /shorter than the head/))
    expect(server.state.heads).toHaveLength(1)
  })
})
