import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GstdError } from '@gstd/sdk'
import { chargeCellOf, GUARD_DELAY_SEC, guardCellOf } from '@gstd/sdk/contracts'
import { describe, expect, it } from 'vitest'
import { chainOf, hashOfCharge, useAuditors, withCharge } from '../coordinatorForTests/useAuditors.ts'
import { vaultState } from '../historyForTests/chainStates.ts'
import { createHistory } from '../historyForTests/createHistory.ts'
import { entryOf } from '../historyForTests/fullHistory.ts'
import { auditorSeed, coordinator, hashOf, network, origin } from '../historyForTests/parties.ts'
import { signCharge } from '../historyForTests/settlements.ts'
import { startAuditor } from '../startAuditor.ts'
import type { SettlementChain } from './createCosigner.ts'

const { audit, serve, stateDir } = useAuditors()

describe('a charge', () => {
  it('is co-signed once, on disk before the coordinator has it', async () => {
    const history = await withCharge()
    const server = await serve(history)
    const onDisk: string[] = []
    server.state.disturb = (path) => {
      if (path.endsWith('/cosignatures')) onDisk.push(readFileSync(join(stateDir(), 'signed.json'), 'utf8'))
      return undefined
    }
    const { until } = await audit(server, { chain: chainOf(), clock: history.now })
    await until(({ type }) => type === 'cosigned')
    const hash = hashOfCharge(history)
    expect(onDisk).toEqual([expect.stringContaining(hash)])
    expect(server.state.cosigned).toEqual([hash])
    await until((event) => event.type === 'head' && event.size === history.entries.length)
    expect(JSON.parse(await readFile(join(stateDir(), 'signed.json'), 'utf8'))).toMatchObject({
      cosigned: [],
      refused: [],
    })
  })

  it('is handed over again when the answer was lost', async () => {
    const history = await withCharge()
    const server = await serve(history)
    let lost = 0
    server.state.disturb = (path) =>
      path.endsWith('/cosignatures') && lost++ < 2
        ? { status: 500, body: '{"code":"INTERNAL_ERROR","message":"lost"}' }
        : undefined
    const { until } = await audit(server, { chain: chainOf(), clock: history.now })
    await until(({ type }) => type === 'cosigned')
    expect(server.state.cosigned).toEqual([hashOfCharge(history)])
  })

  it('waits while the chain does not answer, and is not refused for that', async () => {
    const history = await withCharge()
    const server = await serve(history)
    let answers = false
    const chain: SettlementChain = {
      ...chainOf(),
      vault: () =>
        answers ? Promise.resolve(vaultState()) : Promise.reject(new GstdError('CHAIN_UNAVAILABLE', 'no chain')),
    }
    const { until, events } = await audit(server, { chain, clock: history.now })
    await until((event) => event.type === 'waiting' && event.reason === 'CHAIN_UNAVAILABLE: no chain')
    answers = true
    await until(({ type }) => type === 'cosigned')
    expect(events.filter(({ type }) => type === 'refused')).toEqual([])
  })

  it('that the chain does not bear out is refused, after some patience', async () => {
    const history = await withCharge()
    const server = await serve(history)
    let nowMs = history.now()
    const { until } = await audit(server, { chain: chainOf({ epoch: 0 }, { chargedNano: 0n }), clock: () => nowMs })
    await until(({ type }) => type === 'cosigned')

    const other = await withCharge()
    const charge = entryOf(other.entries, 'charge')
    const body = await signCharge({ ...charge.body, epoch: 2 })
    other.entries[charge.index] = { ...charge, body }
    const second = await serve(other)
    const lying = await audit(second, { stateDir: join(stateDir(), 'second'), chain: chainOf(), clock: () => nowMs })
    await lying.until((event) => event.type === 'waiting' && /not the vault’s next/.test(event.reason))
    expect(second.state.refusals).toEqual([])
    nowMs += 60_001
    await lying.until(({ type }) => type === 'refused')
    const hash = chargeCellOf(body, origin).hash().toString('hex')
    expect(second.state.refusals).toEqual([expect.objectContaining({ hash, reason: expect.stringMatching(/epoch 2/) })])
    expect(second.state.cosigned).toEqual([])
  })
})

describe('the end of a freeze', () => {
  it('is co-signed once 7 days have passed, and waits until then', async () => {
    const history = await createHistory()
    const frozenAtSec = Math.floor(history.now() / 1000)
    const dueMs = (frozenAtSec + GUARD_DELAY_SEC) * 1000
    const body = { frozen_at_sec: frozenAtSec, valid_until_sec: frozenAtSec + GUARD_DELAY_SEC + 300 }
    const cell = guardCellOf({ kind: 'unfreeze', body }, origin)
    history.log('unfreeze', { ...body, coordinator_signature: await coordinator.sign(cell.hash()) })
    const server = await serve(history)
    let nowMs = dueMs - 30_000
    const { until } = await audit(server, {
      chain: chainOf({ epoch: 1, fundedFrom: 1, frozenAtSec }),
      clock: () => nowMs,
    })
    await until((event) => event.type === 'waiting' && /7 days have not passed/.test(event.reason))
    expect(server.state.cosigned).toEqual([])
    nowMs = dueMs
    await until((event) => event.type === 'cosigned' && event.of === 'unfreeze')
    expect(server.state.cosigned).toEqual([cell.hash().toString('hex')])
    await until((event) => event.type === 'head' && event.size === history.entries.length)
  })
})

describe('a restart', () => {
  it('does not co-sign anew what was co-signed and never logged, but hands it over', async () => {
    const history = await withCharge()
    const server = await serve(history, { logsAnswers: false })
    const first = await audit(server, { chain: chainOf(), clock: history.now })
    await first.until(({ type }) => type === 'cosigned')
    await first.auditor.stop()
    // A chain that would not bear the charge out any more: what was signed once is signed.
    const { until } = await audit(server, { chain: chainOf({ epoch: 3 }), clock: history.now })
    await until(({ type }) => type === 'cosigned')
    expect(server.state.cosigned).toEqual([hashOfCharge(history), hashOfCharge(history)])
  })

  it('knows what was co-signed, so that no second charge of the same sum is', async () => {
    const history = await withCharge()
    const server = await serve(history, { logsAnswers: false })
    const first = await audit(server, { chain: chainOf(), clock: history.now })
    await first.until(({ type }) => type === 'cosigned')
    await first.auditor.stop()
    history.pass(2_000)
    await history.charge(1, [...history.tasks.values()], 0n, 0)
    server.state.shown = history.entries.length
    const { until, events } = await audit(server, { chain: chainOf(), clock: history.now })
    await until((event) => event.type === 'waiting' && /may still land/.test(event.reason))
    expect(events.filter(({ type }) => type === 'cosigned')).toHaveLength(1)
  })

  it('refuses again, in the same words, what the coordinator has no refusal of', async () => {
    const history = await withCharge()
    const server = await serve(history, { logsAnswers: false })
    const chain = chainOf({ epoch: 1 })
    const first = await audit(server, { chain, clock: history.now })
    await first.until(({ type }) => type === 'refused')
    await first.auditor.stop()
    const { until } = await audit(server, { chain: chainOf(), clock: history.now })
    await until(({ type }) => type === 'refused')
    const [one, two] = server.state.refusals
    expect(two).toEqual(one)
    expect(one?.reason).toMatch(/committed already/)
    expect(server.state.cosigned).toEqual([])
  })

  it('lets one auditor at a time sign from a folder', async () => {
    const server = await serve(await createHistory())
    const first = await audit(server)
    await expect(audit(server)).rejects.toThrow(expect.objectContaining({ code: 'STATE_LOCKED' }))
    await first.auditor.stop()
    await audit(server)
  })

  it('keeps its record for one network, and refuses a broken one', async () => {
    const server = await serve(await createHistory())
    const options = { network: server.network, seed: auditorSeed, stateDir: stateDir() }
    await (await audit(server)).auditor.stop()
    await expect(startAuditor({ ...options, network: { ...network, vault: `0:${'99'.repeat(32)}` } })).rejects.toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    )
    await writeFile(join(stateDir(), 'signed.json'), '{"version":1,"head":')
    await expect(startAuditor(options)).rejects.toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }))
    await expect(startAuditor({ ...options, seed: hashOf('a stranger') })).rejects.toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    )
  })
})
