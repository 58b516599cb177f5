import { GstdError, type SignedCertificate, toGstdError } from '@gstd/sdk'
import type { OwnerWallet, ReadyCertificate } from '../identity/ensureCertificate.ts'
import type { Session } from './openSession.ts'

export type CertifiedOptions = {
  owner: OwnerWallet | ReadyCertificate
  /** @returns a certificate, with a revision above `replaced` */
  ensure(replaced?: number): Promise<SignedCertificate>
  /** @throws GstdError `CERTIFICATE_INVALID` when the coordinator refuses the certificate */
  open(certificate: SignedCertificate): Promise<Session>
}

/** A coordinator must not make the owner use up the numbers that revisions may have. */
const MAX_LEAP = 1_000_000_000

/** @returns the newest revision that the coordinator knows, where its refusal names it; at least `own`. */
const newestRevision = (refusal: GstdError, own: number): number => {
  const named = /was replaced by (\d{1,16})$/.exec(refusal.message)?.[1]
  return named === undefined ? own : Math.min(Math.max(Number(named), own), own + MAX_LEAP)
}

/** @returns whether a device can do nothing about an error: its ready-made certificate was refused. */
export const isRefusedForGood = ({ code, details }: GstdError): boolean =>
  code === 'CERTIFICATE_INVALID' && details['ready_made'] === true

/**
 * Opens a session. A certificate that the coordinator refuses, such as one of a restored backup, is replaced once by a
 * higher revision where the owner's wallet is at hand.
 *
 * @throws GstdError what `ensure` and `open` throw
 */
export const openCertified = async ({ owner, ensure, open }: CertifiedOptions): Promise<Session> => {
  const certificate = await ensure()
  try {
    return await open(certificate)
  } catch (thrown) {
    const refusal = toGstdError(thrown)
    if (refusal.code !== 'CERTIFICATE_INVALID') throw thrown
    if ('certificate' in owner) {
      const advice = 'start with a new one of the owner for this device, with a higher revision'
      throw new GstdError('CERTIFICATE_INVALID', `the network refuses the certificate: ${refusal.message}; ${advice}`, {
        details: { ...refusal.details, ready_made: true },
        hint: advice,
        cause: thrown,
      })
    }
    return open(await ensure(newestRevision(refusal, certificate.certificate.revision)))
  }
}
