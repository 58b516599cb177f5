import { GstdError, type NetworkConfig } from '@gstd/sdk'
import { DeviceAccount } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'

/**
 * Derives the device account of an owner. Its address follows from owner, vault, GSTD master and treasury.
 *
 * @param owner - raw address
 * @throws GstdError `FEATURE_NOT_OFFERED` on a network without a treasury
 */
export const deviceAccountOf = (network: NetworkConfig, owner: string): DeviceAccount => {
  if (network.treasury === undefined) {
    throw new GstdError(
      'FEATURE_NOT_OFFERED',
      `the network "${network.name}" names no treasury: nobody can stake on it`,
      {
        details: { feature: 'stake' },
        hint: 'its operator adds "treasury", an address, to network.json; "gstd devnet start" does it for a devnet',
      },
    )
  }
  return DeviceAccount.createFromConfig({
    owner: Address.parseRaw(owner),
    vault: Address.parseRaw(network.vault),
    gstdMaster: Address.parseRaw(network.gstd_master),
    treasury: Address.parseRaw(network.treasury),
  })
}
