import { writeJsonFile } from '../state/jsonFile.ts'
import type { Keyring } from './createKeyring.ts'
import { seal, type Sealed, unseal } from './sealed.ts'

/** A secret in a file: sealed, or in plain as version 1 wrote it. */
export type Secret = { sealed: Sealed } | { plain: string }

/**
 * Writes a file with public fields and a sealed secret.
 *
 * @throws GstdError `CONFIG_MISSING` where a passphrase is needed and there is none
 */
export const writeSecret = async (file: string, beside: object, secret: string, keyring: Keyring): Promise<void> => {
  const sealed = await seal(secret, beside, await keyring.forNew())
  await writeJsonFile(file, { ...beside, sealed }, 'private')
}

/**
 * Opens a file's secret. One in plain, or sealed more weakly than the network asks for, is written anew as it should be.
 *
 * @param beside - the public fields of the file as it is written now
 * @param check - turns the secret into what it is for, and throws where it does not belong to the public fields
 * @throws GstdError `KEYSTORE_LOCKED`, `CONFIG_MISSING`; what `check` throws
 */
export const openSecret = async <Opened>(
  file: string,
  beside: object,
  secret: Secret,
  keyring: Keyring,
  check: (plain: string) => Promise<Opened> | Opened,
): Promise<Opened> => {
  const sealed = 'sealed' in secret ? secret.sealed : undefined
  const plain =
    'plain' in secret
      ? secret.plain
      : await unseal(secret.sealed, beside, await keyring.forFile(secret.sealed, file), file)
  const opened = await check(plain)
  if (sealed === undefined || !keyring.suffices(sealed)) await writeSecret(file, beside, plain, keyring)
  return opened
}
