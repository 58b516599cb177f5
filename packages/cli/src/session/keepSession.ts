import { rename } from 'node:fs/promises'
import { readPrivateJsonFile, writeJsonFile } from '../state/jsonFile.ts'
import { nextSessionFile, sessionFile } from '../state/paths.ts'
import { readSession } from './readSession.ts'
import { type Session, sessionSchema } from './sessionFile.ts'

/** Keeps a new session key beside the one in use, before it is sent to the chain: neither must be lost. */
export const keepNextSession = (stateDir: string, wallet: string, session: Session): Promise<void> =>
  writeJsonFile(nextSessionFile(stateDir, wallet), session, 'private')

/** Puts the key that was kept in the place of the one in use, once the escrow has it. */
export const adoptNextSession = (stateDir: string, wallet: string): Promise<void> =>
  rename(nextSessionFile(stateDir, wallet), sessionFile(stateDir, wallet))

/**
 * Reads the session in use. One that was sent to the chain by a command that did not live to see it there is adopted.
 *
 * @param currentKey - the key that the escrow has
 * @throws GstdError `STATE_CORRUPT`, `STATE_EXPOSED`
 */
export const readCurrentSession = async (
  stateDir: string,
  wallet: string,
  currentKey: string | undefined,
): Promise<Session | undefined> => {
  const file = nextSessionFile(stateDir, wallet)
  const next = await readPrivateJsonFile(file, sessionSchema, 'the session’s file')
  if (next === undefined || next.public_key !== currentKey) return readSession(stateDir, wallet)
  await adoptNextSession(stateDir, wallet)
  return next
}
