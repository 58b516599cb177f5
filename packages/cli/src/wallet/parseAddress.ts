import { GstdError } from '@gstd/sdk'
import { Address } from '@ton/core'

/** Parses a TON address in any spelling. @returns the raw address @throws GstdError `USAGE_INVALID` */
export const parseAddress = (text: string): string => {
  try {
    return Address.parse(text).toRawString()
  } catch {
    throw new GstdError('USAGE_INVALID', `"${text}" is no TON address`, {
      hint: 'copy it from a wallet: it begins with EQ, UQ, kQ, 0Q or 0:',
    })
  }
}
