import { hashDocument } from '../documents/hashDocument.ts'

/** What is paid for one execution: a leaf under the `tasksRoot` of a charge and of an epoch's commit. */
export type TaskLeaf = {
  task_id: string
  device_id: string
  attempt: number
  amount_nano: string
  result_hash: string
  proof_hash: string
}

/** @returns the leaf's 32-byte hash under the domain `task-leaf`. */
export const taskLeafHash = (leaf: TaskLeaf): Uint8Array<ArrayBuffer> => hashDocument('task-leaf', leaf)
