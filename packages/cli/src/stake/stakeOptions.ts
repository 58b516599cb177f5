import { GstdError, parseAmount } from '@gstd/sdk'
import { asName, withDefault } from '../program/option.ts'

/** Whose device account a command is about. */
export const ownerWalletOption = withDefault(
  { flags: '--wallet <name>', summary: 'the device owner’s wallet', env: 'GSTD_WALLET', parse: asName },
  'default',
)

/** Parses an amount of GSTD. @returns nano GSTD @throws GstdError `USAGE_INVALID` */
export const parseGstd = (text: string): bigint => {
  try {
    const amountNano = parseAmount(text)
    if (amountNano > 0n) return amountNano
  } catch {
    // The message below says what an amount looks like.
  }
  throw new GstdError('USAGE_INVALID', `"${text}" is not an amount in GSTD above 0, such as 5 or 0.5`, {
    details: { value: text },
  })
}

/** @returns what names a wallet on a command line to copy; nothing for the default one. */
export const walletFlag = (name: string): string => (name === 'default' ? '' : ` --wallet ${name}`)
