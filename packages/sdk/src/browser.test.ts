import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'tsup'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSigner } from './crypto/ed25519.ts'
import { descriptorDocument } from './documents/descriptor.ts'
import { computeFinalReward } from './formulas/computeFinalReward.ts'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

let folder: string
let bundle: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gstd-browser-'))
  await build({
    config: false,
    silent: true,
    dts: false,
    entry: { gstd: source('./index.ts') },
    outDir: folder,
    format: 'iife',
    globalName: 'gstd',
    platform: 'browser',
    target: 'es2022',
    noExternal: [/.*/],
    removeNodeProtocol: false,
  })
  bundle = await readFile(join(folder, 'gstd.global.js'), 'utf8')
})
afterAll(() => rm(folder, { recursive: true }))

/** What every browser has; no `process`, no `Buffer`, no `require`. */
const browserGlobals = () => ({
  TextEncoder,
  TextDecoder,
  URL,
  AbortSignal,
  Blob,
  fetch,
  setTimeout,
  atob,
  btoa,
  crypto,
})

/** As older browsers, whose WebCrypto knows no Ed25519. */
const withoutEd25519 = () => ({
  ...browserGlobals(),
  crypto: {
    getRandomValues: <Bytes extends Uint8Array<ArrayBuffer>>(bytes: Bytes) => crypto.getRandomValues(bytes),
    randomUUID: () => crypto.randomUUID(),
    subtle: { importKey: () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')) },
  },
})

const documents = JSON.parse(await readFile(source('./documents/vectors/documents.json'), 'utf8'))
const receipt = JSON.parse(await readFile(source('./documents/vectors/receipt.json'), 'utf8'))

describe('the main entry, bundled for browsers', () => {
  it('asks for no module of Node’s, nor for any that is not in the bundle', () => {
    const lines = bundle.split('\n')
    expect(lines.filter((line) => /\brequire\d*\(\s*["'`]|^\s*import[\s("'{*]/.test(line))).toEqual([])
    // The one place that asks whether it runs on Node.
    expect(lines.filter((line) => line.includes('node:')).map((line) => line.trim())).toEqual([
      'var nodeCrypto = globalThis.process?.getBuiltinModule?.("node:crypto");',
    ])
  })

  it.each([
    ['WebCrypto', browserGlobals],
    ['tweetnacl', withoutEd25519],
  ])('hashes, signs, verifies and computes as on Node, with %s', async (_name, globals) => {
    const context = createContext({ ...globals(), documents })
    runInContext(bundle, context)
    const run: (code: string) => unknown = (code) => runInContext(`(async () => { ${code} })()`, context)

    const id = await run(
      'return gstd.descriptorDocument.id(gstd.descriptorDocument.parse(documents.descriptor.document))',
    )
    expect(id).toBe(descriptorDocument.id(descriptorDocument.parse(documents.descriptor.document)))

    const message = new Uint8Array(32).fill(9)
    const signature = await run(`return gstd.createSigner('07'.repeat(32)).sign(new Uint8Array(32).fill(9))`)
    const signer = createSigner('07'.repeat(32))
    expect(signature).toBe(await signer.sign(message))
    const verify = (byte: number) =>
      run(
        `return gstd.verifySignature('${signer.publicKey}', new Uint8Array(32).fill(${byte}), '${String(signature)}')`,
      )
    expect([await verify(9), await verify(8)]).toEqual([true, false])

    const input = {
      baseNano: 33_333_333n,
      maxEnergyMwh: 47,
      actualEnergyMwh: 3.112,
      timeLimitSec: 5,
      actualTimeSec: 4.196,
      deviceReputation: 0.848,
    }
    Object.assign(context, { input })
    expect(await run('return gstd.computeFinalReward(input)')).toBe(computeFinalReward(input))
  })

  it('verifies a receipt', async () => {
    const context = createContext({ ...browserGlobals(), receipt })
    runInContext(bundle, context)
    const verify = 'gstd.verifyReceipt(gstd.receiptDocument.parse(receipt.document), receipt.trust)'
    expect(await runInContext(`${verify}.then(({ outcome }) => outcome)`, context)).toBe('accepted')
  })
})
