import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import {
  type LogBody,
  type LogEntry,
  type LogEntryKind,
  logEntryHash,
  proveReputation,
  requesterReputationOf,
  toHex,
  verifyReputation,
} from '@gstd/sdk'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'
import { bodiesOf, readLog } from './support/readLog.ts'
import { type Parties, picture, startParties } from './support/startParties.ts'
import { until } from './support/until.ts'

let net: TestNetwork
let parties: Parties
beforeAll(async () => {
  net = await openNetwork(pino({ level: 'silent' }), { epoch_ms: 300 })
  parties = await startParties(net, 2)
})
afterAll(async () => {
  await parties.stop()
  await net.close()
})

const FALSE_HASH = 'ab'.repeat(32)
const plus = (nano: string, more: bigint): string => (BigInt(nano) + more).toString()

/** One lie: an entry that the coordinator logs otherwise than it should have. */
type Lie<Kind extends LogEntryKind = LogEntryKind> = {
  kind: Kind
  taskOf: (body: LogBody<Kind>) => string
  alter: (body: LogBody<Kind>) => LogBody<Kind>
  /** What the auditor says of the entry, before it names the leaf. */
  reason: RegExp
}

const lie = <Kind extends LogEntryKind>(lies: Lie<Kind>): Lie => lies as unknown as Lie

const verdictLie = (alter: Lie<'verdict'>['alter'], reason: RegExp): Lie =>
  lie<'verdict'>({ kind: 'verdict', taskOf: ({ task_id }) => task_id, alter, reason })

const lies = {
  task: lie<'task'>({
    kind: 'task',
    taskOf: ({ descriptor }) => descriptor.task_id,
    alter: (body) => ({ ...body, reserved_nano: plus(body.reserved_nano, 1n) }),
    reason: /^AUDITOR_REFUSED: reserved_nano is not what the log gives/,
  }),
  order: lie<'dispatch'>({
    kind: 'dispatch',
    taskOf: ({ order }) => order.task_id,
    alter: (body) => ({ ...body, order: { ...body.order, nonce: 'cd'.repeat(16) } }),
    reason: /^MERKLE_PROOF_INVALID/,
  }),
  proof: lie<'reveal'>({
    kind: 'reveal',
    taskOf: ({ task_id }) => task_id,
    alter: (body) => ({ ...body, proof: { ...body.proof, result_hash: FALSE_HASH } }),
    reason: /^AUDITOR_REFUSED: the commitment that result and salt open is not what the log gives/,
  }),
  verdict: verdictLie(
    (body) => ({ ...body, result_hash: FALSE_HASH }),
    /^VERDICT_INVALID: the verdict’s result_hash is not what its executions give/,
  ),
  reward: verdictLie(
    (body) => ({
      ...body,
      seats: body.seats.map((seat, at) => (at === 0 ? { ...seat, reward_nano: plus(seat.reward_nano, 1n) } : seat)),
      charged_nano: plus(body.charged_nano, 1n),
    }),
    /^VERDICT_INVALID: the verdict’s seats\.1\.reward_nano is not what its executions give/,
  ),
  twice: verdictLie((body) => {
    const [first, ...others] = body.seats
    if (first === undefined) return body
    const charged_nano = plus(body.charged_nano, BigInt(first.reward_nano))
    return { ...body, seats: [first, first, ...others], charged_nano }
  }, /^AUDITOR_REFUSED: the verdict lists an execution twice/),
}

type Told = { entry: LogEntry; hash: string; reason: RegExp }

/** Rewrites the coordinator's log as if it had lied from the start: bodies and hashes. @returns the entries now */
const rewriteLog = async (taskOf: Record<keyof typeof lies, string>): Promise<Told[]> => {
  const origin = { network: net.network.network, vault: net.network.vault }
  const database = await PGlite.create(join(net.databaseDir, 'pg'))
  const { rows } = await database.query<LogEntry>('SELECT index, at, kind, body FROM log ORDER BY index')
  const told: Told[] = []
  for (const [name, { kind, alter, taskOf: taskOfBody, reason }] of Object.entries(lies)) {
    const taskId = taskOf[name as keyof typeof lies]
    const honest = rows.find((entry) => entry.kind === kind && taskOfBody(entry.body) === taskId)
    if (honest === undefined) throw new Error(`no ${kind} of task ${taskId}`)
    const entry = { ...honest, body: alter(honest.body) } as LogEntry
    const hash = toHex(logEntryHash(entry, origin))
    const values = [entry.index, JSON.stringify(entry.body), hash]
    await database.query('UPDATE log SET body = $2, hash = $3 WHERE index = $1', values)
    told.push({ entry, hash, reason })
  }
  await database.close()
  return told
}

it('is refused leaf by leaf, and everything else is paid', async () => {
  const { client, devices, payoutsTo } = parties
  const names = Object.keys(lies) as (keyof typeof lies)[]
  const task = { operation: 'image-moderation', model: 'nsfw-mobilenet-v2', rewardTon: '0.001' }
  const inputs = [...names, 'honest', 'honest'].map((_, index) => ({ ...task, input: picture(index) }))
  const ids = (await client.submit(inputs)).map(({ taskId }) => taskId)
  await client.wait(ids, { until: 'delivered', timeoutMs: 60_000 })
  const taskOf = Object.fromEntries(names.map((name, at) => [name, ids[at] ?? ''])) as Record<keyof typeof lies, string>
  const honest = ids.slice(names.length)

  await net.stopCoordinator()
  const told = await rewriteLog(taskOf)
  await net.startCoordinator()
  await parties.startAuditor()
  const views = await client.wait(ids, { until: 'paid', timeoutMs: 60_000 })
  expect(views.map(({ status }) => status)).toEqual([...names.map(() => 'failed'), ...honest.map(() => 'paid')])
  expect(views.flatMap(({ error }) => (error === undefined ? [] : [error.code]))).toEqual(
    names.map(() => 'AUDITOR_REFUSED'),
  )
  expect(views.slice(0, names.length).map(({ result }) => result)).toEqual(names.map(() => undefined))

  // What comes later agrees again, to the nano and to the reputation.
  const { taskId } = await client.submit({ ...task, input: picture(99) })
  const [later] = await client.wait([taskId], { until: 'paid', timeoutMs: 60_000 })
  expect(later).toMatchObject({ status: 'paid' })

  const entries = await readLog(net.network.coordinator)
  const refusals = bodiesOf(entries, 'refusal')
  for (const { entry, hash, reason } of told) {
    const found = refusals.find((refusal) => refusal.hash === hash)
    expect(found?.reason, `the refusal of entry ${entry.index}`).toMatch(reason)
    const leaf = entry.kind === 'task' ? /; task \S+$/ : /; task \S+, attempt \d+ of device [0-9a-f]{32}/
    expect(found?.reason).toMatch(leaf)
  }
  for (const refused of Object.values(taskOf)) {
    const view = views.find(({ task_id }) => task_id === refused)
    const { message = '' } = view?.error ?? {}
    expect(message).toContain(`task ${refused}, attempt 1 of device`)
    for (const seat of view?.seats ?? [])
      expect(message).toContain(`attempt ${seat.attempt} of device ${seat.device_id}`)
  }
  const twice = refusals.find(({ reason }) => lies.twice.reason.test(reason))
  expect(twice?.reason).toContain(`task_id ${taskOf.twice}`)
  expect(twice?.reason).toMatch(/attempt 1\b/)

  const charges = bodiesOf(entries, 'charge')
  expect(charges.flatMap(({ task_ids }) => task_ids).toSorted()).toEqual([...honest, taskId].toSorted())
  const cells = bodiesOf(entries, 'cosignature')
  expect(cells).toHaveLength(charges.length + bodiesOf(entries, 'commit').length)
  const verdicts = bodiesOf(entries, 'verdict').filter(({ task_id }) => [...honest, taskId].includes(task_id))
  const chargedNano = verdicts.reduce((sum, { charged_nano }) => sum + BigInt(charged_nano), 0n)
  const vault = await parties.chain.vault()
  expect(vault).toMatchObject({ epoch: 2, fundedNextNano: 0n, owedNano: 0n, paidNano: chargedNano })
  for (const { worker, payoutAddress } of devices) {
    const seats = verdicts.flatMap((verdict) => verdict.seats).filter(({ device_id }) => device_id === worker.deviceId)
    const earned = seats.reduce((sum, { reward_nano }) => sum + BigInt(reward_nano), 0n)
    await until('the payouts', async () => {
      const received = await payoutsTo(payoutAddress)
      return received.reduce((sum, amount) => sum + amount, 0n) === earned
    })
  }

  // A task that was refused was never taken in; the others that failed are not completed.
  const last = bodiesOf(entries, 'commit').at(-1)
  const proof = last && proveReputation(last, { requester: charges[0]?.requester ?? '' })
  if (proof === undefined) throw new Error('the requester’s reputation is not published')
  const accepted = honest.length + 1
  expect(verifyReputation(vault?.roots.reputationRoot ?? '', proof)).toBe(
    requesterReputationOf({ created: ids.length, completed: accepted, succeeded: accepted }),
  )
  const escrow = await client.escrow()
  expect(escrow).toMatchObject({ charged_nano: chargedNano.toString(), accepted_nano: '0', reserved_nano: '0' })
})
