import type { LogEntry } from '@gstd/sdk'

type Execution = { attempt: number; device_id: string }

const inWords = (taskId: string, executions: readonly Execution[]): string =>
  [`task ${taskId}`, ...executions.map(({ attempt, device_id }) => `attempt ${attempt} of device ${device_id}`)].join(
    ', ',
  )

/** @returns what an entry pays, or could lead to: its task, and the executions it is about; undefined for no task */
export const describeLeaf = ({ kind, body }: LogEntry): string | undefined => {
  switch (kind) {
    case 'task':
      return inWords(body.descriptor.task_id, [])
    case 'dispatch':
      return inWords(body.order.task_id, [body.order])
    case 'reveal':
      return inWords(body.task_id, [{ attempt: body.attempt, device_id: body.proof.device_id }])
    case 'commitment':
    case 'seat_end':
      return inWords(body.task_id, [body])
    case 'verdict':
      return inWords(body.task_id, body.seats)
    case 'cancelled':
      return inWords(body.task_id, [])
    case 'parameters':
    case 'device':
    case 'attestation':
    case 'charge':
    case 'commit':
    case 'unfreeze':
    case 'uncommit':
    case 'cosignature':
    case 'refusal':
    case 'executed':
    case 'vetoed':
    case 'uncommitted':
    case 'reclaimed':
      return undefined
  }
}
