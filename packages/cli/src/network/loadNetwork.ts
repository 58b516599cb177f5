import { resolve } from 'node:path'
import { GstdError, type NetworkConfig, networkConfigSchema } from '@gstd/sdk'
import { readJsonFile } from '../state/jsonFile.ts'
import { networkFile } from '../state/paths.ts'

/** What `--network` may say besides a file's name. */
const KNOWN_NETWORKS = ['devnet', 'testnet', 'mainnet']

/**
 * Reads the network that `--network` names; `--coordinator` replaces its coordinator.
 *
 * @throws GstdError `CONFIG_MISSING` when there is none, `CONFIG_INVALID` when the file cannot be used
 */
export const loadNetwork = async (options: {
  stateDir: string
  network: string
  coordinator: string | undefined
}): Promise<NetworkConfig> => {
  const { stateDir, network: name, coordinator } = options
  const file = name === 'devnet' ? networkFile(stateDir) : resolve(name)
  const network = await readJsonFile(file, networkConfigSchema, 'CONFIG_INVALID', 'the network’s file')
  if (network === undefined && name === 'devnet') {
    throw new GstdError('CONFIG_MISSING', `there is no devnet in ${stateDir}`, {
      details: { file, next: 'gstd devnet start' },
      hint: 'start one in another terminal, or name a network’s file with --network',
    })
  }
  if (network === undefined) {
    const known = KNOWN_NETWORKS.includes(name)
    throw new GstdError('CONFIG_MISSING', known ? `this version has no built-in ${name}` : `there is no file ${file}`, {
      details: { file, next: 'gstd help networks' },
      hint: known
        ? `no ${name} of GSTD is published yet: give --network the network.json of whoever operates one, or deploy one with "gstd coordinator deploy"`
        : 'give --network the file that the operator of the network publishes',
    })
  }
  return coordinator === undefined ? network : { ...network, coordinator }
}
