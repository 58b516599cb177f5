import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../escrow/openBench.testing.ts'
import { newMnemonic, walletFromMnemonic } from './tonWallet.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

const importAs = (name: string, words: readonly string[], ...more: string[]) =>
  bench.gstd(['wallet', 'import', '--name', name, ...more], { stdin: `${words.join('\n')}\n` })

describe('gstd wallet import', () => {
  it('takes words from standard input, and the wallet contract from the address', async () => {
    const words = await newMnemonic()
    const [v5r1, v4r2] = await Promise.all([
      walletFromMnemonic(words, -3, 'v5r1'),
      walletFromMnemonic(words, -3, 'v4r2'),
    ])
    expect(await importAs('new', words)).toMatchObject({ code: 0, data: { address: v5r1.address, wallet: 'v5r1' } })
    const old = await importAs('old', words, '--address', v4r2.contract.address.toString())
    expect(old).toMatchObject({ code: 0, data: { address: v4r2.address, wallet: 'v4r2' } })
    expect(await readFile(join(bench.stateDir, 'wallets', 'old.json'), 'utf8')).not.toContain(`"${words[0]}`)
    const shown = await bench.gstd(['wallet', 'show', '--name', 'old', '--reveal'])
    expect(shown.data).toMatchObject({ address: v4r2.address, mnemonic: words })
    expect((await bench.gstd(['wallet', 'show', '--name', 'old'])).data).not.toHaveProperty('mnemonic')
  })

  it('works with an old wallet as with a new one', async () => {
    const words = await newMnemonic()
    const { address } = await walletFromMnemonic(words, -3, 'v4r2')
    await importAs('veteran', words, '--address', address)
    await bench.gstd(['wallet', 'create', '--name', 'veteran', '--fund'])
    const deposited = await bench.gstd(['escrow', 'deposit', '1', '--wallet', 'veteran'])
    expect(deposited).toMatchObject({ code: 0, data: { requester: address, balance_nano: '1000000000' } })
  })

  it('refuses what is no wallet, another address, and a name that is taken, and says no word of it', async () => {
    const words = await newMnemonic()
    const cases: [string, string[], string[]][] = [
      ['x', words.slice(1), []],
      ['x', words.toReversed(), []],
      ['x', [], []],
      ['x', words, ['--address', `0:${'1'.repeat(64)}`]],
    ]
    for (const [name, given, more] of cases) {
      const ended = await importAs(name, given, ...more)
      expect(ended).toMatchObject({ code: 2, data: { error: { code: 'USAGE_INVALID' } } })
      expect(ended.stdout + ended.stderr).not.toContain(`${words[3]} ${words[4]}`)
    }
    expect((await importAs('taken', words)).code).toBe(0)
    expect(await importAs('taken', words)).toMatchObject({ code: 3, data: { error: { code: 'CONFIG_INVALID' } } })
  })

  it('asks for a passphrase elsewhere, and fails without one when nobody can be asked', async () => {
    const file = join(bench.stateDir, 'testnet.json')
    const { writeFile } = await import('node:fs/promises')
    await writeFile(file, JSON.stringify({ ...bench.network, name: 'testnet' }))
    const words = await newMnemonic()
    const args = ['--network', file]
    expect(await importAs('t', words, ...args)).toMatchObject({ code: 3, data: { error: { code: 'CONFIG_MISSING' } } })
    const env = { GSTD_PASSPHRASE: 'correct horse battery' }
    const create = (more: Record<string, string>) =>
      bench.gstd(['wallet', 'create', '--name', 't', ...args], { env: more })
    expect((await create(env)).code).toBe(0)
    const reveal = (more: Record<string, string>) =>
      bench.gstd(['wallet', 'show', '--name', 't', '--reveal', ...args], { env: more })
    expect((await reveal(env)).data['mnemonic']).toHaveLength(24)
    expect(await reveal({ GSTD_PASSPHRASE: 'another passphrase' })).toMatchObject({
      code: 3,
      data: { error: { code: 'KEYSTORE_LOCKED' } },
    })
    expect((await bench.gstd(['wallet', 'show', '--name', 't', ...args])).code).toBe(0)
  })
})
