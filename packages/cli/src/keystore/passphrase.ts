import { GstdError } from '@gstd/sdk'
import { readPrivateFile } from '../state/readPrivateFile.ts'
import { readHidden, type Terminal } from './readHidden.ts'

/** Where a passphrase may come from, in this order. */
export type PassphraseSources = {
  /** `GSTD_PASSPHRASE`. */
  environment: string | undefined
  /** `--passphrase-file`. */
  file: string | undefined
  /** Undefined where nobody can be asked. */
  terminal: Terminal | undefined
}

/** Short ones are guessed in a day, whatever stretches them. */
const MIN_LENGTH = 8

const checkLength = (passphrase: string): string => {
  if (passphrase.length >= MIN_LENGTH) return passphrase
  throw new GstdError('CONFIG_INVALID', `the passphrase has fewer than ${MIN_LENGTH} characters`, {
    hint: 'take several words: it is all that stands between a copy of the file and the money',
  })
}

/** @returns the passphrase that was given by environment or file; undefined where none was. */
export const givenPassphrase = async ({ environment, file }: PassphraseSources): Promise<string | undefined> => {
  if (environment !== undefined && environment !== '') return environment
  if (file === undefined) return undefined
  const text = await readPrivateFile(file, 'CONFIG_INVALID', 'the passphrase’s file')
  if (text === undefined) {
    throw new GstdError('CONFIG_MISSING', `--passphrase-file: there is no file ${file}`, { details: { file } })
  }
  return text.replace(/\r?\n$/, '')
}

const ask = async (sources: PassphraseSources, what: string): Promise<Terminal> => {
  if (sources.terminal !== undefined) return sources.terminal
  throw new GstdError('CONFIG_MISSING', `a passphrase is needed ${what}`, {
    hint: 'give it with --passphrase-file FILE or GSTD_PASSPHRASE; on a terminal you are asked for it',
  })
}

/**
 * Gets the passphrase of a file.
 *
 * @throws GstdError `CONFIG_MISSING` where none was given and nobody can be asked
 */
export const passphraseFor = async (sources: PassphraseSources, file: string): Promise<string> =>
  (await givenPassphrase(sources)) ??
  (await readHidden(`Passphrase of ${file}: `, await ask(sources, `to open ${file}`)))

/**
 * Gets a passphrase for new files; one that is typed is typed twice.
 *
 * @throws GstdError `CONFIG_MISSING`, `CONFIG_INVALID` for a short one or two that differ
 */
export const newPassphrase = async (sources: PassphraseSources): Promise<string> => {
  const given = await givenPassphrase(sources)
  if (given !== undefined) return checkLength(given)
  const terminal = await ask(sources, 'to encrypt keys of this network')
  const typed = checkLength(await readHidden('New passphrase: ', terminal))
  if ((await readHidden('The same again: ', terminal)) !== typed) {
    throw new GstdError('CONFIG_INVALID', 'the two passphrases differ', { hint: 'nothing was written: try again' })
  }
  return typed
}
