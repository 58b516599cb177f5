import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { type OutputMode, outputModes } from '../output/output.ts'
import { asOneOf, asText, type Option, type OptionValues, optional, withDefault } from './option.ts'

/** Where state lives unless a flag says otherwise: the XDG state folder. */
const defaultStateDir = (): string => {
  const base = process.env['XDG_STATE_HOME']
  return base !== undefined && isAbsolute(base) ? join(base, 'gstd') : join(homedir(), '.local', 'state', 'gstd')
}

/** Flags that every command takes, before or after its name. */
export const globalOptions = {
  stateDir: {
    flags: '--state-dir <dir>',
    summary: 'where networks, keys, wallets and sessions are kept',
    env: 'GSTD_STATE_DIR',
    defaultText: '~/.local/state/gstd',
    read: (raw) => resolve(typeof raw === 'string' ? raw : defaultStateDir()),
  } satisfies Option<string> as Option<string>,
  network: withDefault(
    {
      flags: '--network <network>',
      summary: '"devnet", or the file that describes a network',
      env: 'GSTD_NETWORK',
      parse: asText,
    },
    'devnet',
  ),
  coordinator: optional({
    flags: '--coordinator <url>',
    summary: 'another coordinator than the network’s file names',
    env: 'GSTD_COORDINATOR',
    parse: asText,
  }),
  passphraseFile: optional({
    flags: '--passphrase-file <file>',
    summary: 'holds the passphrase of wallets and keys; GSTD_PASSPHRASE holds it itself',
    env: 'GSTD_PASSPHRASE_FILE',
    parse: (text: string) => resolve(text),
  }),
  output: withDefault<OutputMode>(
    {
      flags: '--output <mode>',
      summary: 'human, json or quiet; see "gstd help output"',
      env: 'GSTD_OUTPUT',
      parse: asOneOf(outputModes),
    },
    'human',
  ),
} as const

export type GlobalOptions = OptionValues<typeof globalOptions>
