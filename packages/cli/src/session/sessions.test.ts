import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RequesterEscrow } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openChain } from '../chain/openChain.ts'
import { type Bench, openBench } from '../escrow/openBench.testing.ts'

const DAY_SEC = 86_400
const session = (wallet: string) => join(bench.stateDir, 'sessions', `${wallet}.json`)

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

const withWallet = async (name: string): Promise<string> => {
  const { data } = await bench.gstd(['wallet', 'create', '--fund', '--name', name])
  return String(data['address'])
}

const escrowOf = async (owner: string) => {
  const parties = { owner: Address.parseRaw(owner), vault: Address.parseRaw(bench.network.vault) }
  const state = await openChain(bench.network, {}).client.open(RequesterEscrow.createFromOwner(parties)).getState()
  if (state === undefined) throw new Error('there is no escrow')
  return state
}
const onDisk = async (wallet: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(session(wallet), 'utf8'))

describe('gstd session', () => {
  it('sets a new key, prolongs it, and waits with the next until the old one cannot be charged any more', async () => {
    const owner = await withWallet('a')
    const none = await bench.gstd(['session', 'create', '--wallet', 'a'])
    expect(none).toMatchObject({ code: 2, data: { error: { code: 'ESCROW_UNKNOWN' } } })
    await bench.gstd(['escrow', 'deposit', '2', '--wallet', 'a', '--session-expires', '1d'])
    const first = await onDisk('a')

    const created = await bench.gstd(['session', 'create', '--wallet', 'a', '--cap', '0.5', '--expires', '1d'])
    expect(created.code).toBe(0)
    const second = await onDisk('a')
    expect(second['public_key']).not.toBe(first['public_key'])
    const state = await escrowOf(owner)
    expect(state.session).toMatchObject({ key: second['public_key'], capNano: 500_000_000n })
    expect(state.previousSession.key).toBe(first['public_key'])

    const refused = await bench.gstd(['session', 'create', '--wallet', 'a'])
    expect(refused).toMatchObject({
      code: 6,
      data: {
        error: {
          code: 'CONTRACT_REFUSED',
          details: {
            refusal: 'SESSION_STILL_CHARGEABLE',
            until_sec: Number(first['expires_at_sec']) + 3 * DAY_SEC,
          },
        },
      },
    })
    expect((await onDisk('a'))['public_key']).toBe(second['public_key'])

    const raised = await bench.gstd(['session', 'create', '--wallet', 'a', '--same-key', '--cap', '1.5'])
    expect(raised.code).toBe(0)
    expect((await escrowOf(owner)).session).toMatchObject({ key: second['public_key'], capNano: 1_500_000_000n })
    expect(await onDisk('a')).toMatchObject({ public_key: second['public_key'], cap_nano: '1500000000' })

    await bench.devnet.advance(4 * DAY_SEC + 60)
    expect((await bench.gstd(['session', 'create', '--wallet', 'a'])).code).toBe(0)
    expect((await escrowOf(owner)).previousSession.key).toBe(second['public_key'])
  })

  it('revokes: another key with no power, which a deposit gives power to', async () => {
    const owner = await withWallet('b')
    await bench.gstd(['escrow', 'deposit', '1', '--wallet', 'b'])
    const { public_key: before, expires_at_sec: expiresAtSec } = await onDisk('b')
    const revoked = await bench.gstd(['session', 'revoke', '--wallet', 'b'])
    expect(revoked).toMatchObject({
      code: 0,
      data: {
        revoked: before,
        chargeable_nano: '1000000000',
        chargeable_until_sec: Number(expiresAtSec) + 3 * DAY_SEC,
      },
    })
    const { public_key: inert } = await onDisk('b')
    expect((await escrowOf(owner)).session).toMatchObject({ key: inert, capNano: 0n })
    const again = await bench.gstd(['session', 'revoke', '--wallet', 'b'])
    expect(again.data).toMatchObject({
      error: {
        details: { refusal: 'SESSION_STILL_CHARGEABLE', until_sec: Number(expiresAtSec) + 3 * DAY_SEC },
        hint: expect.stringContaining('gstd escrow close'),
      },
    })
    expect(JSON.stringify(again.data)).not.toContain('--same-key')
    await bench.gstd(['escrow', 'deposit', '1', '--wallet', 'b'])
    expect((await escrowOf(owner)).session).toMatchObject({ key: inert, capNano: 2_000_000_000n })
  })

  it('sends no deposit while no usable key can be set with it, and none with lower limits than those in force', async () => {
    const owner = await withWallet('e')
    await bench.gstd(['escrow', 'deposit', '1', '--wallet', 'e', '--session-expires', '2d'])
    for (const [words, flag] of [
      [['escrow', 'deposit', '1', '--cap', '0.5'], '--cap'],
      [['escrow', 'deposit', '1', '--session-expires', '1d'], '--session-expires'],
      [['session', 'create', '--same-key', '--cap', '0.5'], '--cap'],
      [['session', 'create', '--same-key', '--expires', '1d'], '--expires'],
    ] as const) {
      const { code, data } = await bench.gstd([...words, '--wallet', 'e'])
      expect({ code, data }).toMatchObject({
        code: 2,
        data: { error: { code: 'USAGE_INVALID', details: { option: flag } } },
      })
      expect(JSON.stringify(data)).toMatch(/already, and a key’s limits can only be raised/)
    }
    await bench.gstd(['session', 'create', '--wallet', 'e', '--cap', '0.5'])
    const key = await readFile(session('e'), 'utf8')
    await rm(session('e'))
    const balance = () => openChain(bench.network, {}).balance(owner)
    const before = await balance()
    const lost = await bench.gstd(['escrow', 'deposit', '1', '--wallet', 'e'])
    expect(lost).toMatchObject({
      code: 6,
      data: {
        error: {
          details: { refusal: 'SESSION_STILL_CHARGEABLE' },
          hint: expect.stringContaining(session('e')),
        },
      },
    })
    expect(await balance()).toBe(before)
    expect((await escrowOf(owner)).balanceNano).toBe(1_000_000_000n)
    await writeFile(session('e'), key, { mode: 0o600 })
    expect((await bench.gstd(['escrow', 'deposit', '1', '--wallet', 'e'])).code).toBe(0)
  })

  it('takes up a key that a killed command had sent already', async () => {
    await withWallet('c')
    await bench.gstd(['escrow', 'deposit', '1', '--wallet', 'c'])
    const old = await readFile(session('c'), 'utf8')
    await bench.gstd(['session', 'create', '--wallet', 'c'])
    const made = await readFile(session('c'), 'utf8')
    await writeFile(join(bench.stateDir, 'sessions', 'c.next.json'), made, { mode: 0o600 })
    await writeFile(session('c'), old)
    const { code } = await bench.gstd(['escrow', 'deposit', '1', '--wallet', 'c'])
    expect(code).toBe(0)
    expect((await onDisk('c'))['public_key']).toBe(JSON.parse(made).public_key)
  })
})

describe('gstd escrow close', () => {
  it('announces, keeps the date, and pays back what is left', async () => {
    const owner = await withWallet('d')
    await bench.gstd(['escrow', 'deposit', '3', '--wallet', 'd'])
    const announced = await bench.gstd(['escrow', 'close', '--wallet', 'd'])
    expect(announced).toMatchObject({ code: 0, data: { step: 'announced', balance_nano: '3000000000' } })
    const { closeAtSec } = await escrowOf(owner)
    expect(announced.data['close_at_sec']).toBe(closeAtSec)
    expect(closeAtSec - bench.devnet.nowSec()).toBeGreaterThan(3 * DAY_SEC - 120)
    for (const words of [
      ['escrow', 'close'],
      ['session', 'create'],
      ['escrow', 'deposit', '1'],
    ]) {
      const early = await bench.gstd([...words, '--wallet', 'd'])
      expect(early).toMatchObject({
        code: 2,
        data: { error: { code: 'ESCROW_CLOSING', message: expect.stringContaining('UTC'), hint: expect.any(String) } },
      })
    }
    const before = await openChain(bench.network, {}).balance(owner)
    const waiting = bench.gstd(['escrow', 'close', '--wait', '--wallet', 'd'])
    await bench.devnet.advance(3 * DAY_SEC)
    expect(await waiting).toMatchObject({ code: 0, data: { step: 'closed', returned_nano: '3000000000', to: owner } })
    const balance = async () => openChain(bench.network, {}).balance(owner)
    await expect.poll(balance, { timeout: 20_000 }).toBeGreaterThan(before + 2_900_000_000n)
    expect(await escrowOf(owner)).toMatchObject({ balanceNano: 0n, closeAtSec: 0 })
  })
})
