import { styleText } from 'node:util'
import type { TaskView } from '@gstd/sdk'

/** Shows how far the tasks are: one line that rewrites itself on a terminal, a line per step elsewhere. */
export type Progress = {
  say(step: string): void
  update(view: TaskView): void
  end(): void
}

const stages = ['queued', 'running', 'delivered', 'accepted', 'paid', 'failed'] as const

/** Without a terminal, a line at most this often. */
const LINE_MS = 5000

/** @param stream - stderr, so that stdout stays clean for results */
export const createProgress = (stream: NodeJS.WriteStream, total: number): Progress => {
  const latest = new Map<string, TaskView['status']>()
  const startedAt = performance.now()
  let shown = ''
  let shownAt = startedAt

  const count = (status: (typeof stages)[number]): number =>
    [...latest.values()].filter((value) => value === status).length
  const line = (): string => {
    const parts = stages.filter((stage) => count(stage) > 0).map((stage) => `${stage} ${count(stage)}`)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    return `  ${parts.join(' · ')} of ${total}  (${seconds} s)`
  }
  const clear = (): void => {
    if (stream.isTTY && shown !== '') stream.write('\r\u001b[2K')
  }

  return {
    say: (step) => {
      clear()
      shown = ''
      stream.write(`${styleText('bold', '•', { stream })} ${step}\n`)
    },
    update: (view) => {
      latest.set(view.task_id, view.status)
      const next = line()
      if (stream.isTTY) {
        clear()
        stream.write(next.slice(0, stream.columns > 0 ? stream.columns - 1 : 79))
      } else if (performance.now() - shownAt >= LINE_MS) {
        stream.write(`${next}\n`)
        shownAt = performance.now()
      }
      shown = next
    },
    end: () => {
      if (shown !== '') stream.write(stream.isTTY ? '\n' : `${shown}\n`)
      shown = ''
    },
  }
}
