import { readPrivateJsonFile } from '../state/jsonFile.ts'
import { sessionFile } from '../state/paths.ts'
import { type Session, sessionSchema } from './sessionFile.ts'

/** @throws GstdError `STATE_CORRUPT` when the file cannot be used, `STATE_EXPOSED` when others may read it */
export const readSession = (stateDir: string, wallet: string): Promise<Session | undefined> =>
  readPrivateJsonFile(sessionFile(stateDir, wallet), sessionSchema, 'the session’s file')
