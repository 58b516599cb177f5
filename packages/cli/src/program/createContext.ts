import { loadNetwork } from '../network/loadNetwork.ts'
import { createKeyring, type Keyring } from '../keystore/createKeyring.ts'
import { terminalOf } from '../keystore/terminalOf.ts'
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
  const given = (['stateDir', 'network', 'coordinator', 'passphraseFile'] as const).flatMap((key) => {
    const value = raw[`global.${key}`]
    return typeof value === 'string' ? [globalOptions[key].flags.split(' ')[0] ?? '', quote(value)] : []
  })
  const keyrings = new Map<string, Keyring>()
  return {
    output,
    stateDir: globals.stateDir,
    networkName: globals.network,
    coordinator: globals.coordinator,
    signal,
    network: () => loadNetwork(globals),
    keyring: (network) => {
      const key = `${network.network}/${network.name}`
      const known = keyrings.get(key)
      if (known !== undefined) return known
      const made = createKeyring({
        stateDir: globals.stateDir,
        network,
        sources: {
          environment: process.env['GSTD_PASSPHRASE'],
          file: globals.passphraseFile,
          terminal: terminalOf(process),
        },
      })
      keyrings.set(key, made)
      return made
    },
    commandLine: (words) => (/ --help$|^gstd help/.test(words) ? words : [words, ...given].join(' ')),
  }
}
