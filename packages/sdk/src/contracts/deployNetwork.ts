import { type Address, type Cell, openContract, type Sender } from '@ton/core'
import { jettonContent as defaultContent, JettonMinter } from './JettonMinter.ts'
import type { ChainClient } from './readGstdBalance.ts'
import { Vault, type VaultConfig } from './Vault.ts'

export type DeployOptions = VaultConfig & {
  client: ChainClient
  sender: Sender
  /** Who may mint test GSTD; the sender's address when left out. */
  jettonAdmin?: Address
  jettonContent?: Cell
  rentNano?: bigint
}

/** Deploys vault and test jetton: sends both messages, one after the other, and does not wait for the chain. */
export const deployNetwork = async (options: DeployOptions): Promise<{ vault: Address; gstdMaster: Address }> => {
  const { client, sender, rentNano } = options
  const admin = options.jettonAdmin ?? sender.address
  if (admin === undefined) throw new TypeError('deployNetwork needs jettonAdmin when the sender has no address')
  const content = options.jettonContent ?? defaultContent({ name: 'GSTD (test)', symbol: 'GSTD' })
  const vault = Vault.createFromConfig(options)
  const minter = JettonMinter.createFromConfig({ admin, content })
  const rent = rentNano === undefined ? {} : { rentNano }
  await openContract(vault, ({ address, init }) => client.provider(address, init)).sendDeploy(sender, rent)
  await openContract(minter, ({ address, init }) => client.provider(address, init)).sendDeploy(sender, rent)
  return { vault: vault.address, gstdMaster: minter.address }
}
