import { type CosignedKind, GstdError, type SignedRefusal, verifyRefusal, verifySignature } from '@gstd/sdk'
import { readSkills } from '../devices/deviceStatistics.ts'
import type { PaymentContext } from './paymentContext.ts'
import { revokeEntry } from './revokeEntry.ts'
import { dropCharge } from './trackCharges.ts'

export type Cosignature = { of: CosignedKind; hash: string; auditor_signature: string }

type Awaiting = { index: number; auditor_signature: string | null; state: string }

const TABLES = {
  charge: 'charges',
  commit: 'commits',
  unfreeze: 'guard_messages',
  uncommit: 'guard_messages',
} as const satisfies Record<CosignedKind, string>

const hexBytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))

/**
 * Takes the auditor's signature over the cell of what was logged for it.
 *
 * @throws GstdError `SIGNATURE_INVALID`; `DOCUMENT_MALFORMED` for a cell that was never logged
 */
export const acceptCosignature = async (cosignature: Cosignature, context: PaymentContext): Promise<void> => {
  const { journal, parameters } = context
  const { of, hash, auditor_signature } = cosignature
  if (!(await verifySignature(parameters.auditor_key, hexBytes(hash), auditor_signature))) {
    throw new GstdError('SIGNATURE_INVALID', 'the co-signature is not the network’s auditor’s')
  }
  const table = TABLES[of]
  await journal.write(async (unit) => {
    const [row] = await unit.query<Awaiting>(
      `SELECT index, auditor_signature, state FROM ${table} WHERE cell_hash = $1`,
      [hash],
    )
    if (row === undefined) throw new GstdError('DOCUMENT_MALFORMED', `no ${of} has this hash`, { details: { hash } })
    if (row.auditor_signature !== null) return
    await unit.query(`UPDATE ${table} SET auditor_signature = $2 WHERE index = $1`, [row.index, auditor_signature])
    unit.log('cosignature', cosignature)
  })
}

/**
 * Takes the auditor's refusal: the verdict is revoked, the charge or commit is dropped and built anew later.
 *
 * @throws GstdError `SIGNATURE_INVALID`, also for a refusal of another network's
 */
export const acceptRefusal = async (signed: SignedRefusal, context: PaymentContext): Promise<void> => {
  const { journal, parameters, clock, logger } = context
  const { hash, reason } = signed.refusal
  await verifyRefusal(signed, parameters.auditor_key)
  await journal.write(async (unit) => {
    const [known] = await unit.query(`SELECT 1 FROM log WHERE kind = 'refusal' AND body->>'hash' = $1`, [hash])
    if (known !== undefined) return
    logger.error({ hash, reason }, 'the auditor refused')
    const recounted = await revokeEntry(unit, signed.refusal)
    const skills = await readSkills(unit, recounted)
    unit.afterwards(() => journal.skills.learn(recounted, skills))
    const [charge] = await unit.query<Awaiting>(
      `SELECT index, auditor_signature, state FROM charges WHERE cell_hash = $1`,
      [hash],
    )
    if (charge?.state === 'open' && charge.auditor_signature === null) await dropCharge(unit, charge.index, clock())
    await unit.query(
      `UPDATE commits SET state = 'dead', ended_at = $2
       WHERE cell_hash = $1 AND state = 'open' AND auditor_signature IS NULL`,
      [hash, clock()],
    )
    await unit.query(
      `UPDATE guard_messages SET state = 'dead', ended_at = $2
       WHERE cell_hash = $1 AND state = 'open' AND auditor_signature IS NULL`,
      [hash, clock()],
    )
    unit.log('refusal', { hash, reason })
  })
}
