import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ModelManifest, modelHashOf, ppOcrV4Rec } from '@gstd/sdk'
import { getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createModelCache } from './createModelCache.ts'
import { locatePackageFile } from './locatePackageFile.ts'

const bytes = new TextEncoder().encode('weights')
const sha256 = createHash('sha256').update(bytes).digest('hex')
let directory: string
let cacheDir: string

const manifestOf = (...sources: string[]): ModelManifest => ({
  ...ppOcrV4Rec,
  files: [{ name: 'a.onnx', sha256, bytes: bytes.length, sources }],
})

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gstd-models-'))
  cacheDir = join(directory, 'cache')
})
afterEach(() => rm(directory, { recursive: true }))

const writeSource = async (content: Uint8Array): Promise<string> => {
  const path = join(directory, 'source')
  await writeFile(path, content)
  return pathToFileURL(path).href
}

describe('createModelCache', () => {
  it('takes files of an installed package and checks them', async () => {
    const cache = createModelCache({ cacheDir })
    expect(await cache.has(ppOcrV4Rec)).toBe(false)
    const model = await cache.load(ppOcrV4Rec)
    expect(model.hash).toBe(modelHashOf(ppOcrV4Rec))
    expect(await cache.has(ppOcrV4Rec)).toBe(true)
    const files = await model.readFiles()
    expect([...files].map(([name, { length }]) => [name, length])).toEqual(
      ppOcrV4Rec.files.map(({ name, bytes: length }) => [name, length]),
    )
    expect((await readdir(cacheDir)).sort()).toEqual(ppOcrV4Rec.files.map((file) => file.sha256).sort())
  })

  it('needs its source once, and repairs a damaged file', async () => {
    const source = await writeSource(bytes)
    const model = await createModelCache({ cacheDir }).load(manifestOf(source))
    await writeFile(join(cacheDir, sha256), 'damaged')
    expect((await model.readFiles()).get('a.onnx')).toEqual(Buffer.from(bytes))
    expect(await readFile(join(cacheDir, sha256), 'utf8')).toBe('weights')
    await rm(join(directory, 'source'))
    expect((await createModelCache({ cacheDir }).load(manifestOf(source))).hash).toBe(model.hash)
  })

  it('tries the sources in order and tells what was wrong with each', async () => {
    const wrong = await writeSource(new TextEncoder().encode('others!'))
    const sources = ['npm:no-such-package@1.0.0/a.onnx', wrong]
    await expect(createModelCache({ cacheDir }).load(manifestOf(...sources))).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      details: {
        file: 'a.onnx',
        sources: {
          'npm:no-such-package@1.0.0/a.onnx': 'a.onnx of package no-such-package is not installed',
          [wrong]: 'the bytes have another hash',
        },
      },
    })
    await expect(readdir(cacheDir)).rejects.toThrow('ENOENT')
  })

  it('does not follow file: sources where that is not allowed', async () => {
    const source = await writeSource(bytes)
    const cache = createModelCache({ cacheDir, allowFile: false })
    await expect(cache.load(manifestOf(source))).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' })
  })

  it('shares one fetch between concurrent calls, over HTTPS', async () => {
    const before = getGlobalDispatcher()
    const agent = new MockAgent()
    agent.disableNetConnect()
    setGlobalDispatcher(agent)
    try {
      agent.get('https://models.example').intercept({ path: '/a.onnx' }).reply(200, 'weights')
      const cache = createModelCache({ cacheDir })
      const manifest = manifestOf('https://models.example/a.onnx')
      await Promise.all([cache.load(manifest), cache.load(manifest)])
      agent.get('https://models.example').intercept({ path: '/big' }).reply(200, 'weights and more')
      await rm(cacheDir, { recursive: true })
      await expect(cache.load(manifestOf('https://models.example/big'))).rejects.toMatchObject({
        details: { sources: { 'https://models.example/big': 'it has more than the expected 7 bytes' } },
      })
    } finally {
      setGlobalDispatcher(before)
      await agent.close()
    }
  })
})

describe('locatePackageFile', () => {
  it('does not leave the package', async () => {
    for (const path of ['../x', 'a/../../x', '/etc/passwd']) {
      await expect(locatePackageFile(`npm:undici@8.0.0/${path}`)).rejects.toThrow(/leaves|expected/)
    }
    await expect(locatePackageFile('npm:../undici@1/x')).rejects.toThrow('expected npm:')
  })
})
