import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { limits, sha256, toHex } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../storage/copyDatabase.testing.ts'
import { createSpool } from './createSpool.ts'

const DAY_MS = 24 * 3_600_000
const file = (text: string) => {
  const bytes = new TextEncoder().encode(text)
  return { bytes, hash: toHex(sha256(bytes)) }
}

it('gives back the bytes that were put, also after it is opened again', async () => {
  const directory = await temporaryFolder()
  const spool = await createSpool(directory)
  const { bytes, hash } = file('content')
  await spool.put(hash, bytes)
  for (const opened of [spool, await createSpool(directory)]) {
    const found = await opened.read(hash)
    expect(found.bytes).toBe(bytes.length)
    expect(new Uint8Array(await buffer(found.stream))).toEqual(bytes)
  }
})

it('refuses bytes of another hash, names that are no hash, and too many bytes, and keeps nothing of them', async () => {
  const directory = await temporaryFolder()
  const spool = await createSpool(directory)
  const { bytes, hash } = file('content')
  const code = (expected: string) => expect.objectContaining({ code: expected })
  await expect(spool.put(file('other').hash, bytes)).rejects.toEqual(code('INPUT_HASH_MISMATCH'))
  await expect(spool.put(hash.toUpperCase(), bytes)).rejects.toEqual(code('INPUT_HASH_MISMATCH'))
  const large = new Uint8Array(limits.fetchedBytes + 1)
  await expect(spool.put(toHex(sha256(large)), large)).rejects.toEqual(code('DOCUMENT_TOO_LARGE'))
  for (const name of [hash, '../../etc/passwd', '', 'a/b', '.', `${hash}\0`]) {
    await expect(spool.read(name)).rejects.toEqual(code('BLOB_UNKNOWN'))
  }
  expect(await readdir(directory)).toEqual([])
})

it('counts a file that is put again once', async () => {
  const spool = await createSpool(await temporaryFolder(), 20)
  const { bytes, hash } = file('0123456789')
  for (let n = 0; n < 5; n++) await spool.put(hash, bytes)
  await spool.put(file('9876543210').hash, file('9876543210').bytes)
  await expect(spool.put(file('x').hash, file('x').bytes)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
})

it('deletes what is a day old, but for what tasks under way need', async () => {
  const directory = await temporaryFolder()
  const spool = await createSpool(directory, 20)
  const nowMs = Date.now()
  const [old, needed, young] = [file('old 567890'), file('needed'), file('new')]
  for (const { hash, bytes } of [old, needed, young]) await spool.put(hash, bytes)
  await writeFile(join(directory, `.${old.hash}.abandoned`), '')
  const dayAgo = new Date(nowMs - DAY_MS)
  for (const name of [old.hash, needed.hash, `.${old.hash}.abandoned`])
    await utimes(join(directory, name), dayAgo, dayAgo)
  await spool.prune(nowMs, new Set([needed.hash]))
  expect((await readdir(directory)).toSorted()).toEqual([needed.hash, young.hash].toSorted())
  await spool.put(old.hash, old.bytes)
  await spool.prune(nowMs + 2 * DAY_MS, new Set())
  expect(await readdir(directory)).toEqual([])
})
