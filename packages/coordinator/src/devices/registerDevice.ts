import {
  canonicalRuntime,
  checkPayoutAddress,
  deviceIdOf,
  type DeviceMessage,
  GstdError,
  type NetworkParameters,
  sha256,
  toHex,
  verifyCertificate,
} from '@gstd/sdk'
import { verifyOwnerAddress } from '@gstd/sdk/contracts'
import type { Journal } from '../log/journal.ts'
import { addressRangeOf } from './addressRange.ts'
import { readSkills } from './deviceStatistics.ts'

type Hello = Extract<DeviceMessage, { type: 'hello' }>

/**
 * Checks a device's certificate and what it runs.
 *
 * @returns the device's id
 * @throws GstdError `CERTIFICATE_INVALID`, `NETWORK_MISMATCH`, `FEATURE_NOT_OFFERED` for another runtime
 */
export const checkHello = async (hello: Hello, parameters: NetworkParameters, nowMs: number): Promise<string> => {
  await verifyCertificate(hello.certificate, { network: parameters.network, vault: parameters.vault }, nowMs)
  verifyOwnerAddress(hello.certificate)
  checkPayoutAddress(hello.certificate.certificate)
  if (hello.numeric_class !== canonicalRuntime.numericClass) {
    throw new GstdError('FEATURE_NOT_OFFERED', `numeric class "${hello.numeric_class}" is not offered yet`, {
      details: { feature: 'native runtime', offered: canonicalRuntime.numericClass },
    })
  }
  return deviceIdOf(hello.certificate.certificate.device_key)
}

/** Opaque on purpose: the log shows that two devices are independent, not whose they are or where. */
const independenceId = (owner: string, salt: string): string =>
  toHex(sha256(new TextEncoder().encode(`${salt}/${owner}`)).slice(0, 16))

/**
 * Stores a device whose certificate and key were checked.
 *
 * @param salt - secret of this coordinator
 * @throws GstdError `CERTIFICATE_INVALID` for a certificate that a newer one has replaced
 */
export const registerDevice = async (
  journal: Journal,
  deviceId: string,
  hello: Hello,
  remoteAddress: string,
  salt: string,
): Promise<void> => {
  const { certificate } = hello.certificate
  await journal.write(async (unit) => {
    const [known] = await unit.query<{ revision: number; certificate: unknown }>(
      'SELECT revision, certificate FROM devices WHERE device_id = $1',
      [deviceId],
    )
    const isNews = known === undefined || JSON.stringify(known.certificate) !== JSON.stringify(hello.certificate)
    if (known !== undefined && isNews && known.revision >= certificate.revision) {
      throw new GstdError('CERTIFICATE_INVALID', `revision ${certificate.revision} was replaced by ${known.revision}`, {
        details: { revision: certificate.revision, newest: known.revision },
        hint: 'use the newer certificate, or let the owner issue one with a higher revision',
      })
    }
    const id = independenceId(certificate.owner, salt)
    await unit.query(
      `INSERT INTO devices (device_id, device_key, owner, payout_address, certificate, revision, fingerprint,
         address_range, independence_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (device_id) DO UPDATE SET owner = excluded.owner, payout_address = excluded.payout_address,
         certificate = excluded.certificate, revision = excluded.revision, fingerprint = excluded.fingerprint,
         address_range = excluded.address_range, independence_id = excluded.independence_id`,
      [
        deviceId,
        certificate.device_key,
        certificate.owner,
        certificate.payout_address,
        JSON.stringify(hello.certificate),
        certificate.revision,
        hello.fingerprint,
        addressRangeOf(remoteAddress),
        id,
      ],
    )
    if (isNews) unit.log('device', { certificate: hello.certificate, independence_id: id })
    const skills = await readSkills(unit, [deviceId])
    unit.afterwards(() => journal.skills.learn([deviceId], skills))
  })
}
