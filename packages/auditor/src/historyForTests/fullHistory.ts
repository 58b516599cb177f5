import type { LogEntry } from '@gstd/sdk'
import { createHistory, type History, type LoggedTask } from './createHistory.ts'
import { outputOf } from './executions.ts'
import { cosign } from './foldHistory.ts'
import { certifiedDevice, otherRequester, type TestDevice } from './parties.ts'

export type FullHistory = History & {
  devices: { ada: TestDevice; bob: TestDevice; cleo: TestDevice; dan: TestDevice }
  named: Record<'checked' | 'voted' | 'known' | 'cancelled' | 'disputed' | 'retried' | 'late', LoggedTask>
}

/** Logs the auditor's signature over the last entry. */
export const cosignLast = async (history: History): Promise<void> => {
  const last = history.entries.at(-1)
  if (last?.kind !== 'charge' && last?.kind !== 'commit') throw new Error('the last entry is nothing to co-sign')
  history.log('cosignature', await cosign(last))
}

const payEpoch = async (history: History, epoch: number, charged: readonly LoggedTask[]): Promise<void> => {
  const last = history.charges.at(-1)?.body
  await history.charge(epoch, charged, BigInt(last?.cumulative_nano ?? 0), last?.tasks ?? 0)
  await cosignLast(history)
  await history.commit(epoch)
  await cosignLast(history)
  history.execute(epoch)
}

/** A log with every kind of entry but refusals and what follows a veto or an uncommit: two epochs, every way a task can end. */
export const fullHistory = async (): Promise<FullHistory> => {
  const history = await createHistory()
  const devices = {
    ada: await certifiedDevice('ada'),
    bob: await certifiedDevice('bob'),
    cleo: await certifiedDevice('cleo'),
    dan: await certifiedDevice('dan'),
  }
  const { ada, bob, cleo, dan } = devices
  for (const device of Object.values(devices)) history.device(device)

  const checked = await history.task({ name: 'checked' })
  await history.run(checked, [
    [ada, 'Neutral'],
    [bob, 'Neutral'],
  ])
  const voted = await history.task({ name: 'voted', validation: 'majority' })
  await history.run(voted, [
    [ada, 'Drawing'],
    [bob, 'Drawing'],
    [cleo, 'Sexy'],
  ])
  // Known from another runtime: the same label, other scores.
  const known = await history.task({ name: 'known', knownAnswer: [outputOf('Neutral', 0.8749)] })
  await history.run(known, [[dan, 'Neutral']])
  const cancelled = await history.task({ name: 'cancelled', from: otherRequester })
  history.cancel(cancelled)
  await payEpoch(history, 1, [checked, voted])

  const disputed = await history.task({ name: 'disputed' })
  await history.run(disputed, [
    [ada, 'Neutral'],
    [bob, 'Drawing'],
    [cleo, 'Sexy'],
  ])
  const retried = await history.task({ name: 'retried' })
  const lost = await history.dispatch(retried, ada, 1)
  history.end(lost, 'no_ack', 2_000)
  const again = await history.dispatch(retried, bob, 1)
  const beside = await history.dispatch(retried, cleo, 2)
  for (const execution of [again, beside]) history.commitTo(execution)
  for (const execution of [again, beside]) history.reveal(execution)
  for (const execution of [again, beside]) await history.attest(execution)
  history.verdict(retried)
  const late = await history.task({ name: 'late' })
  const lonely = await history.dispatch(late, dan, 1)
  history.commitTo(lonely)
  history.reveal(lonely)
  await history.attest(lonely)
  history.pass(600_000)
  history.verdict(late, 'TASK_EXPIRED')
  await payEpoch(history, 2, [known, retried])
  return { ...history, devices, named: { checked, voted, known, cancelled, disputed, retried, late } }
}

/** @returns the nth entry of a kind, counted from 0. */
export const entryOf = <Kind extends LogEntry['kind']>(
  entries: readonly LogEntry[],
  kind: Kind,
  nth = 0,
): Extract<LogEntry, { kind: Kind }> => {
  const found = entries.filter((entry): entry is Extract<LogEntry, { kind: Kind }> => entry.kind === kind)[nth]
  if (found === undefined) throw new Error(`the history has no ${kind} ${nth}`)
  return found
}
