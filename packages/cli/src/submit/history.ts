import { z } from 'zod'
import { readJsonFile, writeJsonFile } from '../state/jsonFile.ts'
import { historyFile } from '../state/paths.ts'

const historySchema = z.strictObject({ version: z.literal(1), last: z.array(z.uuidv4()) })

/** @returns ids of the tasks that the last `submit` of a wallet made, in order. */
export const readLastTasks = async (stateDir: string, wallet: string): Promise<string[]> =>
  (await readJsonFile(historyFile(stateDir, wallet), historySchema, 'STATE_CORRUPT', 'the history'))?.last ?? []

/** Remembers what the selector `last` means. */
export const writeLastTasks = (stateDir: string, wallet: string, last: readonly string[]): Promise<void> =>
  writeJsonFile(historyFile(stateDir, wallet), { version: 1, last }, 'private')
