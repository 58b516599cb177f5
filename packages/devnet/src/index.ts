export { buildConfig } from './network/buildConfig.ts'
export type { PriceSet } from './network/priceSets.ts'
export { type Devnet, type DevnetOptions, startDevnet } from './startDevnet.ts'
