import { loadNetwork } from '../network/loadNetwork.ts'
import type { Output } from '../output/output.ts'
import type { Context } from './context.ts'
import type { GlobalOptions } from './globalOptions.ts'
import { globalOptions } from './globalOptions.ts'
import type { RawOption } from './option.ts'

const quote = (word: string): string => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** Makes the context of one run. */
export const createContext = (options: {
  globals: GlobalOptions
  raw: Record<string, RawOption>
  output: Output
  signal: AbortSignal
}): Context => {
  const { globals, raw, output, signal } = options
  const given = (['stateDir', 'network', 'coordinator'] as const).flatMap((key) => {
    const value = raw[`global.${key}`]
    return typeof value === 'string' ? [globalOptions[key].flags.split(' ')[0] ?? '', quote(value)] : []
  })
  return {
    output,
    stateDir: globals.stateDir,
    networkName: globals.network,
    coordinator: globals.coordinator,
    signal,
    network: () => loadNetwork(globals),
    commandLine: (words) => (/ --help$|^gstd help/.test(words) ? words : [words, ...given].join(' ')),
  }
}
