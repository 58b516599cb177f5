import { readJsonFile } from '../state/jsonFile.ts'
import { sessionFile } from '../state/paths.ts'
import { type Session, sessionSchema } from './sessionFile.ts'

/** @throws GstdError `STATE_CORRUPT` when the file cannot be used */
export const readSession = (stateDir: string, wallet: string): Promise<Session | undefined> =>
  readJsonFile(sessionFile(stateDir, wallet), sessionSchema, 'STATE_CORRUPT', 'the session’s file')
