import { GstdError } from '@gstd/sdk'
import { describe, expect, it } from 'vitest'
import { createProbe, type ProbeOptions } from './createProbe.ts'

const silence = 'CHAIN_UNAVAILABLE'
const probe = (ask: ProbeOptions['ask'], changes: Partial<ProbeOptions> = {}) =>
  createProbe({ ask, silence, timeoutMs: 10_000, freshMs: 0, clock: () => 0, ...changes })

describe('a probe', () => {
  it('asks once for all who look at the same time', async () => {
    let asked = 0
    const look = probe(async () => {
      asked += 1
    })
    expect(await Promise.all([look(), look(), look()])).toEqual([{ ok: true }, { ok: true }, { ok: true }])
    expect(asked).toBe(1)
    await look()
    expect(asked).toBe(2)
  })

  it('trusts a good answer for its time, and a bad one never', async () => {
    let nowMs = 0
    let asked = 0
    let isThere = false
    const ask = async () => {
      asked += 1
      if (!isThere) throw new GstdError('CHAIN_UNAVAILABLE', 'a message with a secret address')
    }
    const look = probe(ask, { freshMs: 100, clock: () => nowMs })
    const bad = await look()
    expect(bad).toMatchObject({ ok: false, code: 'CHAIN_UNAVAILABLE' })
    expect(JSON.stringify(bad)).not.toContain('secret')
    isThere = true
    expect(await look()).toEqual({ ok: true })
    isThere = false
    nowMs = 100
    expect(await look()).toEqual({ ok: true })
    nowMs = 101
    expect(await look()).toMatchObject({ ok: false })
    expect(asked).toBe(3)
  })

  it('takes silence for a failure, and what is said late for the next look', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = probe(() => promise, { timeoutMs: 5, freshMs: 100 })
    expect(await look()).toMatchObject({ ok: false, code: 'CHAIN_UNAVAILABLE' })
    resolve()
    await expect.poll(look).toEqual({ ok: true })
  })
})
