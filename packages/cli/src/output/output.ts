import type { GstdError } from '@gstd/sdk'
import type { Style } from './style.ts'

export const outputModes = ['human', 'json', 'quiet'] as const

export type OutputMode = (typeof outputModes)[number]

/** JSON as commands give it; amounts are decimal strings. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** What a command shows when it is done, for each way of showing it. */
export type View = {
  readonly data: Json
  readonly human: (style: Style) => string
  /** The one thing a script would take from it: ids, an address, an amount. */
  readonly quiet: string
  /** The first failure in what was done, where the command itself went through. */
  readonly failure?: GstdError | undefined
}

/** The one way to the terminal. Results go to stdout, everything else to stderr; in JSON mode stdout is JSON only. */
export type Output = {
  readonly mode: OutputMode
  /** Whether a person sees stdout and a moving picture may be drawn. */
  readonly interactive: boolean
  readonly style: Style
  /** Shows the command's result. */
  result(view: View): void
  /** Shows one event of a long-running command: a line of JSON, or one of text. */
  event(name: string, data: { readonly [key: string]: Json | undefined }, text?: string): void
  /** Says something on the side, to stderr. */
  note(text: string): void
  /** Says what nobody must miss, to stderr, in every mode. */
  warn(text: string): void
  /** Shows what went wrong, why, and the next command to run. */
  error(error: GstdError, next: string | undefined): void
}
