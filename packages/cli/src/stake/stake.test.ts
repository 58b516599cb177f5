import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSigner } from '@gstd/sdk'
import {
  attachNano,
  buildSlashBody,
  executeSlash,
  JettonMinter,
  JettonWallet,
  setDevice,
  slash,
  type slashReasons,
  vetoSlash,
} from '@gstd/sdk/contracts'
import { Address, type Cell, toNano } from '@ton/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Chain, openChain } from '../chain/openChain.ts'
import { readGstd } from '../chain/readGstd.ts'
import { requestFaucet } from '../chain/requestFaucet.ts'
import { type Bench, openBench } from '../escrow/openBench.testing.ts'
import { type OperatorKeys, openOrMakeOperatorKeys } from '../keys/operatorKeys.ts'
import { createKeyring } from '../keystore/createKeyring.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'
import { openWallet } from '../wallet/openWallet.ts'
import { deviceAccountOf } from './deviceAccountOf.ts'
import { followMessage, newQueryId } from './followMessage.ts'
import { readStake } from './readStake.ts'

const HOUR_SEC = 3600
const DAY_SEC = 24 * HOUR_SEC
const EVIDENCE = 'e1'.repeat(32)
const signal = AbortSignal.timeout(600_000)

let bench: Bench
let chain: Chain
let keys: OperatorKeys
const keyring = () =>
  createKeyring({
    stateDir: bench.stateDir,
    network: { name: 'devnet', network: bench.network.network },
    sources: { environment: undefined, file: undefined, terminal: undefined },
  })
beforeAll(async () => {
  bench = await openBench()
  chain = openChain(bench.network, {})
  keys = await openOrMakeOperatorKeys(keyring())
  for (const { address } of [keys.guardian, keys.operator]) {
    await requestFaucet(bench.network, address, toNano('10'), signal)
  }
})
afterAll(() => bench.close())

let name = ''
let owner = ''
let count = 0
/** A wallet of its own for each test. */
beforeEach(async () => {
  name = `owner-${++count}`
  const { data } = await bench.gstd(['wallet', 'create', '--fund', '--name', name])
  owner = String(data['address'])
})

const stake = (...words: string[]) => bench.gstd(['stake', ...words, '--wallet', name])
const gstd = () => readGstd(chain, bench.network.gstd_master, owner)
const account = () => deviceAccountOf(bench.network, owner).address
const refused = (code: string, details?: object) => ({
  code: 2,
  data: { error: { code, ...(details && { details }) } },
})
/** Sends a message for the account as one of the network's parties, and waits until all on the way have taken it. */
const send = async (wallet: TonWallet, to: Address[], valueNano: bigint, body: (queryId: bigint) => Cell) => {
  const queryId = newQueryId()
  await chain.send(wallet, [{ to: to[0] ?? account(), value: valueNano, body: body(queryId) }], signal)
  await followMessage(chain, { path: to, queryId, what: 'the message', signal })
}
const lock = async (amountNano: bigint, reason: keyof typeof slashReasons = 'malicious_behavior') => {
  const { network, vault } = bench.network
  const { state } = await readStake(chain, bench.network, owner)
  const body = buildSlashBody({
    network,
    vault: Address.parseRaw(vault),
    validUntilSec: (await chain.nowSec(owner)) + HOUR_SEC,
    account: account(),
    slashSeq: (state?.slashSeq ?? 0) + 1,
    amountNano,
    reason,
    evidenceHash: EVIDENCE,
  })
  const signed = {
    body,
    coordinatorSignature: await createSigner(keys.coordinator.seed).sign(body.hash()),
    auditorSignature: await createSigner(keys.auditor.seed).sign(body.hash()),
  }
  const path = [Address.parseRaw(vault), account()]
  await send(keys.operator, path, attachNano.forward, (queryId) => slash({ ...signed, queryId }))
}
const veto = (slashSeq: number) => {
  const path = [Address.parseRaw(bench.network.vault), account()]
  const body = (queryId: bigint) => vetoSlash({ account: account(), slashSeq, queryId })
  return send(keys.guardian, path, attachNano.forward, body)
}

describe('gstd stake deposit', () => {
  it('deploys the account, and adds to it; all GSTD that the account holds is stake', async () => {
    const first = await stake('deposit', '5')
    expect(first).toMatchObject({
      code: 0,
      data: { account: account().toRawString(), owner, stake_nano: '5000000000', is_new: true },
    })
    const second = await stake('deposit', '0.000000001')
    expect(second).toMatchObject({ code: 0, data: { stake_nano: '5000000001', is_new: false } })
    expect(await readGstd(chain, bench.network.gstd_master, account().toRawString())).toBe(5_000_000_001n)
    expect(await gstd()).toBe(toNano('95') - 1n)
    const shown = await stake('show')
    expect(shown.data).toMatchObject({ deployed: true, stake_nano: '5000000001', uncounted_nano: '0', slash: null })
  })

  it('takes 0.06 TON for the first deposit and its account’s rent, and little later', async () => {
    const before = await chain.balance(owner)
    const spent = async () => before - (await chain.balance(owner))
    await stake('deposit', '1')
    await expect.poll(spent, { timeout: 20_000 }).toBeLessThan(toNano('0.08'))
    const afterFirst = await spent()
    await stake('deposit', '1')
    await expect.poll(spent, { timeout: 20_000 }).toBeLessThan(afterFirst + toNano('0.01'))
  })

  it('sends nothing when GSTD or TON do not suffice', async () => {
    const next = { next: `gstd wallet create --fund --name ${name}` }
    const poor = await stake('deposit', '100.1')
    expect(poor).toMatchObject(refused('GSTD_INSUFFICIENT', { gstd_nano: '100000000000', ...next }))
    const wallet = await openWallet(keyring(), name)
    const all = (await chain.balance(owner)) - toNano('0.3')
    await chain.send(wallet, [{ to: keys.operator.contract.address, value: all, bounce: false }], signal)
    const held = await chain.balance(owner)
    expect(await stake('deposit', '1')).toMatchObject(
      refused('WALLET_INSUFFICIENT', { needed_nano: '400000000', ...next }),
    )
    expect(await chain.balance(owner)).toBe(held)
    expect(await chain.isDeployed(account().toRawString())).toBe(false)
  })

  it('goes on where it was ended after the account was opened', async () => {
    const wallet = await openWallet(keyring(), name)
    const contract = chain.client.open(deviceAccountOf(bench.network, owner))
    const sender = {
      address: wallet.contract.address,
      send: ({ to, value, body, init }: { to: Address; value: bigint; body?: Cell | null; init?: object | null }) =>
        chain.send(wallet, [{ to, value, ...(body && { body }), ...(init && { init }) }], signal),
    }
    await contract.sendOpen(sender)
    await expect.poll(async () => (await readStake(chain, bench.network, owner)).gstdWallet).toBeDefined()
    expect(await stake('deposit', '2')).toMatchObject({ code: 0, data: { stake_nano: '2000000000', is_new: false } })
  })

  it('refuses what is no amount', async () => {
    for (const amount of ['0', 'all', '1e3', '0.0000000001', '5 GSTD']) {
      const answer = await stake('deposit', amount)
      expect(answer).toMatchObject(refused('USAGE_INVALID'))
      expect(JSON.stringify(answer.data)).toContain('is not an amount in GSTD')
    }
  })

  it('is not offered by a network without a treasury', async () => {
    const file = join(bench.stateDir, 'without.json')
    const { treasury: _treasury, ...rest } = bench.network
    await writeFile(file, JSON.stringify(rest))
    for (const words of [['deposit', '1'], ['show'], ['withdraw', 'all'], ['appeal', '--hash', EVIDENCE]]) {
      const answer = await stake(...words, '--network', file)
      expect(answer).toMatchObject(refused('FEATURE_NOT_OFFERED', { feature: 'stake' }))
    }
  })
})

describe('gstd stake show', () => {
  it('shows nothing of an owner who never staked', async () => {
    const nobody = `0:${'7'.repeat(64)}`
    const shown = await bench.gstd(['stake', 'show', '--owner', nobody])
    expect(shown).toMatchObject({
      code: 0,
      data: {
        owner: nobody,
        deployed: false,
        stake_nano: '0',
        unbonding_nano: '0',
        unbonded_at_sec: null,
        slash: null,
        slashes_executed: 0,
        uncounted_nano: '0',
        devices: [],
      },
    })
    expect(await bench.gstd(['stake', 'show', '--owner', 'x'])).toMatchObject(refused('USAGE_INVALID'))
  })

  it('names the account’s devices, and GSTD that is no stake', async () => {
    await stake('deposit', '3')
    const wallet = await openWallet(keyring(), name)
    const deviceKey = createSigner('d0'.repeat(32)).publicKey
    const body = (queryId: bigint) => setDevice({ queryId, deviceKey, isAdded: true })
    await send(wallet, [account()], attachNano.account, body)
    const minter = chain.client.open(JettonMinter.createFromAddress(Address.parseRaw(bench.network.gstd_master)))
    const jetton = chain.client.open(
      JettonWallet.createFromAddress(await minter.getWalletAddress(Address.parseRaw(owner))),
    )
    const sender = {
      address: wallet.contract.address,
      send: ({ to, value, body }: { to: Address; value: bigint; body?: Cell | null }) =>
        chain.send(wallet, [{ to, value, ...(body && { body }) }], signal),
    }
    await jetton.sendTransfer(sender, { to: account(), amountNano: 7n })
    await expect.poll(async () => (await stake('show')).data['uncounted_nano'], { timeout: 30_000 }).toBe('7')
    expect((await stake('show')).data).toMatchObject({
      stake_nano: '3000000000',
      devices: [{ public_key: deviceKey, reputation: null, proven_at_sec: null }],
    })
  })
})

describe('gstd stake withdraw', () => {
  it('unbonds for 7 days, and pays out then, once', async () => {
    await stake('deposit', '5')
    const begun = await stake('withdraw', '2')
    expect(begun).toMatchObject({
      code: 0,
      data: { step: 'unbonding', withdrawn_nano: '2000000000', stake_nano: '3000000000', unbonding_nano: '2000000000' },
    })
    const untilSec = Number(begun.data['unbonded_at_sec'])
    expect(untilSec - (await chain.nowSec(owner))).toBeGreaterThan(7 * DAY_SEC - 60)
    expect(await stake('withdraw', '--claim')).toMatchObject(refused('STAKE_UNBONDING', { unbonded_at_sec: untilSec }))
    expect(await stake('withdraw', 'all')).toMatchObject(refused('STAKE_UNBONDING', { unbonded_at_sec: untilSec }))
    await bench.devnet.advance(7 * DAY_SEC)
    const next = `gstd stake withdraw --claim --wallet ${name}`
    expect(await stake('withdraw', 'all')).toMatchObject(refused('STAKE_UNBONDING', { next }))
    const before = await gstd()
    expect(await stake('withdraw', '--claim')).toMatchObject({
      code: 0,
      data: { step: 'paid', paid_nano: '2000000000', to: owner },
    })
    expect(await gstd()).toBe(before + 2_000_000_000n)
    expect(await stake('withdraw', '--claim')).toMatchObject(refused('STAKE_INSUFFICIENT'))
  })

  it('starts the 7 days of both anew when it is told to', async () => {
    await stake('deposit', '5')
    const first = Number((await stake('withdraw', '1')).data['unbonded_at_sec'])
    await bench.devnet.advance(3 * DAY_SEC)
    const second = await stake('withdraw', 'all', '--restart')
    expect(second).toMatchObject({ code: 0, data: { stake_nano: '0', unbonding_nano: '5000000000' } })
    expect(Number(second.data['unbonded_at_sec'])).toBeGreaterThanOrEqual(first + 3 * DAY_SEC)
  })

  it('refuses what is not staked, and flags that do not fit', async () => {
    expect(await stake('withdraw', 'all')).toMatchObject(refused('STAKE_INSUFFICIENT', { stake_nano: '0' }))
    await stake('deposit', '1')
    const more = await stake('withdraw', '1.000000001')
    expect(more).toMatchObject(refused('STAKE_INSUFFICIENT', { stake_nano: '1000000000', needed_nano: '1000000001' }))
    for (const words of [[], ['1', '--claim'], ['--claim', '--restart'], ['some']]) {
      expect(await stake('withdraw', ...words)).toMatchObject(refused('USAGE_INVALID'))
    }
  })
})

describe('a pending slash', () => {
  it('locks, is shown with its appeal, and gives back what the guardian vetoes', async () => {
    await stake('deposit', '5')
    expect(await stake('appeal', '--hash', EVIDENCE)).toMatchObject(refused('SLASH_NOT_OPEN'))
    await stake('withdraw', '2')
    await lock(toNano('4'))
    const shown = await stake('show')
    const locked = {
      slash_seq: 1,
      amount_nano: '4000000000',
      from_stake_nano: '3000000000',
      from_unbonding_nano: '1000000000',
      reason: 'malicious_behavior',
      evidence_hash: EVIDENCE,
    }
    expect(shown.data).toMatchObject({
      stake_nano: '0',
      unbonding_nano: '1000000000',
      slash: { ...locked, appeal_hash: null },
      uncounted_nano: '0',
    })
    const all = await stake('withdraw', 'all')
    expect(all).toMatchObject(refused('STAKE_INSUFFICIENT', { locked_nano: '4000000000' }))
    expect(JSON.stringify(all.data)).toContain('locked by slash 1 (malicious_behavior)')

    const folder = join(bench.stateDir, 'appeals')
    await mkdir(folder)
    const file = join(folder, 'appeal.md')
    await writeFile(file, 'The evidence is of another device.')
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    expect(await stake('appeal', file)).toMatchObject({ code: 0, data: { appeal_hash: hash, replaced: null } })
    expect((await stake('show')).data).toMatchObject({ slash: { ...locked, appeal_hash: hash } })
    const again = await stake('appeal', '--hash', EVIDENCE)
    expect(again).toMatchObject({ code: 0, data: { appeal_hash: EVIDENCE, replaced: hash } })
    for (const words of [[], [file, '--hash', hash], ['--hash', '00'.repeat(32)], [folder], [`${file}.gone`]]) {
      expect(await stake('appeal', ...words)).toMatchObject(refused('USAGE_INVALID'))
    }
    await veto(1)
    expect((await stake('show')).data).toMatchObject({
      stake_nano: '3000000000',
      unbonding_nano: '2000000000',
      slash: null,
      slashes_executed: 0,
    })
  })

  it('cannot be appealed after 72 h, when anybody executes it', async () => {
    await stake('deposit', '5')
    await lock(toNano('1'), 'repeated_failures')
    await bench.devnet.advance(72 * HOUR_SEC)
    expect(await stake('appeal', '--hash', EVIDENCE)).toMatchObject(refused('SLASH_NOT_OPEN', { slash_seq: 1 }))
    const treasury = bench.network.treasury ?? ''
    const before = await readGstd(chain, bench.network.gstd_master, treasury)
    await send(keys.operator, [account()], attachNano.gstdTransfer, (queryId) => executeSlash({ queryId }))
    const gained = async () => (await readGstd(chain, bench.network.gstd_master, treasury)) - before
    await expect.poll(gained, { timeout: 20_000 }).toBe(1_000_000_000n)
    expect((await stake('show')).data).toMatchObject({ stake_nano: '4000000000', slash: null, slashes_executed: 1 })
  })
})
