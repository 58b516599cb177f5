import { basename, dirname } from 'node:path'

/** What to do about a damaged file, and the command that makes it anew. */
export type Recovery = { hint: string; next?: string }

const KINDS: Readonly<Record<string, (name: string, file: string) => Recovery>> = {
  wallets: (name, file) => ({
    hint: `restore ${file} from a backup, or move it away and import its words`,
    next: `gstd wallet import --name ${name}`,
  }),
  sessions: (name, file) => ({
    hint: `restore ${file} from a backup, or remove it and make a new session key`,
    next: name === 'default' ? 'gstd session create' : `gstd session create --wallet ${name.replace(/\.next$/, '')}`,
  }),
  history: (_, file) => ({ hint: `remove ${file}: it only says what "last" means`, next: 'gstd task list' }),
  keys: (_, file) => ({ hint: `restore ${file} from a backup: the contracts know this key` }),
}

const ofNetwork = (file: string): Recovery => ({
  hint: `get ${file} again from whoever operates the network; that of a devnet: remove it and run "gstd devnet start"`,
})

/** @returns what helps when a file of the state folder cannot be used; network files stand for themselves. */
export const recoveryOf = (file: string): Recovery =>
  KINDS[basename(dirname(file))]?.(basename(file, '.json'), file) ?? ofNetwork(file)
