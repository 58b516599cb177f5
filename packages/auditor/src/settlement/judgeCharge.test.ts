import type { LogBody } from '@gstd/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { escrowState, vaultState } from '../historyForTests/chainStates.ts'
import { createHistory, type History, type LoggedTask } from '../historyForTests/createHistory.ts'
import { foldHistory } from '../historyForTests/foldHistory.ts'
import { cosignLast } from '../historyForTests/fullHistory.ts'
import { certifiedDevice, type TestDevice } from '../historyForTests/parties.ts'
import { chargeCellOf } from '@gstd/sdk/contracts'
import { origin } from '../historyForTests/parties.ts'
import { type ChargeChain, judgeCharge } from './judgeCharge.ts'

let devices: [TestDevice, TestDevice]
beforeAll(async () => {
  devices = [await certifiedDevice('a'), await certifiedDevice('b')]
})

/** A log with two tasks that may be charged. */
const judged = async (): Promise<{ log: History; tasks: [LoggedTask, LoggedTask] }> => {
  const log = await createHistory()
  for (const device of devices) log.device(device)
  const tasks: [LoggedTask, LoggedTask] = [await log.task({ name: 'first' }), await log.task({ name: 'second' })]
  for (const task of tasks)
    await log.run(task, [
      [devices[0], 'Neutral'],
      [devices[1], 'Neutral'],
    ])
  return { log, tasks }
}

/** @returns what becomes of a charge at the end of a log */
const judge = async (log: History, charge: LogBody<'charge'>, chain: Partial<ChargeChain> = {}, laterSec = 0) => {
  const { ledger, findings } = await foldHistory(log.entries, log.tasks)
  expect(findings).toEqual([])
  const facts = ledger.state.charges.get(chargeCellOf(charge, origin).hash().toString('hex'))
  if (facts === undefined) throw new Error('the charge is not in the log')
  return judgeCharge(
    ledger.state,
    facts,
    { vault: vaultState(), escrow: escrowState(), ...chain },
    log.now() / 1000 + laterSec,
  )
}

const sign = { outcome: 'sign' }
const refused = (reason: RegExp) => ({ outcome: 'refuse', reason: expect.stringMatching(reason) })
const retried = (reason: RegExp) => ({ outcome: 'retry', reason: expect.stringMatching(reason) })

describe('a charge', () => {
  it('is co-signed when it follows on what the chain shows', async () => {
    const { log, tasks } = await judged()
    expect(await judge(log, await log.charge(1, tasks, 0n, 0))).toEqual(sign)
  })

  it('is valid for a while, not for ever', async () => {
    const { log, tasks } = await judged()
    const charge = await log.charge(1, tasks, 0n, 0)
    expect(await judge(log, charge, {}, 299)).toEqual(sign)
    expect(await judge(log, charge, {}, 301)).toEqual(refused(/it has expired/))
    expect(await judge(log, charge, {}, -3400)).toEqual(refused(/valid for too long/))
  })

  it('is of the vault’s next epoch', async () => {
    const { log, tasks } = await judged()
    const charge = await log.charge(2, tasks, 0n, 0)
    expect(await judge(log, charge, { vault: vaultState({ epoch: 1 }) })).toEqual(sign)
    expect(await judge(log, charge, { vault: vaultState({ epoch: 2 }) })).toEqual(refused(/committed already/))
    expect(await judge(log, charge)).toEqual(retried(/not the vault’s next/))
  })

  it('counts the tasks that the escrow was charged for', async () => {
    const { log, tasks } = await judged()
    expect(await judge(log, await log.charge(1, tasks, 0n, 1))).toEqual(refused(/number of tasks.*tasks 3, expected 2/))
  })

  it('waits for contracts that the chain does not show yet', async () => {
    const { log, tasks } = await judged()
    const charge = await log.charge(1, tasks, 0n, 0)
    expect(await judge(log, charge, { vault: undefined })).toEqual(retried(/vault is not deployed/))
    expect(await judge(log, charge, { escrow: undefined })).toEqual(retried(/escrow is not deployed/))
  })

  it('waits for the sum it follows on, and is refused once that has passed', async () => {
    const { log, tasks } = await judged()
    const first = await log.charge(1, [tasks[0]], 0n, 0)
    await cosignLast(log)
    const firstNano = BigInt(first.cumulative_nano)
    const second = await log.charge(1, [tasks[1]], firstNano, 1)
    const landed = { escrow: escrowState({ chargedNano: firstNano, tasks: 1 }) }
    expect(await judge(log, second, landed)).toEqual(sign)
    expect(await judge(log, second)).toEqual(retried(/not charged that much yet/))
    const beyond = { escrow: escrowState({ chargedNano: firstNano + 1n, tasks: 1 }) }
    expect(await judge(log, second, beyond)).toEqual(refused(/was charged more since/))
  })

  it('is not co-signed while another one for the same sum may land, and is once that cannot', async () => {
    const { log, tasks } = await judged()
    await log.charge(1, tasks, 0n, 0)
    await cosignLast(log)
    log.pass(100_000)
    const again = await log.charge(1, tasks, 0n, 0)
    expect(await judge(log, again, {}, 200)).toEqual(retried(/may still land/))
    expect(await judge(log, again, {}, 204)).toEqual(retried(/may still land/))
    expect(await judge(log, again, {}, 206)).toEqual(sign)
  })

  it('may replace one whose epoch was committed without it', async () => {
    const { log, tasks } = await judged()
    await log.charge(1, tasks, 0n, 0)
    await cosignLast(log)
    const again = await log.charge(2, tasks, 0n, 0)
    expect(await judge(log, again, { vault: vaultState({ epoch: 1 }) })).toEqual(sign)
  })

  it('never names a task that was charged before', async () => {
    const { log, tasks } = await judged()
    const first = await log.charge(1, [tasks[0]], 0n, 0)
    await cosignLast(log)
    const firstNano = BigInt(first.cumulative_nano)
    const again = await log.charge(1, [tasks[0]], firstNano, 1)
    const landed = { escrow: escrowState({ chargedNano: firstNano, tasks: 1 }) }
    expect(await judge(log, again, landed)).toEqual(refused(/a task was charged before/))
  })

  it('is not co-signed on sums that the auditor never co-signed', async () => {
    const { log, tasks } = await judged()
    const charge = await log.charge(1, tasks, 7n, 1)
    expect(await judge(log, charge, { escrow: escrowState({ chargedNano: 7n, tasks: 1 }) })).toEqual(
      retried(/never co-signed/),
    )
  })
})
