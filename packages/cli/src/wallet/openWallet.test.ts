import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSigner, randomHex } from '@gstd/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSeed } from '../keys/operatorKeys.ts'
import { createKeyring } from '../keystore/createKeyring.ts'
import { openOrMakeWallet, openWallet, readWallet, revealWallet } from './openWallet.ts'
import { newMnemonic, walletFromMnemonic } from './tonWallet.ts'

let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-wallet-'))
  await mkdir(join(stateDir, 'wallets'))
  await mkdir(join(stateDir, 'keys'))
})
afterEach(() => rm(stateDir, { recursive: true, force: true }))

const testnet = { name: 'testnet', network: -3 }
const keyring = (environment: string | undefined = 'correct horse battery', network = testnet) =>
  createKeyring({ stateDir, network, sources: { environment, file: undefined, terminal: undefined } })

const file = () => join(stateDir, 'wallets', 'w.json')
const onDisk = () => readFile(file(), 'utf8')

describe('a new wallet', () => {
  it('is closed on disk, and shows its address without a passphrase', async () => {
    const { wallet, made } = await openOrMakeWallet(file(), keyring())
    expect(made).toBe(true)
    expect(await readWallet(stateDir, 'w', testnet)).toMatchObject({ address: wallet.address, wallet: 'v5r1' })
    const { words } = await revealWallet(keyring(), 'w')
    const text = await onDisk()
    expect(words.split(' ')).toHaveLength(24)
    for (const word of new Set(words.split(' '))) expect(text).not.toContain(`"${word}`)
    expect(text).not.toContain(wallet.keyPair.secretKey.toString('hex').slice(0, 32))
    expect((await openWallet(keyring(), 'w')).address).toBe(wallet.address)
    expect(await onDisk()).toBe(text)
  })

  it('is not made without a passphrase', async () => {
    await expect(openOrMakeWallet(file(), keyring(''))).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
    await expect(onDisk()).rejects.toThrow('ENOENT')
  })

  it('stays closed for another passphrase, another network, and other readers', async () => {
    await openOrMakeWallet(file(), keyring())
    await expect(openWallet(keyring('another passphrase'), 'w')).rejects.toMatchObject({ code: 'KEYSTORE_LOCKED' })
    const mainnet = { name: 'mainnet', network: -239 }
    await expect(openWallet(keyring(undefined, mainnet), 'w')).rejects.toMatchObject({ code: 'NETWORK_MISMATCH' })
    const text = await onDisk()
    await writeFile(file(), text.replace('"network": -3', '"network": -239'))
    await expect(openWallet(keyring(undefined, mainnet), 'w')).rejects.toMatchObject({ code: 'KEYSTORE_LOCKED' })
    await chmod(file(), 0o644)
    await expect(readWallet(stateDir, 'w', testnet)).rejects.toMatchObject({ code: 'STATE_EXPOSED' })
  })
})

describe('a file of version 1', () => {
  it('is encrypted when it is first opened', async () => {
    const mnemonic = await newMnemonic()
    const { address, signer } = await walletFromMnemonic(mnemonic, -3, 'v5r1')
    const plain = { version: 1, network: -3, mnemonic, address, public_key: signer.publicKey }
    await writeFile(file(), JSON.stringify(plain), { mode: 0o600 })
    await expect(openWallet(keyring(''), 'w')).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
    expect((await openWallet(keyring(), 'w')).address).toBe(address)
    expect(JSON.parse(await onDisk())).toEqual({
      version: 2,
      kind: 'wallet',
      wallet: 'v5r1',
      network: -3,
      address,
      public_key: signer.publicKey,
      sealed: expect.objectContaining({ kdf: expect.objectContaining({ name: 'scrypt' }) }),
    })
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect((await revealWallet(keyring(), 'w')).words).toBe(mnemonic.join(' '))
  })

  it('is refused when its words belong to another address, and left as it is', async () => {
    const mnemonic = await newMnemonic()
    const plain = { version: 1, network: -3, mnemonic, address: `0:${'1'.repeat(64)}`, public_key: '2'.repeat(64) }
    await writeFile(file(), JSON.stringify(plain), { mode: 0o600 })
    await expect(openWallet(keyring(), 'w')).rejects.toMatchObject({ code: 'STATE_CORRUPT' })
    expect(JSON.parse(await onDisk())).toEqual(plain)
  })

  it('is encrypted as well where it holds a key that signs documents', async () => {
    const seed = randomHex(32)
    const { publicKey } = createSigner(seed)
    const path = join(stateDir, 'keys', 'auditor.json')
    await writeFile(path, JSON.stringify({ version: 1, seed, public_key: publicKey }), { mode: 0o600 })
    expect(await openSeed(keyring(), 'auditor', publicKey)).toEqual({ seed, public_key: publicKey })
    expect(await readFile(path, 'utf8')).not.toContain(seed)
    expect(await openSeed(keyring(), 'auditor', publicKey)).toEqual({ seed, public_key: publicKey })
    await expect(openSeed(keyring('another passphrase'), 'auditor', publicKey)).rejects.toMatchObject({
      code: 'KEYSTORE_LOCKED',
    })
  })
})
