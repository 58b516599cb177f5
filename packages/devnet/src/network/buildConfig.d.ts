import { Cell } from '@ton/core'
import { type PriceSet } from './priceSets.ts'
/**
 * Builds the network's configuration: mainnet's without its validators, with the given prices and global id.
 *
 * @param globalId - −239 mainnet, −3 testnet; contracts and wallets bind their signatures to it
 */
export declare const buildConfig: (globalId: number, prices: PriceSet) => Cell
