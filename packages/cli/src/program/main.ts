import { GstdError, toGstdError } from '@gstd/sdk'
import { createOutput } from '../output/createOutput.ts'
import { CommanderError } from 'commander'
import { buildProgram, type Invocation, usageError } from './buildProgram.ts'
import { commandGroups, commands } from './commands.ts'
import { createContext } from './createContext.ts'
import { Interruption } from './context.ts'
import { globalOptions, type GlobalOptions } from './globalOptions.ts'
import { listenForStop } from './listenForStop.ts'
import { endWithoutReader } from './endWithoutReader.ts'
import { lookAtChain, nextStep, type OwnNetwork } from './nextStep.ts'
import { type Option, type RawOption } from './option.ts'
import { outputModeOf } from './outputMode.ts'
import { readVersion } from './version.ts'

const HELP_TEXT = `Begin with:
  gstd devnet start          a local network, in a terminal of its own
  gstd help networks         what else there is, and which commands need what

Topics: gstd help networks | staking | output | exit-codes`

/** Reads one option; the environment stands in for an absent flag. @throws GstdError `USAGE_INVALID` naming the flag */
const readOption = (option: Option<unknown>, raw: RawOption): unknown => {
  const fromEnv = option.env === undefined ? undefined : process.env[option.env]
  const source = raw === undefined && fromEnv !== undefined ? option.env : option.flags.split(/[ ,]/)[0]
  try {
    return option.read(raw ?? (fromEnv === '' ? undefined : fromEnv))
  } catch (thrown) {
    const error = toGstdError(thrown)
    if (error.code !== 'USAGE_INVALID' || error.message.startsWith('--')) throw error
    throw new GstdError('USAGE_INVALID', `${source}: ${error.message}`, {
      details: { ...error.details, option: source },
    })
  }
}

/** @returns the command that the words begin with, also where the rest of them makes no sense. */
const commandNameOf = (words: readonly string[]): string | undefined => {
  const plain = words.filter((word) => !word.startsWith('-'))
  return commands.find(({ name }) => plain.join(' ').startsWith(name))?.name
}

/** `gstd help submit` means `gstd submit --help`. */
const resolveHelp = (words: readonly string[]): readonly string[] => {
  const [first, ...rest] = words
  const known = Object.hasOwn(commandGroups, rest[0] ?? '') || commandNameOf(rest) !== undefined
  return first === 'help' && known && rest[0] !== 'help' ? [...rest, '--help'] : words
}

const parse = (words: readonly string[]): Invocation | undefined => {
  let invocation: Invocation | undefined
  const program = buildProgram(
    {
      commands,
      groups: commandGroups,
      version: readVersion(),
      helpText: HELP_TEXT,
      write: (text) => process.stdout.write(text),
      columns: Math.min(process.stdout.columns ?? PIPED_COLUMNS, 120),
    },
    (found) => {
      invocation = found
    },
  )
  try {
    program.parse([...resolveHelp(words)], { from: 'user' })
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') {
      // A group without a command: its help was written to the error stream, which nobody reads.
      if (thrown.exitCode !== 0) {
        const group = words.find((word) => Object.hasOwn(commandGroups, word))
        throw new GstdError('USAGE_INVALID', `a command is missing${group === undefined ? '' : ` after "${group}"`}`, {
          details: { next: group === undefined ? 'gstd --help' : `gstd ${group} --help` },
        })
      }
    }
    const error = usageError(thrown)
    if (error !== undefined) throw error
    if (!(thrown instanceof CommanderError)) throw thrown
  }
  return invocation
}

/** Help that is read in a pager or a file: what every terminal shows. */
const PIPED_COLUMNS = 80

/** What was sent may arrive after its command has ended: whoever sends it again pays twice. */
const interruptedText = (
  message: string,
  sent: string,
  look: string | undefined,
  commandLine: (line: string) => string,
): string => {
  const where = look === undefined ? '' : `: "${commandLine(look)}"`
  return `${message}, but ${sent} was sent and may still arrive; look before you send it again${where}`
}

/**
 * Runs one command line.
 *
 * @returns the exit code: 0, the fault of the error, or that of the signal
 */
export const main = async (words: readonly string[]): Promise<number> => {
  endWithoutReader([process.stdout, process.stderr])
  const output = createOutput(outputModeOf(words, process.env['GSTD_OUTPUT']), process)
  let invocation: Invocation | undefined
  let commandLine = (line: string): string => line
  let ownNetwork: OwnNetwork = { chain: true, coordinator: true }
  const stop = listenForStop()
  try {
    invocation = parse(words)
    if (invocation === undefined) return 0
    const { command, raw, argument } = invocation
    const read = (options: Readonly<Record<string, Option<unknown>>>, prefix: string): Record<string, unknown> =>
      Object.fromEntries(Object.entries(options).map(([key, option]) => [key, readOption(option, raw[prefix + key])]))
    const globals = read(globalOptions, 'global.') as GlobalOptions
    const context = createContext({ globals, raw, output, signal: stop.signal })
    commandLine = context.commandLine
    const onDevnet = context.networkName === 'devnet'
    ownNetwork = { chain: onDevnet, coordinator: onDevnet && context.coordinator === undefined }
    const view = await command.run(context, read(command.options, ''), argument)
    if (view !== undefined) output.result(view)
    return view?.failure?.exitCode ?? 0
  } catch (thrown) {
    if (thrown instanceof Interruption) {
      if (thrown.sent === undefined) output.note(thrown.message)
      else output.warn(interruptedText(thrown.message, thrown.sent, lookAtChain(invocation?.command.name), commandLine))
      return thrown.exitCode
    }
    const error = toGstdError(thrown)
    const next = nextStep(error, invocation?.command.name ?? commandNameOf(words), ownNetwork)
    output.error(error, next === undefined ? undefined : commandLine(next))
    return error.exitCode
  } finally {
    stop.release()
  }
}
