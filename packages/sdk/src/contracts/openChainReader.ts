import { Address } from '@ton/core'
import type { TonClient } from '@ton/ton'
import { callChain } from './callChain.ts'
import type { ChainAccess } from './chainAccess.ts'
import { openTonClient } from './openTonClient.ts'
import { type AsOf, readChargedAsOf, readEpochAsOf } from './readAsOf.ts'
import { readGstdBalance } from './readGstdBalance.ts'
import { escrowAddress, type EscrowState, RequesterEscrow } from './RequesterEscrow.ts'
import { Vault, type VaultState } from './Vault.ts'

export type ChainReaderOptions = {
  /** toncenter v2 JSON-RPC endpoint. */
  endpoint: string
  /** Raw addresses. */
  vault: string
  gstdMaster: string
  access?: ChainAccess | undefined
}

/** Reads the project's contracts of one network. Every method throws `CHAIN_UNAVAILABLE` and `CHAIN_STATE_INVALID`. */
export type ChainReader = {
  readonly client: TonClient
  /** @returns undefined when it is not deployed */
  vault(): Promise<VaultState | undefined>
  /** @returns the state of an owner's escrow; undefined before its first deposit */
  escrow(owner: string): Promise<EscrowState | undefined>
  /** @returns what an owner's escrow has been charged in all, nano, with the time of which the endpoint knows it */
  chargedAsOf(owner: string): Promise<AsOf<bigint>>
  /** @returns the vault's last committed epoch, with the time of which the endpoint knows it */
  epochAsOf(): Promise<AsOf<number>>
  /** @returns nano GSTD; 0 for an inactive account */
  gstdBalance(owner: string): Promise<bigint>
  /** Runs any other call of the TON library with the project's errors. */
  call<Result>(run: () => Promise<Result>): Promise<Result>
}

/** Opens a network's endpoint for reading. */
export const openChainReader = ({ endpoint, vault, gstdMaster, access }: ChainReaderOptions): ChainReader => {
  const client = openTonClient(endpoint, access)
  const call = <Result>(run: () => Promise<Result>): Promise<Result> => callChain(endpoint, run)
  const vaultAddress = Address.parseRaw(vault)
  const master = Address.parseRaw(gstdMaster)
  return {
    client,
    call,
    vault: () => call(() => client.open(Vault.createFromAddress(vaultAddress)).getState()),
    escrow: (owner) =>
      call(() =>
        client
          .open(RequesterEscrow.createFromOwner({ owner: Address.parseRaw(owner), vault: vaultAddress }))
          .getState(),
      ),
    chargedAsOf: (owner) => call(() => readChargedAsOf(client, escrowAddress(Address.parseRaw(owner), vaultAddress))),
    epochAsOf: () => call(() => readEpochAsOf(client, vaultAddress)),
    gstdBalance: (owner) => call(() => readGstdBalance(client, { master, owner: Address.parseRaw(owner) })),
  }
}
