import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalRuntime, type GstdError, type Proof, proofDocument, randomHex } from '@gstd/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openOutbox } from './openOutbox.ts'

const makeAnswer = () => {
  const order_hash = randomHex(32)
  const task_id = crypto.randomUUID()
  const proof: Proof = {
    version: 1,
    network: -3,
    vault: `0:${'5'.repeat(64)}`,
    task_id,
    device_id: randomHex(16),
    attempt: 1,
    order_hash,
    result_hash: randomHex(32),
    nonce: randomHex(16),
    timestamp: 1,
    execution_time_ms: 12.5,
    energy_consumed_mwh: 0.1,
    energy_method: 'cpu-time',
    energy_uncertainty: 0.5,
    model_hash: randomHex(32),
    numeric_class: canonicalRuntime.numericClass,
  }
  return {
    order_hash,
    task_id,
    operation: 'ocr',
    finished_at: 1,
    started: { started_at: 1, signature: randomHex(64) },
    commitment: randomHex(32),
    salt: randomHex(32),
    result: [{ text: 'a', confidence: 1 }],
    proof,
    proof_hash: proofDocument.id(proof),
  }
}

let directory: string
let corrupt: GstdError[]
const open = () => openOutbox(directory, (error) => corrupt.push(error))

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gstd-outbox-'))
  corrupt = []
})

afterEach(() => rm(directory, { recursive: true, force: true }))

describe('openOutbox', () => {
  it('keeps results in order over a restart, each in its stage', async () => {
    const outbox = await open()
    const answers = [makeAnswer(), makeAnswer(), makeAnswer()] as const
    for (const answer of answers) await outbox.add(answer)
    const [first, second, third] = answers
    await outbox.markRevealing(second.order_hash)
    await outbox.markRevealing(third.order_hash)
    await outbox.markRevealed(third.order_hash)

    const again = await open()
    expect(again.entries()).toEqual(outbox.entries())
    expect(again.entries().map(({ order_hash, stage }) => [order_hash, stage])).toEqual([
      [first.order_hash, 'finished'],
      [second.order_hash, 'revealing'],
      [third.order_hash, 'revealed'],
    ])
    expect(await again.readAnswer(first.order_hash)).toMatchObject(first)
    expect(await again.markRevealing(second.order_hash)).toMatchObject(second)
    await expect(again.readAnswer(third.order_hash)).rejects.toMatchObject({ code: 'ORDER_UNKNOWN' })
    const late = makeAnswer()
    await again.add(late)
    expect(again.entries().at(-1)).toMatchObject({ order_hash: late.order_hash, sequence: 3 })
    expect(corrupt).toEqual([])
  })

  it('forgets what is removed', async () => {
    const outbox = await open()
    const answer = makeAnswer()
    await outbox.add(answer)
    await outbox.remove(answer.order_hash)
    await outbox.remove(answer.order_hash)
    await expect(outbox.readAnswer(answer.order_hash)).rejects.toMatchObject({ code: 'ORDER_UNKNOWN' })
    expect((await open()).entries()).toEqual([])
    expect(await readdir(directory)).toEqual([])
  })

  it('sets a damaged file aside and keeps the others', async () => {
    const outbox = await open()
    const [damaged, renamed, good] = [makeAnswer(), makeAnswer(), makeAnswer()] as const
    for (const answer of [damaged, renamed, good]) await outbox.add(answer)
    await truncate(join(directory, `${damaged.order_hash}.json`), 100)
    const record = { version: 1, stage: 'finished', sequence: 1, ...renamed, order_hash: randomHex(32) }
    await writeFile(join(directory, `${renamed.order_hash}.json`), JSON.stringify(record))
    await writeFile(join(directory, `${good.order_hash}.json.123.4.tmp`), '{"half":')
    await writeFile(join(directory, 'README'), 'not ours')

    expect((await open()).entries().map(({ order_hash }) => order_hash)).toEqual([good.order_hash])
    expect(corrupt.map(({ code }) => code)).toEqual(['STATE_CORRUPT', 'STATE_CORRUPT'])
    expect((await readdir(directory)).sort()).toEqual(
      [
        'README',
        `${damaged.order_hash}.json.corrupt`,
        `${good.order_hash}.json`,
        `${renamed.order_hash}.json.corrupt`,
      ].sort(),
    )
  })
})
