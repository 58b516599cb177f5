import type { LogBody } from '@gstd/sdk'
import { chargeCellOf, commitCellOf } from '@gstd/sdk/contracts'
import { beforeAll, describe, expect, it } from 'vitest'
import { escrowState, vaultState } from '../historyForTests/chainStates.ts'
import { createHistory, type History, type LoggedTask } from '../historyForTests/createHistory.ts'
import { foldHistory } from '../historyForTests/foldHistory.ts'
import { cosignLast } from '../historyForTests/fullHistory.ts'
import { certifiedDevice, escrowOf, origin, requester, type TestDevice } from '../historyForTests/parties.ts'
import { judgeCommit } from './judgeCommit.ts'

let devices: [TestDevice, TestDevice]
beforeAll(async () => {
  devices = [await certifiedDevice('a'), await certifiedDevice('b')]
})

type Charge = LogBody<'charge'>

const nanoOf = ({ cumulative_nano: cumulative, previous_charged_nano: previous }: Charge): bigint =>
  BigInt(cumulative) - BigInt(previous)

const reclaimedOf = (charge: Charge): LogBody<'reclaimed'> => ({
  escrow: charge.escrow,
  epoch: charge.epoch,
  charge_hash: chargeCellOf(charge, origin).hash().toString('hex'),
  amount_nano: nanoOf(charge).toString(),
})

/** A log with two co-signed charges of one escrow for epoch 1. */
const charged = async (): Promise<{ log: History; first: Charge; second: Charge }> => {
  const log = await createHistory()
  for (const device of devices) log.device(device)
  const tasks: [LoggedTask, LoggedTask] = [await log.task({ name: 'first' }), await log.task({ name: 'second' })]
  for (const task of tasks)
    await log.run(task, [
      [devices[0], 'Neutral'],
      [devices[1], 'Neutral'],
    ])
  const first = await log.charge(1, [tasks[0]], 0n, 0)
  await cosignLast(log)
  const second = await log.charge(1, [tasks[1]], BigInt(first.cumulative_nano), 1)
  await cosignLast(log)
  return { log, first, second }
}

/** @returns what becomes of the last commit of a log, when the escrow shows a sum as uncommitted, and the vault holds it */
const judge = async (log: History, commit: LogBody<'commit'>, last: Charge, uncommittedNano: bigint) => {
  const { ledger, findings } = await foldHistory(log.entries, log.tasks)
  expect(findings).toEqual([])
  const facts = ledger.state.commits.get(commitCellOf(commit, origin).hash().toString('hex'))
  if (facts === undefined) throw new Error('the commit is not in the log')
  const escrow = escrowState({
    chargedNano: BigInt(last.cumulative_nano),
    pending: { epoch: 1, deltaNano: uncommittedNano },
  })
  const held = BigInt(commit.total_nano) + BigInt(commit.owed_after_nano)
  const chain = { vault: vaultState({ fundedNextNano: held }), escrows: new Map([[escrowOf(requester), escrow]]) }
  return judgeCommit(ledger.state, facts, chain, log.now() / 1000)
}

const reasonsOf = async ({ entries, tasks }: History) =>
  (await foldHistory(entries, tasks)).findings.map(({ kind, reason }) => `${kind}: ${reason}`)

describe('what an owner took back', () => {
  it('is in no commit, as the escrow shows', async () => {
    const { log, first, second } = await charged()
    log.log('reclaimed', reclaimedOf(first))
    const commit = await log.commit(1)
    expect(commit.tasks).toBe(1)
    expect(await judge(log, commit, second, nanoOf(second))).toEqual({ outcome: 'sign' })
  })

  it('is not taken from the coordinator’s word', async () => {
    const { log, first, second } = await charged()
    log.log('reclaimed', reclaimedOf(first))
    const commit = await log.commit(1)
    expect(await judge(log, commit, second, nanoOf(first) + nanoOf(second))).toEqual({
      outcome: 'retry',
      reason: expect.stringMatching(/does not show what the log says its owner reclaimed/),
    })
  })

  it('was charged, once, to the nano', async () => {
    const { log, first } = await charged()
    log.log('reclaimed', { ...reclaimedOf(first), charge_hash: '00'.repeat(32) })
    log.log('reclaimed', { ...reclaimedOf(first), amount_nano: (nanoOf(first) - 1n).toString() })
    log.log('reclaimed', { ...reclaimedOf(first), epoch: 2 })
    log.log('reclaimed', { ...reclaimedOf(first), escrow: origin.vault })
    log.log('reclaimed', reclaimedOf(first))
    log.log('reclaimed', reclaimedOf(first))
    expect(await reasonsOf(log)).toEqual([
      expect.stringMatching(/^reclaimed: .*no charge that is still to be paid has this hash/),
      expect.stringMatching(/^reclaimed: .*amount_nano/),
      expect.stringMatching(/^reclaimed: .*epoch/),
      expect.stringMatching(/^reclaimed: .*escrow/),
      expect.stringMatching(/^reclaimed: .*reclaimed before/),
    ])
  })

  it('is forgotten with the epoch that is paid without it', async () => {
    const { log, first } = await charged()
    log.log('reclaimed', reclaimedOf(first))
    await log.commit(1)
    await cosignLast(log)
    log.execute(1)
    const { ledger } = await foldHistory(log.entries, log.tasks)
    expect(ledger.state.tasks.size).toBe(0)
    expect(ledger.state.charges.size).toBe(0)
  })
})
