import { deviceIdOf } from '@gstd/sdk'
import type { RestoreEntry } from './restoreContext.ts'

/**
 * A device under its certificate. Fingerprint and address range are in no log: until it connects again, they are the
 * same for all such devices, so that none of them vouches for another where these count.
 */
export const restoreDevice: RestoreEntry<'device'> = async (queries, { body }) => {
  const { certificate: signed, independence_id } = body
  const { certificate } = signed
  await queries.query(
    `INSERT INTO devices (device_id, device_key, owner, payout_address, certificate, revision, fingerprint,
       address_range, independence_id) VALUES ($1, $2, $3, $4, $5, $6, '', '', $7)
     ON CONFLICT (device_id) DO UPDATE SET owner = excluded.owner, payout_address = excluded.payout_address,
       certificate = excluded.certificate, revision = excluded.revision, independence_id = excluded.independence_id`,
    [
      deviceIdOf(certificate.device_key),
      certificate.device_key,
      certificate.owner,
      certificate.payout_address,
      JSON.stringify(signed),
      certificate.revision,
      independence_id,
    ],
  )
}
