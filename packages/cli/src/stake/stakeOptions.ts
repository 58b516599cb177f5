import { parseAmount } from '@gstd/sdk'
import { asAmountOf, asName, withDefault } from '../program/option.ts'

/** Whose device account a command is about. */
export const ownerWalletOption = withDefault(
  { flags: '--wallet <name>', summary: 'the device owner’s wallet', env: 'GSTD_WALLET', parse: asName },
  'default',
)

/** Parses an amount of GSTD. @returns nano GSTD @throws GstdError `USAGE_INVALID` */
export const parseGstd = (text: string): bigint => parseAmount(asAmountOf('GSTD', '5 or 0.5')(text))

/** @returns what names a wallet on a command line to copy; nothing for the default one. */
export const walletFlag = (name: string): string => (name === 'default' ? '' : ` --wallet ${name}`)
