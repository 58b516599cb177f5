import { networkConfigSchema } from '@gstd/sdk'
import type { Context } from '../program/context.ts'
import { readJsonFile, writeJsonFile } from '../state/jsonFile.ts'
import { networkFile } from '../state/paths.ts'

/**
 * Writes where the devnet's coordinator really listens into the devnet's file, so that no other command on this
 * machine needs `--coordinator`. Files of other networks are left alone.
 *
 * @returns the file, or undefined where none was to be written
 */
export const saveCoordinatorUrl = async (context: Context, url: string): Promise<string | undefined> => {
  if (context.networkName !== 'devnet') return undefined
  const file = networkFile(context.stateDir)
  const network = await readJsonFile(file, networkConfigSchema, 'CONFIG_INVALID', 'the network’s file')
  if (network === undefined) return undefined
  if (network.coordinator !== url) await writeJsonFile(file, { ...network, coordinator: url }, 'public')
  return file
}
