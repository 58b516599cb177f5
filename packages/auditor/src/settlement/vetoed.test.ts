import { beforeAll, describe, expect, it } from 'vitest'
import type { LogEntry } from '@gstd/sdk'
import { commitCellOf, guardCellOf, type GuardMessage, payoutBatchesOf, type VaultState } from '@gstd/sdk/contracts'
import { escrowState, vaultState } from '../historyForTests/chainStates.ts'
import { createHistory, type History, type LoggedTask } from '../historyForTests/createHistory.ts'
import { foldHistory } from '../historyForTests/foldHistory.ts'
import { cosignLast } from '../historyForTests/fullHistory.ts'
import {
  certifiedDevice,
  coordinator,
  escrowOf,
  origin,
  requester,
  type TestDevice,
} from '../historyForTests/parties.ts'
import { chargedEscrows, judgeCommit } from './judgeCommit.ts'
import { judgeGuard } from './judgeGuard.ts'

let devices: [TestDevice, TestDevice]
beforeAll(async () => {
  devices = [await certifiedDevice('a'), await certifiedDevice('b')]
})

const DAYS_7_SEC = 604_800
const sign = { outcome: 'sign' }
const refused = (reason: RegExp) => ({ outcome: 'refuse', reason: expect.stringMatching(reason) })
const retried = (reason: RegExp) => ({ outcome: 'retry', reason: expect.stringMatching(reason) })

/** A log whose first epoch is committed, with a third task that is not charged yet. */
const committed = async () => {
  const log = await createHistory()
  for (const device of devices) log.device(device)
  const tasks: LoggedTask[] = []
  for (const name of ['first', 'second', 'third']) {
    const task = await log.task({ name })
    await log.run(task, [
      [devices[0], 'Neutral'],
      [devices[1], 'Neutral'],
    ])
    tasks.push(task)
  }
  const { cumulative_nano } = await log.charge(1, tasks.slice(0, 2), 0n, 0)
  await cosignLast(log)
  const commit = await log.commit(1)
  await cosignLast(log)
  return { log, tasks, commit, chargedNano: BigInt(cumulative_nano) }
}

const fold = (log: History, vault: VaultState) =>
  foldHistory(log.entries, log.tasks, (entry: LogEntry) =>
    ['vetoed', 'executed', 'uncommitted'].includes(entry.kind) ? { vault } : {},
  )

const vetoed = { epoch: 1, fundedFrom: 1, frozenAtSec: 1_790_000_000 }

describe('an end of an epoch', () => {
  it.each<[string, (log: History) => unknown, Partial<VaultState>, RegExp]>([
    ['a veto that the vault does not show', (log) => log.log('vetoed', { epoch: 1 }), { epoch: 1 }, /does not show/],
    ['a vetoed epoch as paid', (log) => log.execute(1), vetoed, /has not paid the epoch/],
    [
      'given up batches that are not owed',
      (log) => log.log('uncommitted', { epoch: 1, next: 'ab'.repeat(32) }),
      { epoch: 1 },
      /does not show/,
    ],
    [
      'a veto of an epoch that nobody co-signed',
      (log) => log.log('vetoed', { epoch: 2 }),
      vetoed,
      /no co-signed commit/,
    ],
  ])('is refused: %s', async (_what, end, vault, reason) => {
    const { log } = await committed()
    end(log)
    const { findings } = await fold(log, vaultState(vault))
    expect(findings.map((finding) => finding.reason)).toEqual([expect.stringMatching(reason)])
  })

  it('is not another one once the epoch was vetoed', async () => {
    const { log } = await committed()
    log.log('vetoed', { epoch: 1 })
    log.execute(1)
    const { findings } = await fold(log, vaultState({ epoch: 1, fundedFrom: 1 }))
    expect(findings.map(({ reason }) => reason)).toEqual([expect.stringMatching(/was vetoed before/)])
  })

  it('refuses a commit that was given up in full as paid', async () => {
    const { log, commit } = await committed()
    log.execute(1)
    const owedNano = BigInt(commit.total_nano) + BigInt(commit.owed_after_nano)
    const { findings } = await fold(log, vaultState({ epoch: 1, owedNano }))
    expect(findings.map(({ reason }) => reason)).toEqual([expect.stringMatching(/has not paid the epoch/)])
  })
})

const judgeNext = async (log: History, tasks: LoggedTask[], chargedNano: bigint, ended: Partial<VaultState>) => {
  const charge = await log.charge(2, tasks.slice(2), chargedNano, 2)
  await cosignLast(log)
  const commit = await log.commit(2)
  const { ledger, findings } = await fold(log, vaultState(ended))
  expect(findings).toEqual([])
  const facts = ledger.state.commits.get(commitCellOf(commit, origin).hash().toString('hex'))
  if (facts === undefined) throw new Error('the commit is not in the log')
  expect([...chargedEscrows(ledger.state, facts)]).toEqual([[escrowOf(requester), requester]])
  const totalNano = BigInt(charge.cumulative_nano)
  const escrows = new Map([[escrowOf(requester), escrowState({ chargedNano: totalNano })]])
  const judge = (vault: Partial<VaultState>) =>
    judgeCommit(ledger.state, facts, { vault: vaultState({ ...ended, ...vault }), escrows }, log.now() / 1000)
  return { commit, totalNano, judge }
}

describe('the commit after', () => {
  it('a veto pays both epochs, once the freeze has ended, and not what was committed for one', async () => {
    const { log, tasks, chargedNano } = await committed()
    log.log('vetoed', { epoch: 1 })
    const { commit, totalNano, judge } = await judgeNext(log, tasks, chargedNano, { epoch: 1, fundedFrom: 1 })
    expect(BigInt(commit.total_nano) + BigInt(commit.owed_after_nano)).toBe(totalNano)
    expect(judge({ fundedNextNano: totalNano })).toEqual(sign)
    expect(judge({ fundedNextNano: totalNano, frozenAtSec: 5 })).toEqual(retried(/is frozen/))
    expect(judge({ fundedNextNano: totalNano, fundedFrom: 2 })).toEqual(retried(/vetoed otherwise/))
    expect(judge({ fundedNextNano: totalNano - chargedNano })).toEqual(retried(/not what the vault holds/))
  })

  it('batches that were given up pays them with what is new', async () => {
    const { log, tasks, commit: first, chargedNano } = await committed()
    const next = payoutBatchesOf(first).head
    log.log('uncommitted', { epoch: 1, next })
    const owedNano = BigInt(first.total_nano) + BigInt(first.owed_after_nano)
    const { commit, totalNano, judge } = await judgeNext(log, tasks, chargedNano, { epoch: 1, owedNano })
    expect(BigInt(commit.total_nano) + BigInt(commit.owed_after_nano)).toBe(totalNano)
    expect(judge({ fundedNextNano: totalNano - chargedNano })).toEqual(sign)
    expect(judge({ fundedNextNano: totalNano - chargedNano, owedNano: 0n })).toEqual(
      retried(/not what the vault holds/),
    )
  })
})

/** @returns what becomes of an `unfreeze` or `uncommit` at the end of a log */
const judgeMessage = async (
  message: GuardMessage,
  vault: Partial<VaultState>,
  nowSec: number,
  signer = coordinator,
) => {
  const { log } = await committed()
  const hash = guardCellOf(message, origin).hash()
  const coordinator_signature = await signer.sign(hash)
  if (message.kind === 'unfreeze') log.log('unfreeze', { ...message.body, coordinator_signature })
  else log.log('uncommit', { ...message.body, coordinator_signature })
  const { ledger, findings } = await fold(log, vaultState(vault))
  const facts = ledger.state.guards.get(hash.toString('hex'))
  return facts === undefined ? findings : judgeGuard(facts, vaultState(vault), nowSec)
}

describe('what both keys sign beside payments', () => {
  const frozenAtSec = 1_790_000_000
  const dueSec = frozenAtSec + DAYS_7_SEC
  const unfreeze: GuardMessage = {
    kind: 'unfreeze',
    body: { frozen_at_sec: frozenAtSec, valid_until_sec: dueSec + 300 },
  }
  const next = 'ab'.repeat(32)
  const uncommit: GuardMessage = { kind: 'uncommit', body: { epoch: 1, next, valid_until_sec: dueSec + 300 } }
  const waiting = { epoch: 1, current: { next, remainingNano: 5n, validFromSec: frozenAtSec } }

  it('ends the freeze that the vault shows, 7 days after it began', async () => {
    expect(await judgeMessage(unfreeze, vetoed, dueSec)).toEqual(sign)
    expect(await judgeMessage(unfreeze, vetoed, dueSec - 1)).toEqual(retried(/7 days have not passed/))
    expect(await judgeMessage(unfreeze, { epoch: 1 }, dueSec)).toEqual(retried(/another freeze, or none/))
    expect(await judgeMessage(unfreeze, vetoed, dueSec + 301)).toEqual(refused(/expired/))
  })

  it('gives up the batch that the vault waits for, 7 days after its window', async () => {
    expect(await judgeMessage(uncommit, waiting, dueSec)).toEqual(sign)
    expect(await judgeMessage(uncommit, waiting, dueSec - 1)).toEqual(retried(/7 days have not passed/))
    expect(await judgeMessage(uncommit, { epoch: 1 }, dueSec)).toEqual(retried(/does not wait for this batch/))
    expect(await judgeMessage(uncommit, { ...waiting, epoch: 2 }, dueSec)).toEqual(refused(/later epoch/))
  })

  it('is signed by the coordinator', async () => {
    const finding = expect.objectContaining({ reason: expect.stringMatching(/not signed by the coordinator/) })
    expect(await judgeMessage(unfreeze, vetoed, dueSec, devices[0].signer)).toEqual([finding])
  })
})
