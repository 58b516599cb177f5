import type { TaskInput } from '@gstd/sdk'
import type { NamedInput } from './expandInputs.ts'

/** A task before its inputs are read. */
export type PackedTask = { names: string[]; bytes: number; load: () => Promise<TaskInput> }

/** Inputs are read batch by batch, so that a large directory does not have to fit into memory. */
const MAX_LOADED_BYTES = 64 * 1024 * 1024
const MAX_LOADED_TASKS = 1024

/** Gives every `itemsPerTask` inputs, in order, a task. */
export const packTasks = (
  inputs: readonly NamedInput[],
  shared: Omit<TaskInput, 'input'>,
  itemsPerTask: number,
): PackedTask[] => {
  const tasks: PackedTask[] = []
  for (let start = 0; start < inputs.length; start += itemsPerTask) {
    const items = inputs.slice(start, start + itemsPerTask)
    tasks.push({
      names: items.map(({ name }) => name),
      bytes: items.reduce((sum, { bytes }) => sum + bytes, 0),
      load: async () => ({ ...shared, input: await Promise.all(items.map(({ load }) => load())) }),
    })
  }
  return tasks
}

/** Splits tasks into runs that are read into memory together. */
export const chunkTasks = (tasks: readonly PackedTask[]): PackedTask[][] => {
  const chunks: PackedTask[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const task of tasks) {
    if (bytes + task.bytes > MAX_LOADED_BYTES || (chunks.at(-1)?.length ?? 0) >= MAX_LOADED_TASKS) {
      chunks.push([])
      bytes = 0
    }
    chunks.at(-1)?.push(task)
    bytes += task.bytes
  }
  return chunks
}
