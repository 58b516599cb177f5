import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalJson, nsfwMobilenetV2, ppOcrV4Rec } from '@gstd/sdk'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import expectedTexts from '../../../../examples/lines/expected.json' with { type: 'json' }
import { type Example, readExamples } from '../examplesForTests/readExamples.ts'
import { type CachedModel, createModelCache } from '../models/createModelCache.ts'
import { createExecutor, type Executor } from './createExecutor.ts'

const LONG_MS = 30_000

let cacheDir: string
let moderation: CachedModel
let recognition: CachedModel
let photos: Example[]
let lines: Example[]
let executor: Executor

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'gstd-executor-'))
  const cache = createModelCache({ cacheDir })
  ;[moderation, recognition, photos, lines] = await Promise.all([
    cache.load(nsfwMobilenetV2),
    cache.load(ppOcrV4Rec),
    readExamples('photos'),
    readExamples('lines'),
  ])
  return () => rm(cacheDir, { recursive: true })
})

beforeEach(() => {
  executor = createExecutor()
  return () => executor.close()
})

const pidOf = ({ pid }: Executor): number => {
  if (pid === undefined) throw new Error('the executor has no process')
  return pid
}

const isAlive = (id: number): boolean => {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}

const moderate = (items: readonly Uint8Array[], timeLimitMs = LONG_MS) =>
  executor.execute({ operation: 'image-moderation', model: moderation, params: {}, items, timeLimitMs })

const read = (items: readonly Uint8Array[]) =>
  executor.execute({ operation: 'ocr', model: recognition, params: { layout: 'line' }, items, timeLimitMs: LONG_MS })

const bytesOf = (examples: readonly Example[]): Uint8Array[] => examples.map(({ bytes }) => bytes)

describe('createExecutor', () => {
  it('gives the canonical result of every photo, the same each time and in each process', async () => {
    const first = await moderate(bytesOf(photos))
    expect(photos.map(({ name }, index) => ({ name, ...Object(first.outputs[index]) }))).toMatchSnapshot()
    expect(first.cpuSeconds).toBeGreaterThan(0)
    const some = bytesOf(photos.slice(0, 3))
    const again = await moderate(some)
    expect(canonicalJson(again.outputs)).toBe(canonicalJson(first.outputs.slice(0, 3)))
    await executor.close()
    executor = createExecutor()
    const elsewhere = await moderate(some)
    expect(canonicalJson(elsewhere.outputs)).toBe(canonicalJson(again.outputs))
  })

  it('reads every scanned line', async () => {
    const { outputs } = await read(bytesOf(lines))
    const texts = outputs.map((output) => Object(output).text)
    expect(Object.fromEntries(lines.map(({ name }, index) => [name, texts[index]]))).toEqual(expectedTexts)
    expect(outputs.map((output) => Object(output).confidence)).toMatchSnapshot()
  })

  it('answers bad items one by one', async () => {
    const { outputs } = await moderate([...bytesOf(photos.slice(0, 1)), new Uint8Array(), Buffer.from('GIF89a')])
    const failed = { error: { code: 'ITEM_UNDECODABLE', message: 'the input is neither a JPEG nor a PNG image' } }
    expect(outputs).toMatchObject([{ label: 'Neutral' }, failed, failed])
  })

  it('stops a task at its time limit, and works again', async () => {
    await executor.prepare(moderation)
    const startedAtMs = performance.now()
    const many = Array.from({ length: 60 }, () => bytesOf(photos.slice(0, 1))).flat()
    await expect(moderate(many, 200)).rejects.toMatchObject({ code: 'RUNTIME_TIMEOUT' })
    expect(performance.now() - startedAtMs).toBeLessThan(2500)
    expect((await moderate(bytesOf(photos.slice(0, 1)))).outputs).toHaveLength(1)
  })

  it('survives the death of its child, and tells it', async () => {
    await executor.prepare(moderation)
    const running = moderate(bytesOf(photos))
    process.kill(pidOf(executor), 'SIGKILL')
    await expect(running).rejects.toMatchObject({ code: 'RUNTIME_CRASHED' })
    expect((await moderate(bytesOf(photos.slice(0, 1)))).outputs).toHaveLength(1)
  })

  it('keeps calls apart', async () => {
    const [photo, line] = [bytesOf(photos.slice(0, 1)), bytesOf(lines.slice(0, 1))]
    const all = await Promise.all([moderate(photo), read(line), moderate(photo), read(line)])
    expect(all.map(({ outputs }) => 'label' in Object(outputs[0]))).toEqual([true, false, true, false])
  })

  it('refuses what it cannot run before it runs anything', async () => {
    const task = { operation: 'ocr', model: recognition, params: {}, items: [], timeLimitMs: LONG_MS }
    await expect(executor.execute({ ...task, operation: 'translation' })).rejects.toMatchObject({
      code: 'OPERATION_UNKNOWN',
    })
    await expect(executor.execute({ ...task, model: moderation })).rejects.toMatchObject({ code: 'MODEL_NOT_ALLOWED' })
    await expect(executor.execute({ ...task, params: { layout: 'page' } })).rejects.toMatchObject({
      code: 'PARAMS_INVALID',
    })
  })

  it('refuses models that are broken or made for other pins, and goes on', async () => {
    const readFiles = () => Promise.resolve(new Map([['nsfw-mobilenet-v2.onnx', new Uint8Array(100)]]))
    const broken = { ...moderation, hash: 'broken', readFiles }
    await expect(executor.prepare(broken)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' })
    const preprocessing = { ...nsfwMobilenetV2.preprocessing, resizer: 'nearest/1' }
    const other = { ...moderation, hash: 'other', manifest: { ...nsfwMobilenetV2, preprocessing } }
    await expect(executor.prepare(other)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' })
    await executor.prepare(moderation)
  })

  it('leaves no process behind when it is closed in the middle of a task', async () => {
    await executor.prepare(moderation)
    const pid = pidOf(executor)
    const running = moderate(bytesOf(photos))
    await Promise.all([expect(running).rejects.toMatchObject({ code: 'RUNTIME_CRASHED' }), executor.close()])
    await expect(executor.prepare(moderation)).rejects.toMatchObject({ code: 'RUNTIME_CRASHED' })
    expect(isAlive(pid)).toBe(false)
    expect(executor.pid).toBeUndefined()
  })

  it('leaves no process behind when its worker is killed', async () => {
    const script = `import { createExecutor } from ${JSON.stringify(new URL('./createExecutor.ts', import.meta.url).href)}
      import { createModelCache } from ${JSON.stringify(new URL('../models/createModelCache.ts', import.meta.url).href)}
      import { nsfwMobilenetV2 } from '@gstd/sdk'
      const executor = createExecutor()
      await executor.prepare(await createModelCache({ cacheDir: process.argv[1] }).load(nsfwMobilenetV2))
      console.log(executor.pid)`
    const args = ['--conditions=@gstd/source', '--input-type=module', '-e', script, cacheDir]
    const worker = spawn(process.execPath, args, {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const child = Number(String((await once(worker.stdout, 'data'))[0]))
    expect(isAlive(child)).toBe(true)
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    await expect.poll(() => isAlive(child), { timeout: 5000 }).toBe(false)
  })
})
