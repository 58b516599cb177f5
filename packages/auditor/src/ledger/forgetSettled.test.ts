import { chargeCellOf } from '@gstd/sdk/contracts'
import { describe, expect, it } from 'vitest'
import { escrowState, vaultState } from '../historyForTests/chainStates.ts'
import { createHistory, type History, type LoggedTask } from '../historyForTests/createHistory.ts'
import { foldHistory } from '../historyForTests/foldHistory.ts'
import { cosignLast, fullHistory } from '../historyForTests/fullHistory.ts'
import { certifiedDevice, origin } from '../historyForTests/parties.ts'
import { taskBody } from '../historyForTests/taskBody.ts'
import { judgeCharge } from '../settlement/judgeCharge.ts'

const idsOf = (tasks: Iterable<LoggedTask>): string[] => [...tasks].map(({ descriptor }) => descriptor.task_id)

const reasonsOf = async ({ entries, tasks }: History) =>
  (await foldHistory(entries, tasks)).findings.map(({ kind, reason }) => `${kind}: ${reason}`)

describe('an executed epoch', () => {
  it('leaves nothing in memory of what it has settled but the ids', async () => {
    const { entries, tasks, named } = await fullHistory()
    const { ledger } = await foldHistory(entries, tasks)
    expect(ledger.state.tasks.size).toBe(0)
    expect([...ledger.state.ended].toSorted()).toEqual(idsOf(Object.values(named)).toSorted())
    expect(ledger.state.charges.size).toBe(0)
    expect([...ledger.state.commits.values()].map(({ body }) => body.epoch)).toEqual([2])
    expect(ledger.state.provisional.size).toBe(0)
  })

  it('keeps its tasks from being submitted or charged again', async () => {
    const history = await fullHistory()
    const { checked } = history.named
    history.log('task', await taskBody(checked.descriptor, false, history.now()))
    await history.charge(3, [checked], BigInt(history.charges[1]?.body.cumulative_nano ?? 0), 4)
    expect(await reasonsOf(history)).toEqual([
      expect.stringMatching(/^task: .*used before/),
      expect.stringMatching(/^charge: .*nothing is due for the task any more/),
    ])
  })

  const withTasks = async (count: number) => {
    const log = await createHistory()
    const devices = [await certifiedDevice('a'), await certifiedDevice('b')] as const
    for (const device of devices) log.device(device)
    const tasks: LoggedTask[] = []
    for (let index = 0; index < count; index++) {
      const task = await log.task({ name: `task ${index}` })
      await log.run(task, [
        [devices[0], 'Neutral'],
        [devices[1], 'Neutral'],
      ])
      tasks.push(task)
    }
    return { log, tasks }
  }

  const pay = async (log: History, epoch: number) => {
    await log.commit(epoch)
    await cosignLast(log)
    log.execute(epoch)
  }

  it('is what the next charge follows on', async () => {
    const { log, tasks } = await withTasks(2)
    const first = await log.charge(1, tasks.slice(0, 1), 0n, 0)
    await cosignLast(log)
    await pay(log, 1)
    const chargedNano = BigInt(first.cumulative_nano)
    const second = await log.charge(2, tasks.slice(1), chargedNano, 1)
    const { ledger, findings } = await foldHistory(log.entries, log.tasks)
    expect(findings).toEqual([])
    const facts = ledger.state.charges.get(chargeCellOf(second, origin).hash().toString('hex'))
    const chain = { vault: vaultState({ epoch: 1 }), escrow: escrowState({ chargedNano, tasks: 1 }) }
    expect(facts && judgeCharge(ledger.state, facts, chain, log.now() / 1000)).toEqual({ outcome: 'sign' })
  })

  it('lets go of nothing where a charge of it did not land', async () => {
    const { log, tasks } = await withTasks(2)
    const first = await log.charge(1, tasks.slice(0, 1), 0n, 0)
    await cosignLast(log)
    // Co-signed, but the commit below pays nothing of it: it never landed.
    await log.charge(1, tasks.slice(1), BigInt(first.cumulative_nano), 1)
    await cosignLast(log)
    const lost = log.charges.pop()
    await pay(log, 1)
    const { ledger, findings } = await foldHistory(log.entries, log.tasks)
    expect(findings).toEqual([])
    expect([...ledger.state.tasks.keys()]).toEqual(idsOf(tasks))
    const again = await log.charge(2, tasks.slice(1), BigInt(first.cumulative_nano), 1)
    expect(again.task_ids).toEqual(lost?.body.task_ids)
    expect(await reasonsOf(log)).toEqual([])
  })
})
