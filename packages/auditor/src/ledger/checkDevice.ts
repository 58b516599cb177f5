import { checkPayoutAddress, deviceIdOf, verifyCertificate } from '@gstd/sdk'
import { verifyOwnerAddress } from '@gstd/sdk/contracts'
import type { CheckEntry } from './entryContext.ts'
import { refuse } from './refuse.ts'

/** An owner's wallet vouches for a device; a certificate is only ever replaced by a higher revision. */
export const checkDevice: CheckEntry<'device'> = async ({ at, body }, { state, origin, outside }) => {
  const { certificate } = body
  await verifyCertificate(certificate, origin, at)
  verifyOwnerAddress(certificate)
  // What was signed before this was checked has been worked under: its pay is owed, and must add up.
  if (outside.vouched !== true) checkPayoutAddress(certificate.certificate)
  const deviceId = deviceIdOf(certificate.certificate.device_key)
  const before = state.devices.get(deviceId)?.certificate.certificate.revision ?? -1
  const { revision } = certificate.certificate
  if (revision <= before)
    refuse('the certificate does not replace the device’s newest one', { revision, newest: before })
  state.devices.set(deviceId, { certificate })
}
