import { Box, render, Text } from 'ink'
import type { ReactElement } from 'react'
import { printable, truncate } from '../output/style.ts'
import { showOutput } from './showOutput.ts'
import { errorOf, statusOf, type TaskRecord } from './taskRecord.ts'

/** A picture of submitted tasks that is drawn over itself until it is closed. */
export type Progress = { update(records: readonly TaskRecord[]): void; close(): void }

const MAX_ROWS = 8
const NAME_WIDTH = 28
const DONE = ['delivered', 'accepted', 'paid', 'failed', 'refused', 'cancelled']

const colourOf = (status: string): string | undefined => {
  if (status === 'failed' || status === 'refused' || status === 'cancelled') return 'red'
  if (status === 'running') return 'yellow'
  return DONE.includes(status) ? 'green' : undefined
}

const Bar = ({ share, width }: { share: number; width: number }): ReactElement => {
  const full = Math.round(share * width)
  return (
    <Text>
      <Text color="green">{'█'.repeat(full)}</Text>
      <Text dimColor>{'░'.repeat(width - full)}</Text>
    </Text>
  )
}

const Row = ({ record, width }: { record: TaskRecord; width: number }): ReactElement => {
  const status = statusOf(record)
  const error = errorOf(record)
  const outputs = record.view?.result?.map(showOutput).join(' · ')
  const detail = error === undefined ? (outputs ?? '') : `${error.code}: ${error.message}`
  const name = truncate(printable(record.names.join(', ')), NAME_WIDTH).padEnd(NAME_WIDTH)
  const colour = colourOf(status)
  return (
    <Text wrap="truncate">
      {name} <Text {...(colour !== undefined && { color: colour })}>{status.padEnd(10)}</Text>
      {truncate(printable(detail), Math.max(8, width - NAME_WIDTH - 13))}
    </Text>
  )
}

const Tasks = ({
  records,
  seconds,
  width,
}: {
  records: readonly TaskRecord[]
  seconds: number
  width: number
}): ReactElement => {
  const counts = Map.groupBy(records, statusOf)
  const done = records.filter((record) => DONE.includes(statusOf(record))).length
  const latest = records
    .filter((record) => statusOf(record) !== 'queued')
    .toSorted((a, b) => Number(DONE.includes(statusOf(a))) - Number(DONE.includes(statusOf(b))))
    .slice(0, MAX_ROWS)
  const summary = [...counts].map(([status, of]) => `${of.length} ${status}`).join(' · ')
  return (
    <Box flexDirection="column">
      <Text wrap="truncate">
        <Bar share={records.length === 0 ? 1 : done / records.length} width={20} /> {done}/{records.length} {summary} ·{' '}
        {seconds} s
      </Text>
      {latest.map((record) => (
        <Row key={record.submitted.taskId} record={record} width={width} />
      ))}
    </Box>
  )
}

/** Draws the tasks on the terminal, once a second and at every change; closing wipes the picture. */
export const showProgress = (initial: readonly TaskRecord[]): Progress => {
  const startedMs = performance.now()
  let records = initial
  const picture = (): ReactElement => (
    <Tasks
      records={records}
      seconds={Math.floor((performance.now() - startedMs) / 1000)}
      width={Math.max(40, process.stdout.columns ?? 80)}
    />
  )
  const instance = render(picture(), { exitOnCtrlC: false, patchConsole: false })
  const timer = setInterval(() => instance.rerender(picture()), 1000)
  return {
    update: (next) => {
      records = next
      instance.rerender(picture())
    },
    close: () => {
      clearInterval(timer)
      instance.rerender(<Box />) // what is drawn last stays
      instance.unmount()
    },
  }
}
