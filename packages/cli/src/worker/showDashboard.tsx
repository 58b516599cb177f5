import { formatAmount } from '@gstd/sdk'
import type { Worker, WorkerEvent } from '@gstd/worker'
import { Box, render, Text } from 'ink'
import type { ReactElement } from 'react'
import { printable, truncate } from '../output/style.ts'
import { describeEvent } from './describeEvent.ts'

/** A picture of a worker that is drawn over itself until it is closed. */
export type Dashboard = { show(event: WorkerEvent): void; close(): void }

const MAX_EVENTS = 8

type Line = { at: number; text: string }

const Picture = (props: {
  name: string
  worker: Worker
  payoutAddress: string
  lines: readonly Line[]
  width: number
}): ReactElement => {
  const { name, worker, payoutAddress, lines, width } = props
  const { state, slots, running, waiting, tasks, earnedNano } = worker.status()
  return (
    <Box flexDirection="column">
      <Text wrap="truncate">
        <Text bold>worker {name}</Text> · device {worker.deviceId.slice(0, 16)}… ·{' '}
        <Text color={state === 'connected' ? 'green' : 'yellow'}>{state}</Text>
      </Text>
      <Text wrap="truncate">
        slots {running}/{slots} busy · {waiting} to hand over · {tasks} tasks · {formatAmount(earnedNano)} TON earned
        since the start
      </Text>
      <Text wrap="truncate" dimColor>
        paid to {payoutAddress}, once an epoch is settled
      </Text>
      <Box flexDirection="column" marginTop={1}>
        {lines.map(({ at, text }, index) => (
          <Text key={index} wrap="truncate">
            <Text dimColor>{new Date(at).toISOString().slice(11, 19)}</Text>{' '}
            {truncate(printable(text), Math.max(20, width - 10))}
          </Text>
        ))}
      </Box>
      <Text dimColor>Ctrl-C finishes what runs and stops</Text>
    </Box>
  )
}

/** Draws a worker on the terminal, once a second and at every event. */
export const showDashboard = (options: { name: string; worker: Worker; payoutAddress: string }): Dashboard => {
  let lines: Line[] = []
  const picture = (): ReactElement => (
    <Picture {...options} lines={lines} width={Math.max(40, process.stdout.columns ?? 80)} />
  )
  const instance = render(picture(), { exitOnCtrlC: false, patchConsole: false })
  const timer = setInterval(() => instance.rerender(picture()), 1000)
  return {
    show: (event) => {
      const text = describeEvent(event)
      if (text !== undefined) lines = [...lines, { at: event.at, text }].slice(-MAX_EVENTS)
      instance.rerender(picture())
    },
    close: () => {
      clearInterval(timer)
      instance.rerender(picture())
      instance.unmount()
    },
  }
}
