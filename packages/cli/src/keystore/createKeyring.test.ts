import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Interruption } from '../program/context.ts'
import { createKeyring } from './createKeyring.ts'
import { openSecret, writeSecret } from './openSecret.ts'
import type { PassphraseSources } from './passphrase.ts'
import { seal } from './sealed.ts'

const devnet = { name: 'devnet', network: -3 }
const testnet = { name: 'testnet', network: -3 }
const nothing: PassphraseSources = { environment: undefined, file: undefined, terminal: undefined }
const passphrase = 'correct horse battery'
const beside = { version: 2 }

let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-keyring-'))
})
afterEach(() => rm(stateDir, { recursive: true, force: true }))

const keyring = (network: typeof devnet, sources: Partial<PassphraseSources> = {}) =>
  createKeyring({ stateDir, network, sources: { ...nothing, ...sources } })

/** A person who types one of these after each question, and what the screen shows. */
const person = (...answers: string[]) => {
  const input = new PassThrough()
  const output = new PassThrough()
  let seen = ''
  output.on('data', (chunk: Buffer) => {
    seen += chunk.toString()
    if (seen.endsWith(': ')) setImmediate(() => input.write(answers.shift() ?? '\u0003'))
  })
  return { terminal: { input, output }, seen: () => seen }
}

describe('on a devnet', () => {
  it('a random key in a file stands in for the passphrase, the same for all', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => keyring(devnet).forNew()))
    const file = join(stateDir, 'keys', 'devnet.key')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'hex')
    expect(key).toHaveLength(32)
    for (const material of all) expect(material).toEqual({ from: 'file', key })
  })

  it('a passphrase that is given is taken', async () => {
    expect(await keyring(devnet, { environment: passphrase }).forNew()).toEqual({ from: 'passphrase', passphrase })
  })

  it('only the real one needs no passphrase: a network of another id may call itself devnet', async () => {
    await expect(keyring({ name: 'devnet', network: -239 }).forNew()).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
  })

  it('a damaged key file is refused', async () => {
    await keyring(devnet).forNew()
    await writeFile(join(stateDir, 'keys', 'devnet.key'), 'x')
    await expect(keyring(devnet).forNew()).rejects.toMatchObject({
      code: 'STATE_CORRUPT',
      hint: expect.stringContaining('backup'),
    })
  })
})

describe('elsewhere', () => {
  it('nothing is made without a passphrase, and nobody is asked without a terminal', async () => {
    await expect(keyring(testnet).forNew()).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      hint: expect.stringContaining('--passphrase-file'),
    })
  })

  it('takes it from the environment or from a file that only its owner reads', async () => {
    const file = join(stateDir, 'passphrase')
    await writeFile(file, `${passphrase}\n`, { mode: 0o600 })
    expect(await keyring(testnet, { file }).forNew()).toEqual({ from: 'passphrase', passphrase })
    expect(await keyring(testnet, { environment: 'another one', file }).forNew()).toMatchObject({
      passphrase: 'another one',
    })
    await chmod(file, 0o640)
    await expect(keyring(testnet, { file }).forNew()).rejects.toMatchObject({
      code: 'STATE_EXPOSED',
      hint: expect.stringContaining('chmod 600'),
    })
    await expect(keyring(testnet, { file: join(stateDir, 'none') }).forNew()).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
    })
  })

  it('a short one is refused for new files', async () => {
    await expect(keyring(testnet, { environment: 'seven77' }).forNew()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
  })

  it('has it typed twice for new files, once for known ones, and never shown', async () => {
    const twice = person(`${passphrase}\n`, `${passphrase}\n`)
    const ring = keyring(testnet, twice)
    expect(await ring.forNew()).toEqual({ from: 'passphrase', passphrase })
    expect(await ring.forNew()).toEqual({ from: 'passphrase', passphrase })
    expect(twice.seen()).toBe('New passphrase: \nThe same again: \n')
    const once = person(`${passphrase}\n`)
    const sealed = await seal('s', beside, { from: 'passphrase', passphrase })
    expect(await keyring(testnet, once).forFile(sealed, 'w.json')).toEqual({ from: 'passphrase', passphrase })
    expect(once.seen()).toBe('Passphrase of w.json: \n')
  })

  it('two that differ are refused, and Ctrl-C ends the question', async () => {
    await expect(keyring(testnet, person(`${passphrase}\n`, `${passphrase}x\n`)).forNew()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
    await expect(keyring(testnet, person('half\u0003')).forNew()).rejects.toBeInstanceOf(Interruption)
  })
})

describe('a file of a devnet', () => {
  it('is encrypted with the passphrase when it is used elsewhere, and refused without one', async () => {
    const file = join(stateDir, 'w.json')
    await writeSecret(file, beside, 'secret', keyring(devnet))
    const read = async () => JSON.parse(await readFile(file, 'utf8'))
    const before = await read()
    expect(before).toMatchObject({ version: 2, sealed: { kdf: { name: 'hkdf-sha256' } } })
    const open = async (ring: ReturnType<typeof keyring>) =>
      openSecret(file, beside, { sealed: (await read()).sealed }, ring, (plain) => plain)
    await expect(open(keyring(testnet))).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
    expect(await open(keyring(devnet))).toBe('secret')
    expect(await read()).toEqual(before)
    expect(await open(keyring(testnet, { environment: passphrase }))).toBe('secret')
    expect(await read()).toMatchObject({ sealed: { kdf: { name: 'scrypt' } } })
    expect(await open(keyring(devnet, { environment: passphrase }))).toBe('secret')
    await expect(open(keyring(devnet))).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
  })
})
