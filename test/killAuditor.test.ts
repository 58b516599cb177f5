import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, createSigner, networkConfigSchema } from '@gstd/sdk'
import { encode } from 'fast-png'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createProcesses, type Processes, type Started } from '../examples/demo/processes.ts'
import { bodiesOf, readLog } from './support/readLog.ts'

const TASKS = 40
const OWNERS = ['alice', 'bob']

const sessionSchema = z.object({ requester: z.string(), escrow: z.string(), seed: z.string() })

/** A small picture that is like no other of this run. */
const picture = (index: number): Uint8Array => {
  const data = new Uint8Array(24 * 24 * 3).map((_, at) => (at * 29 + index * 83) % 256)
  return encode({ width: 24, height: 24, channels: 3, depth: 8, data })
}

let stateDir: string
let processes: Processes
let auditor: Started
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-kill-auditor-'))
  processes = createProcesses(stateDir)
  await processes.start('devnet', 'devnet', 'start', '--port', '0')
  await processes.start('coordinator', 'coordinator', 'start', '--listen', '127.0.0.1:0')
  auditor = await processes.start('auditor', 'auditor', 'start')
  await processes.run('wallet', 'create', '--name', 'requester', '--fund', '50')
  await processes.run('escrow', 'deposit', '20', '--wallet', 'requester')
  for (const name of OWNERS) await processes.start(`worker ${name}`, 'worker', 'start', '--name', name)
})
afterAll(async () => {
  await processes.stop()
  await rm(stateDir, { recursive: true, force: true })
})

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(stateDir, file), 'utf8'))

const openClient = async () => {
  const network = networkConfigSchema.parse(await readJson('network.json'))
  const { requester, escrow, seed } = sessionSchema.parse(await readJson('sessions/requester.json'))
  return { network, client: createClient({ network, requester, escrow, sessionKey: createSigner(seed) }) }
}

it('pays every task once when the auditor is killed at any moment, and even when it loses its record', async () => {
  const { client, network } = await openClient()
  const submitted = await client.submit(
    Array.from({ length: TASKS }, (_, index) => ({
      operation: 'image-moderation',
      model: 'nsfw-mobilenet-v2',
      input: picture(index),
      rewardTon: '0.001',
    })),
  )
  const ids = submitted.map(({ taskId }) => taskId)

  const restart = async (losesRecord: boolean): Promise<void> => {
    await auditor.process.kill()
    if (losesRecord) await rm(join(stateDir, 'auditor'), { recursive: true })
    auditor = await processes.start('auditor', 'auditor', 'start')
  }
  // The first kill falls between deliveries, the second among acceptances, the third while payments are under way.
  const moments = { delivered: TASKS / 4, accepted: TASKS / 2, paid: 1 }
  const seen = { delivered: 0, accepted: 0, paid: 0 }
  let restarting: Promise<void> = Promise.resolve()
  let kills = 0
  const views = await client.wait(ids, {
    until: 'paid',
    timeoutMs: 300_000,
    onUpdate: ({ status }) => {
      if (status !== 'delivered' && status !== 'accepted' && status !== 'paid') return
      seen[status] += 1
      if (seen[status] !== moments[status]) return
      const losesRecord = status === 'accepted'
      kills += 1
      restarting = restarting.then(() => restart(losesRecord))
    },
  })
  await restarting
  expect(kills).toBeGreaterThanOrEqual(2)
  expect(views.map(({ status }) => status)).toEqual(ids.map(() => 'paid'))

  const entries = await readLog(network.coordinator)
  expect(bodiesOf(entries, 'refusal')).toEqual([])
  const cosigned = bodiesOf(entries, 'cosignature').map(({ hash }) => hash)
  expect(new Set(cosigned).size).toBe(cosigned.length)
  const charges = bodiesOf(entries, 'charge')
  expect(new Set(charges.map((charge) => charge.previous_charged_nano)).size).toBe(charges.length)
  expect(charges.flatMap((charge) => charge.task_ids).toSorted()).toEqual(ids.toSorted())
})
