import {
  type DeviceRecord,
  isBlamed,
  type KnownAnswer,
  type LogBody,
  type LogEntry,
  type LogEntryKind,
  logEntryHash,
  createLogTree,
  newDeviceRecord,
  newRequesterRecord,
  parametersDocument,
  type RequesterRecord,
  type SeatEndReason,
  type TaskDescriptor,
  withFailure,
  withTask,
  withVerdict,
} from '@gstd/sdk'
import { taskBody } from './taskBody.ts'
import { describeTask, type TaskPlan } from './describeTask.ts'
import { type Execution, executeOrder, orderBody, signProofs } from './executions.ts'
import { coordinator, origin, parameters, startMs, type TestDevice } from './parties.ts'
import { chargeBody, commitBody } from './settlements.ts'
import { countVerdict, judgeTask } from './verdicts.ts'

export type LoggedTask = {
  descriptor: TaskDescriptor
  knownAnswer: KnownAnswer | undefined
  executions: Execution[]
  verdict?: LogBody<'verdict'>
  verdictIndex?: number
}

/** A coordinator's log in the making: every document is what its signer would sign. */
export type History = Awaited<ReturnType<typeof createHistory>>

const STEP_MS = 50

/** Begins a log with the network's parameters. */
export const createHistory = async () => {
  const entries: LogEntry[] = []
  const tree = createLogTree()
  const records = new Map<string, DeviceRecord>()
  const requesters = new Map<string, RequesterRecord>()
  const committed = new Map<string, number>()
  const charges: { index: number; body: LogBody<'charge'> }[] = []
  const commits: LogBody<'commit'>[] = []
  const tasks = new Map<string, LoggedTask>()
  const ends = { vetoed: new Set<number>(), unpaidFrom: new Map<number, string>(), reclaimed: new Set<string>() }
  let nowMs = startMs

  const log = <Kind extends LogEntryKind>(kind: Kind, body: LogBody<Kind>): number => {
    nowMs += STEP_MS
    const entry = { index: entries.length, at: nowMs, kind, body } as LogEntry
    if (entry.kind === 'vetoed') ends.vetoed.add(entry.body.epoch)
    if (entry.kind === 'uncommitted') ends.unpaidFrom.set(entry.body.epoch, entry.body.next)
    if (entry.kind === 'reclaimed') ends.reclaimed.add(entry.body.charge_hash)
    entries.push(entry)
    tree.append(logEntryHash(entry, origin))
    return entry.index
  }

  const countRequester = ({ requester }: TaskDescriptor, add: (record: RequesterRecord) => RequesterRecord): void => {
    requesters.set(requester.address, add(requesters.get(requester.address) ?? newRequesterRecord))
  }

  const history = {
    entries,
    tree,
    tasks,
    charges,
    commits,
    now: () => nowMs,
    pass: (ms: number) => {
      nowMs += ms
    },
    log,
    device: ({ certificate }: TestDevice) => log('device', { certificate, independence_id: 'ab'.repeat(16) }),
    task: async (plan: TaskPlan): Promise<LoggedTask> => {
      const { descriptor, knownAnswer } = describeTask(plan, nowMs)
      log('task', await taskBody(descriptor, knownAnswer !== undefined, nowMs))
      countRequester(descriptor, withTask)
      const task: LoggedTask = { descriptor, knownAnswer, executions: [] }
      tasks.set(descriptor.task_id, task)
      return task
    },
    cancel: ({ descriptor }: LoggedTask) => log('cancelled', { task_id: descriptor.task_id }),
    dispatch: async (task: LoggedTask, device: TestDevice, seat: number, label = 'Neutral'): Promise<Execution> => {
      const attempt = task.executions.length + 1
      const body = await orderBody(task.descriptor, { device, seat, attempt, nowMs, committed })
      log('dispatch', body)
      const execution = executeOrder(body, device, label, nowMs)
      task.executions.push(execution)
      return execution
    },
    commitTo: (execution: Execution) => {
      nowMs += execution.observedMs
      const { order, device, observedMs, commitment } = execution
      return log('commitment', {
        task_id: order.task_id,
        attempt: order.attempt,
        device_id: device.id,
        commitment,
        observed_ms: observedMs,
      })
    },
    reveal: ({ order, salt, proof }: Execution) =>
      log('reveal', { task_id: order.task_id, attempt: order.attempt, salt, proof }),
    attest: async (...executions: Execution[]) => {
      for (const execution of executions) execution.attested = true
      return log('attestation', await signProofs(executions, nowMs))
    },
    end: (execution: Execution, reason: SeatEndReason, afterMs: number) => {
      nowMs += afterMs
      execution.ended = reason
      const { order, device } = execution
      if (isBlamed(reason)) records.set(device.id, withFailure(records.get(device.id) ?? newDeviceRecord))
      return log('seat_end', { task_id: order.task_id, attempt: order.attempt, device_id: device.id, reason })
    },
    verdict: (task: LoggedTask, giveUp?: string) => {
      const body = judgeTask(task, giveUp)
      task.verdict = body
      task.verdictIndex = log('verdict', body)
      countVerdict(records, body, task.descriptor)
      countRequester(task.descriptor, (record) => withVerdict(record, body))
      return task.verdictIndex
    },
    /** Runs a whole task: every execution side by side, then the verdict. */
    run: async (task: LoggedTask, answers: readonly (readonly [TestDevice, string])[]) => {
      const executions: Execution[] = []
      for (const [index, [device, label]] of answers.entries()) {
        executions.push(await history.dispatch(task, device, index + 1, label))
      }
      for (const execution of executions) history.commitTo(execution)
      for (const execution of executions) history.reveal(execution)
      for (const execution of executions) await history.attest(execution)
      return history.verdict(task)
    },
    charge: async (epoch: number, charged: readonly LoggedTask[], previousNano: bigint, earlierTasks: number) => {
      const body = await chargeBody({ epoch, charged, previousNano, earlierTasks, nowMs })
      const index = log('charge', body)
      charges.push({ index, body })
      return body
    },
    commit: async (epoch: number) => {
      const body = await commitBody({ epoch, charges, commits, ends, tasks, records, requesters, tree, nowMs })
      log('commit', body)
      commits.push(body)
      return body
    },
    execute: (epoch: number) => {
      const body = commits.findLast((commit) => commit.epoch === epoch)
      for (const { device_id, reputation } of body?.reputations ?? []) committed.set(device_id, reputation)
      return log('executed', { epoch })
    },
  }
  log('parameters', {
    parameters,
    coordinator_signature: await coordinator.sign(parametersDocument.hash(parameters)),
  })
  return history
}
