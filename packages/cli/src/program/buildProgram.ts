import { GstdError } from '@gstd/sdk'
import { Argument, Command as Commander, CommanderError, Option as CommanderOption } from 'commander'
import type { Command } from './command.ts'
import { globalOptions } from './globalOptions.ts'
import type { Option, RawOption } from './option.ts'

/** What the command line says, before options are read. */
export type Invocation = { command: Command; raw: Record<string, RawOption>; argument: string }

export type ProgramOptions = {
  commands: readonly Command[]
  /** What groups of commands are about: first word to one line. */
  groups: Readonly<Record<string, string>>
  version: string
  helpText: string
  write: (text: string) => void
  columns: number
}

const collect = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text]

const toCommander = (option: Option<unknown>): CommanderOption => {
  const notes = [
    ...(option.defaultText === undefined ? [] : [`default: ${option.defaultText}`]),
    ...(option.env === undefined ? [] : [`env: ${option.env}`]),
  ]
  const summary = notes.length === 0 ? option.summary : `${option.summary} (${notes.join(', ')})`
  const made = new CommanderOption(option.flags, summary)
  return option.repeatable === true ? made.argParser(collect) : made
}

/** Makes a sentence of a line that the list of commands shows as it is. */
const sentence = (summary: string): string => `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`

const examplesText = ({ examples }: Command): string =>
  examples.length === 0 ? '' : `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n`

/**
 * Builds commander's program from the table of commands. Parsing calls `onInvoke` at most once; help and version
 * are written and end in a `CommanderError` of exit code 0.
 */
export const buildProgram = (options: ProgramOptions, onInvoke: (invocation: Invocation) => void): Commander => {
  const program = new Commander('gstd')
  const configure = (command: Commander): Commander =>
    command
      .exitOverride()
      .configureOutput({ writeOut: options.write, writeErr: () => {}, getOutHelpWidth: () => options.columns })
      .configureHelp({ showGlobalOptions: true })
      .helpOption('-h, --help', 'show this help')
      .showSuggestionAfterError(true)

  configure(program)
    .description('Distributed inference on TON: verified results, paid by the proof.')
    .version(options.version, '-V, --version', 'show the version')
    .helpCommand(false)
    .addHelpText('after', `\n${options.helpText}`)
  for (const option of Object.values(globalOptions)) program.addOption(toCommander(option))

  const groups = new Map<string, Commander>()
  const parentOf = (words: readonly string[]): Commander => {
    const [first, second] = words
    if (first === undefined || second === undefined) return program
    const known = groups.get(first)
    if (known !== undefined) return known
    const group = configure(program.command(first))
      .summary(options.groups[first] ?? '')
      .helpCommand(false)
    group.description(sentence(options.groups[first] ?? ''))
    groups.set(first, group)
    return group
  }

  for (const command of options.commands) {
    const words = command.name.split(' ')
    const made = configure(parentOf(words).command(words.at(-1) ?? ''))
    made.summary(command.summary).description(command.description ?? sentence(command.summary))
    if (command.argument !== undefined) made.addArgument(new Argument(command.argument.name, command.argument.summary))
    const names = new Map<string, string>()
    for (const [key, option] of Object.entries(command.options)) {
      const commanderOption = toCommander(option)
      names.set(key, commanderOption.attributeName())
      made.addOption(commanderOption)
    }
    made.addHelpText('after', examplesText(command))
    made.action(() => {
      const values: Record<string, RawOption> = made.optsWithGlobals()
      const raw: Record<string, RawOption> = {}
      for (const [key, name] of names) raw[key] = values[name]
      for (const key of Object.keys(globalOptions)) raw[`global.${key}`] = values[key]
      onInvoke({ command, raw, argument: made.args[0] ?? '' })
    })
  }
  return program
}

/** Turns commander's complaint into an error of ours; `undefined` for help and version, which are none. */
export const usageError = (thrown: unknown): GstdError | undefined => {
  if (!(thrown instanceof CommanderError)) return undefined
  if (thrown.exitCode === 0) return undefined
  return new GstdError('USAGE_INVALID', thrown.message.replace(/^error: /, '').replaceAll('\n', ' '))
}
