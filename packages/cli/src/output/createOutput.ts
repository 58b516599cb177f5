import { codes, type ErrorCode, type GstdError } from '@gstd/sdk'
import type { Json, Output, OutputMode } from './output.ts'
import { createStyle, printable } from './style.ts'
import { wrap } from './wrap.ts'

type Streams = { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream }

const toText = (value: Json | undefined): string => {
  if (value === undefined) return ''
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
  return JSON.stringify(value)
}

const fields = (data: { readonly [key: string]: Json | undefined }): string =>
  Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${toText(value)}`)
    .join(' ')

/** Codes whose meaning adds nothing to the message. */
const SELF_EXPLAINING: ReadonlySet<ErrorCode> = new Set([
  'USAGE_INVALID',
  'CONFIG_MISSING',
  'CONFIG_INVALID',
  'STATE_CORRUPT',
])

/** How far the text of an error is indented, below its label. */
const LABEL_WIDTH = 7

const stackOf = (error: GstdError): string => (error.cause instanceof Error ? error.cause.stack : error.stack) ?? ''

/** Makes the output of one run of the command line. */
export const createOutput = (mode: OutputMode, streams: Streams): Output => {
  const { stdout, stderr } = streams
  const style = createStyle(stdout)
  const errorStyle = createStyle(stderr)
  const line = (stream: NodeJS.WriteStream, text: string) => stream.write(`${text}\n`)
  /** In a file or a pipe a line stays a line. */
  const inLabel = (text: string): string => (stderr.isTTY ? wrap(text, errorStyle.width, LABEL_WIDTH) : text)
  const interactive = mode === 'human' && stdout.isTTY && process.env['TERM'] !== 'dumb'
  return {
    mode,
    interactive,
    style,
    result: (view) => {
      if (mode === 'json') line(stdout, JSON.stringify(view.data))
      else if (mode === 'human') line(stdout, view.human(style))
      else if (view.quiet !== '') line(stdout, view.quiet)
    },
    event: (name, data, text) => {
      if (mode === 'quiet') return
      if (mode === 'json') line(stdout, JSON.stringify({ event: name, ...data }))
      else {
        const now = new Date().toISOString()
        const structured = printable(`${name} ${fields(data)}`.trimEnd())
        line(stdout, stdout.isTTY ? `${style.dim(now.slice(11, 19))}  ${text ?? structured}` : `${now} ${structured}`)
      }
    },
    note: (text) => {
      if (mode !== 'quiet') line(stderr, errorStyle.dim(text))
    },
    warn: (text) => line(stderr, errorStyle.warn(printable(text))),
    error: (error, next) => {
      const { fault, retryable } = error
      if (mode === 'json') {
        line(
          stdout,
          JSON.stringify({ error: { ...error.toDocument(), fault, retryable, ...(next !== undefined && { next }) } }),
        )
        return
      }
      const { code, hint } = error
      const message = printable(error.message)
      if (mode === 'quiet') {
        line(stderr, `${code}: ${message}`)
        return
      }
      const withCode = inLabel(`${message} (${code})`)
      const shown = withCode.slice(0, -`(${code})`.length)
      line(stderr, `${errorStyle.bad('error')}  ${errorStyle.bold(shown)}${errorStyle.dim(`(${code})`)}`)
      if (!SELF_EXPLAINING.has(code)) line(stderr, `${errorStyle.dim('why')}    ${inLabel(codes[code].meaning)}`)
      if (hint !== undefined) line(stderr, `${errorStyle.dim('fix')}    ${inLabel(printable(hint))}`)
      if (next !== undefined) line(stderr, `${errorStyle.dim('next')}   ${next}`)
      if (fault === 'internal') line(stderr, errorStyle.dim(stackOf(error)))
    },
  }
}
