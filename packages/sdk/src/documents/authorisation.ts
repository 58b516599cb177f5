import { z } from 'zod'
import { fromHex } from '../canonical/hex.ts'
import { type Signer, verifySignature } from '../crypto/ed25519.ts'
import { sha256 } from '../crypto/sha256.ts'
import { GstdError } from '../errors/GstdError.ts'
import { hex32, hex64, nanoString, type Origin, rawAddress } from './fields.ts'

/** The most that may ever have been charged to an escrow, signed by its session key (protocol §4). */
export const authorisationSchema = z.strictObject({
  escrow: rawAddress,
  public_key: hex32,
  max_cumulative_nano: nanoString,
  signature: hex64,
})

export type Authorisation = z.output<typeof authorisationSchema>

/** "GAUT": keeps this cell from being read as any other that a session key might sign. */
const TAG = 0x47415554
const CELL_BYTES = 57
const MAX_UINT128 = 2n ** 128n - 1n

export type AuthorisationFields = { network: number; escrow: string; maxCumulativeNano: bigint }

/**
 * Hash of the cell `authorise#47415554 global_id:int32 workchain:int8 escrow:uint256 max_cumulative:uint128`:
 * one reference-free, byte-aligned cell, whose representation hash needs no TON library
 * (SHA-256 of two descriptor bytes and the data).
 *
 * @returns 32 bytes, what the session key signs and the escrow checks
 */
export const authorisationHash = ({ network, escrow, maxCumulativeNano }: AuthorisationFields): Uint8Array => {
  if (maxCumulativeNano < 0n || maxCumulativeNano > MAX_UINT128) {
    throw new GstdError('AUTHORISATION_INVALID', 'the authorised sum does not fit into 128 bits')
  }
  const [workchain = '', account = ''] = escrow.split(':')
  const data = new Uint8Array(CELL_BYTES)
  const view = new DataView(data.buffer)
  view.setUint32(0, TAG)
  view.setInt32(4, network)
  view.setInt8(8, Number(workchain))
  data.set(fromHex(account), 9)
  view.setBigUint64(41, maxCumulativeNano >> 64n)
  view.setBigUint64(49, maxCumulativeNano & (2n ** 64n - 1n))
  return sha256(Uint8Array.of(0, CELL_BYTES * 2), data)
}

/** Signs the most that may ever have been charged to `escrow`, in nano. */
export const signAuthorisation = async (
  fields: { network: Origin['network']; escrow: string; maxCumulativeNano: bigint },
  sessionKey: Signer,
): Promise<Authorisation> => ({
  escrow: fields.escrow,
  public_key: sessionKey.publicKey,
  max_cumulative_nano: fields.maxCumulativeNano.toString(),
  signature: await sessionKey.sign(authorisationHash(fields)),
})

/** @throws GstdError `AUTHORISATION_INVALID` when the signature is not the named key's. */
export const verifyAuthorisation = async (authorisation: Authorisation, network: number): Promise<void> => {
  const hash = authorisationHash({
    network,
    escrow: authorisation.escrow,
    maxCumulativeNano: BigInt(authorisation.max_cumulative_nano),
  })
  if (!(await verifySignature(authorisation.public_key, hash, authorisation.signature))) {
    throw new GstdError('AUTHORISATION_INVALID', 'the authorisation is not signed by the session key', {
      details: { escrow: authorisation.escrow, public_key: authorisation.public_key },
    })
  }
}
