import { type Logger, pino } from 'pino'
import type { OutputMode } from '../output/output.ts'
import { createStyle, printable } from '../output/style.ts'

const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }
const HIDDEN = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'err', 'req', 'res', 'reqId'])

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

/** Writes one of pino's JSON lines for people. */
const toLine = (json: string, stderr: NodeJS.WriteStream): string => {
  const style = createStyle(stderr)
  const entry: Record<string, unknown> = JSON.parse(json)
  const level = LEVELS[Number(entry['level'])] ?? ''
  const { err } = entry
  const fields = Object.entries(entry)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => `${key}=${text(value)}`)
  const cause =
    typeof err === 'object' && err !== null && 'message' in err ? [`cause=${JSON.stringify(err.message)}`] : []
  const line = printable([level, text(entry['msg']), ...fields, ...cause].join(' '))
  const at = new Date(Number(entry['time'])).toISOString()
  const stamp = style.dim(stderr.isTTY ? at.slice(11, 19) : at)
  return `${stamp}  ${level === 'error' || level === 'fatal' ? style.bad(line) : level === 'warn' ? style.warn(line) : line}\n`
}

/**
 * Makes a daemon's logger. Logs go to stderr: JSON lines in JSON mode, readable lines for people, only warnings in
 * quiet mode; `GSTD_LOG` sets another level.
 */
export const createLogger = (mode: OutputMode, stderr: NodeJS.WriteStream): Logger => {
  const level = process.env['GSTD_LOG'] ?? (mode === 'human' ? 'info' : 'warn')
  const write = (json: string): void => {
    stderr.write(mode === 'json' ? json : toLine(json, stderr))
  }
  return pino({ level, base: null }, { write })
}
