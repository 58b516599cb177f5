import { type LogBody, tasksRootOf, toHex } from '@gstd/sdk'
import { commitCellOf, payoutBatchesOf } from '@gstd/sdk/contracts'
import { beforeAll, describe, expect, it } from 'vitest'
import { escrowState, vaultState } from '../historyForTests/chainStates.ts'
import { createHistory, type History, type LoggedTask } from '../historyForTests/createHistory.ts'
import { foldHistory } from '../historyForTests/foldHistory.ts'
import { cosignLast } from '../historyForTests/fullHistory.ts'
import { certifiedDevice, escrowOf, origin, requester, type TestDevice } from '../historyForTests/parties.ts'
import { signCommit } from '../historyForTests/settlements.ts'
import { chargedEscrows, type CommitChain, judgeCommit } from './judgeCommit.ts'

let devices: [TestDevice, TestDevice]
beforeAll(async () => {
  devices = [await certifiedDevice('a'), await certifiedDevice('b')]
})

/** A log with three tasks, two of them charged for epoch 1: the devices are paid, the operator is owed. */
const charged = async (): Promise<{ log: History; tasks: LoggedTask[]; chargedNano: bigint }> => {
  const log = await createHistory()
  for (const device of devices) log.device(device)
  const tasks: LoggedTask[] = []
  for (const name of ['first', 'second', 'third']) tasks.push(await log.task({ name }))
  for (const task of tasks)
    await log.run(task, [
      [devices[0], 'Neutral'],
      [devices[1], 'Neutral'],
    ])
  const charge = await log.charge(1, tasks.slice(0, 2), 0n, 0)
  await cosignLast(log)
  return { log, tasks, chargedNano: BigInt(charge.cumulative_nano) }
}

const escrows = (chargedNano: bigint): CommitChain['escrows'] =>
  new Map([[escrowOf(requester), escrowState({ chargedNano })]])

/** @returns what becomes of a commit at the end of a log */
const judge = async (log: History, commit: LogBody<'commit'>, chain: CommitChain, laterSec = 0) => {
  const { ledger, findings } = await foldHistory(log.entries, log.tasks)
  expect(findings).toEqual([])
  const facts = ledger.state.commits.get(commitCellOf(commit, origin).hash().toString('hex'))
  if (facts === undefined) throw new Error('the commit is not in the log')
  expect([...chargedEscrows(ledger.state, facts)]).toEqual([[escrowOf(requester), requester]])
  return judgeCommit(ledger.state, facts, chain, log.now() / 1000 + laterSec)
}

const plus = (payout: LogBody<'commit'>['payouts'][number], more: bigint) => ({
  ...payout,
  amount_nano: (BigInt(payout.amount_nano) + more).toString(),
})

const sign = { outcome: 'sign' }
const refused = (reason: RegExp) => ({ outcome: 'refuse', reason: expect.stringMatching(reason) })
const retried = (reason: RegExp) => ({ outcome: 'retry', reason: expect.stringMatching(reason) })

/** Logs what a coordinator that lies would sign, with sums that still add up. */
const logAltered = async (log: History, change: (commit: LogBody<'commit'>) => Partial<LogBody<'commit'>>) => {
  const commit = await log.commit(1)
  log.entries.pop()
  const changed = { ...commit, ...change(commit) }
  const sum = (entries: LogBody<'commit'>['owed']) =>
    entries.reduce((total, one) => total + BigInt(one.amount_nano), 0n)
  const altered = await signCommit({
    ...changed,
    head: payoutBatchesOf(changed).head,
    total_nano: sum(changed.payouts).toString(),
    owed_after_nano: sum(changed.owed).toString(),
  })
  log.log('commit', altered)
  return altered
}

describe('a commit', () => {
  it('is co-signed when it pays what the epoch’s landed charges earned, which the vault holds', async () => {
    const { log, chargedNano } = await charged()
    const commit = await log.commit(1)
    const chain = { vault: vaultState({ fundedNextNano: chargedNano }), escrows: escrows(chargedNano) }
    expect(await judge(log, commit, chain)).toEqual(sign)
    expect(await judge(log, commit, chain, 301)).toEqual(refused(/expired/))
    expect(await judge(log, commit, chain, -3400)).toEqual(refused(/valid for too long/))
  })

  it('is of the vault’s next epoch, once the one before is paid', async () => {
    const { log, chargedNano } = await charged()
    const commit = await log.commit(1)
    const held = { fundedNextNano: chargedNano }
    const on = (vault: CommitChain['vault']) => judge(log, commit, { vault, escrows: escrows(chargedNano) })
    expect(await on(vaultState({ ...held, epoch: 1 }))).toEqual(refused(/committed already/))
    expect(await on(undefined)).toEqual(retried(/not deployed/))
    const paying = { next: 'ab'.repeat(32), remainingNano: 5n, validFromSec: 0 }
    expect(await on(vaultState({ ...held, current: paying }))).toEqual(retried(/has not finished the epoch before/))
    const waiting = { next: '0'.repeat(64), remainingNano: 0n, validFromSec: 2_000_000_000 }
    expect(await on(vaultState({ ...held, current: waiting }))).toEqual(retried(/has not finished the epoch before/))
  })

  it('is not co-signed for another sum than the vault holds', async () => {
    const { log, chargedNano } = await charged()
    const commit = await log.commit(1)
    const chain = { vault: vaultState({ fundedNextNano: chargedNano - 1n }), escrows: escrows(chargedNano) }
    expect(await judge(log, commit, chain)).toEqual(retried(/not what the vault holds/))
  })

  it('pays nothing for a charge that has not landed', async () => {
    const { log, chargedNano } = await charged()
    const commit = await log.commit(1)
    const chain = { vault: vaultState({ fundedNextNano: chargedNano }), escrows: escrows(0n) }
    expect(await judge(log, commit, chain)).toEqual(retried(/the commit’s tasks is not what its charges give/))
  })

  it('is not co-signed over charges that the auditor never co-signed', async () => {
    const { log, chargedNano } = await charged()
    const commit = await log.commit(1)
    const chain = { vault: vaultState({ fundedNextNano: chargedNano }), escrows: escrows(chargedNano + 1n) }
    expect(await judge(log, commit, chain)).toEqual(retried(/never co-signed/))
  })

  it.each<[string, (commit: LogBody<'commit'>) => Partial<LogBody<'commit'>>, RegExp]>([
    [
      'a payout moved to somebody else',
      ({ payouts }) => ({
        payouts: payouts.map((one, at) => (at === 0 ? { ...one, address: `0:${'22'.repeat(32)}` } : one)),
      }),
      /payouts/,
    ],
    [
      'one nano moved from one device to another',
      ({ payouts: [first, second] }) => ({ payouts: first && second ? [plus(first, 1n), plus(second, -1n)] : [] }),
      /payouts/,
    ],
    [
      'small sums paid out too early',
      ({ payouts, owed }) => ({ payouts: [...payouts, ...owed], owed: [] }),
      /total_nano/,
    ],
    ['a task more', ({ tasks }) => ({ tasks: tasks + 1 }), /tasks/],
    ['another root over its leaves', () => ({ tasks_root: tasksRootOf([]) }), /tasks_root/],
  ])('with %s is not co-signed', async (_what, change, reason) => {
    const { log, chargedNano } = await charged()
    const commit = await logAltered(log, change)
    const chain = { vault: vaultState({ fundedNextNano: chargedNano }), escrows: escrows(chargedNano) }
    expect(await judge(log, commit, chain)).toEqual(retried(reason))
  })

  it('is refused when its log leaves out a verdict it pays', async () => {
    const { log, tasks, chargedNano } = await charged()
    const size = tasks[1]?.verdictIndex ?? 0
    const commit = await logAltered(log, () => ({ log_size: size, log_root: toHex(log.tree.root(size)) }))
    const chain = { vault: vaultState({ fundedNextNano: chargedNano }), escrows: escrows(chargedNano) }
    expect(await judge(log, commit, chain)).toEqual(refused(/leaves out a verdict/))
  })

  it('waits for another co-signed one of the epoch to expire', async () => {
    const { log, chargedNano } = await charged()
    await log.commit(1)
    await cosignLast(log)
    log.pass(100_000)
    const again = await log.commit(1)
    const chain = { vault: vaultState({ fundedNextNano: chargedNano }), escrows: escrows(chargedNano) }
    expect(await judge(log, again, chain, 200)).toEqual(retried(/may still land/))
    expect(await judge(log, again, chain, 206)).toEqual(sign)
  })

  it('carries over what the commit before left unpaid', async () => {
    const { log, tasks, chargedNano } = await charged()
    const first = await log.commit(1)
    await cosignLast(log)
    log.execute(1)
    const charge = await log.charge(2, tasks.slice(2), chargedNano, 2)
    await cosignLast(log)
    const commit = await log.commit(2)
    const totalNano = BigInt(charge.cumulative_nano)
    const owedNano = BigInt(first.owed_after_nano)
    expect(owedNano).toBeGreaterThan(0n)
    const held = { epoch: 1, fundedNextNano: totalNano - chargedNano, owedNano }
    expect(await judge(log, commit, { vault: vaultState(held), escrows: escrows(totalNano) })).toEqual(sign)
  })
})
