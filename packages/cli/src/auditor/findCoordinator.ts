import type { NetworkConfig } from '@gstd/sdk'

/**
 * Reads the network's file again: a coordinator on a free port writes its address into it when it listens.
 *
 * @param started - the network as it was read before
 * @returns undefined where the file is of another network by now
 * @throws GstdError `CONFIG_MISSING`, `CONFIG_INVALID`
 */
export const findCoordinator = async (
  context: { network(): Promise<NetworkConfig> },
  started: Pick<NetworkConfig, 'network' | 'vault'>,
): Promise<string | undefined> => {
  const now = await context.network()
  return now.vault === started.vault && now.network === started.network ? now.coordinator : undefined
}
