import type { TaskDescriptor } from '../documents/descriptor.ts'

/** An input that devices fetch themselves; `hash` (`sha256:<hex>`) is over the bytes they will get. */
export type RemoteInput = { source: 'http' | 'ipfs'; uri: string; hash: string }

/** One input: its bytes, or where they are. */
export type InputSource = Uint8Array | RemoteInput

/** A task as a caller describes it; everything else of the descriptor the client adds. */
export type TaskInput = {
  /** On the network's whitelist, such as `image-moderation`. */
  operation: string
  /** Id of a model that the whitelist allows for the operation. */
  model: string
  /** One input or several; a result has one output for each. */
  input: InputSource | readonly InputSource[]
  params?: Record<string, unknown>
  /** Default `reference`. */
  validation?: TaskDescriptor['validation']
  /** Base reward of each agreeing device in TON, a decimal string; default `0.01`. */
  rewardTon?: string
  /** 1..5, default 5. */
  timeLimitSec?: number
  /** 1..50, default 20. */
  maxEnergyMwh?: number
  /** `majority` only: 3..15 answers, default 3. */
  redundancy?: number
  /** `majority` only: the most devices that may be asked, default `redundancy + 3`. */
  maxDevices?: number
  /** Unix ms after which nothing is dispatched; default ten minutes from now. */
  deadline?: number
  /** One expected output for each input; it travels beside the task and never reaches a device. */
  knownAnswer?: unknown[]
  /** A uuid v4 of the caller's; a later call with the same id is refused with `TASK_CONFLICT`, and runs nothing. */
  taskId?: string
}

const isList = (input: InputSource | readonly InputSource[]): input is readonly InputSource[] => Array.isArray(input)

/** @returns the inputs as a list, whichever way the task spells them. */
export const inputSources = (task: Pick<TaskInput, 'input'>): readonly InputSource[] => {
  const { input } = task
  return isList(input) ? input : [input]
}
