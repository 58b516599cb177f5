import type { Context } from './context.ts'
import type { Option, OptionValues } from './option.ts'
import type { View } from '../output/output.ts'

/** A word that stands on the command line without a flag. */
export type Argument = { readonly name: string; readonly summary: string }

/** A command as data: the table in `commands.ts` is all there is to the command line. */
export type Command = {
  /** Words of the command, such as `wallet create`. */
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  readonly description?: string
  readonly argument?: Argument
  readonly options: Readonly<Record<string, Option<unknown>>>
  /** Lines that may be copied as they are. */
  readonly examples: readonly string[]
  /** @returns what to show at the end; long-running commands show events instead. */
  readonly run: (context: Context, options: Record<string, unknown>, argument: string) => Promise<View | undefined>
}

type TypedCommand<Options> = Omit<Command, 'options' | 'run'> & {
  readonly options: Options
  readonly run: (context: Context, options: OptionValues<Options>, argument: string) => Promise<View | undefined>
}

/** Declares a command; `run` gets the values of exactly the options that it declares. */
export const defineCommand = <Options extends Readonly<Record<string, Option<unknown>>>>(
  command: TypedCommand<Options>,
): Command => ({
  ...command,
  run: (context, options, argument) => command.run(context, options as OptionValues<Options>, argument),
})
