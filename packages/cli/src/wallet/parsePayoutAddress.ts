import { GstdError } from '@gstd/sdk'
import { parseAddress } from './parseAddress.ts'

/**
 * Parses an address that the vault is to pay to.
 *
 * @param flag - which the address was given with
 * @returns the raw address
 * @throws GstdError `USAGE_INVALID` for what is no address, or one outside the basechain
 */
export const parsePayoutAddress = (flag: string, text: string): string => {
  const address = parseAddress(text)
  if (address.startsWith('0:')) return address
  throw new GstdError('USAGE_INVALID', `${flag}: ${text} is on the masterchain, and pay goes to the basechain only`, {
    details: { address },
    hint: 'give a wallet on the basechain: its raw address begins with 0:',
  })
}
