import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toHex } from '../canonical/hex.ts'
import { createSigner } from '../crypto/ed25519.ts'
import { randomHex } from '../crypto/randomHex.ts'
import { authorisationHash, signAuthorisation, verifyAuthorisation } from './authorisation.ts'
import { inclusionOf, signBatch, verifyBatch, verifyInclusion } from './batch.ts'
import {
  type Certificate,
  certificateDocument,
  checkPayoutAddress,
  loggedCertificateSchema,
  signCertificate,
  signedCertificateSchema,
  verifyCertificate,
} from './certificate.ts'
import { commitmentOf, resultHashOf } from './commitment.ts'
import { descriptorDocument } from './descriptor.ts'
import { deviceIdOf } from './deviceId.ts'
import { hashDocument } from './hashDocument.ts'
import { signRequest, verifyRequest } from './request.ts'

type Golden = Record<string, { document: unknown; hash: string }>

const golden: Golden = JSON.parse(readFileSync(new URL('./vectors/documents.json', import.meta.url), 'utf8'))
const origin = { network: -3, vault: `0:${'11'.repeat(32)}` }

describe('document hashes', () => {
  it('leave inline data out of the descriptor’s hash, but nothing else', () => {
    const descriptor = descriptorDocument.parse(golden.descriptor?.document)
    const input = [{ source: 'inline', hash: `sha256:${'ab'.repeat(32)}`, data: 'AAAA' } as const]
    const withData = { ...descriptor, input }
    const without = { ...descriptor, input: input.map(({ source, hash }) => ({ source, hash })) }
    expect(descriptorDocument.id(withData)).toBe(descriptorDocument.id(without))
    expect(descriptorDocument.id({ ...descriptor, nonce: '00'.repeat(16) })).not.toBe(descriptorDocument.id(descriptor))
  })

  it('name the path of an unknown field', () => {
    const descriptor = descriptorDocument.parse(golden.descriptor?.document)
    const wrong = { ...descriptor, constraints: { ...descriptor.constraints, colour: 'red' } }
    expect(() => descriptorDocument.parse(wrong)).toThrow(
      expect.objectContaining({
        code: 'DESCRIPTOR_INVALID',
        details: expect.objectContaining({ path: 'constraints.colour' }),
      }),
    )
  })
})

describe('batches', () => {
  const signer = createSigner(randomHex(32))
  const hashes = [1, 2, 3].map((value) => hashDocument('test', { value }))

  it('prove each item by one signature', async () => {
    const { batch, tree } = await signBatch({ kind: 'proof', origin, signer, recipient: 'any', hashes, timestamp: 1 })
    await verifyBatch(batch, { kind: 'proof', origin, signer: signer.publicKey })
    for (const [index, hash] of hashes.entries()) verifyInclusion(batch.header, hash, inclusionOf(tree, index))
    expect(() => verifyInclusion(batch.header, hashDocument('test', {}), inclusionOf(tree, 1))).toThrow(
      expect.objectContaining({ code: 'MERKLE_PROOF_INVALID' }),
    )
  })

  it('refuse another network, kind, recipient or signer, and altered headers', async () => {
    const { batch } = await signBatch({
      kind: 'order',
      origin,
      signer,
      recipient: signer.publicKey,
      hashes,
      timestamp: 1,
    })
    const expected = { kind: 'order', origin } as const
    const mismatch = expect.objectContaining({ code: 'NETWORK_MISMATCH' })
    const unsigned = expect.objectContaining({ code: 'SIGNATURE_INVALID' })
    await expect(verifyBatch(batch, { ...expected, kind: 'proof' })).rejects.toThrow(mismatch)
    await expect(verifyBatch(batch, { ...expected, origin: { ...origin, network: -239 } })).rejects.toThrow(mismatch)
    await expect(verifyBatch(batch, { ...expected, recipient: 'any' })).rejects.toThrow(mismatch)
    await expect(verifyBatch(batch, { ...expected, signer: '00'.repeat(32) })).rejects.toThrow(unsigned)
    for (const altered of [{ count: 4 }, { root: '00'.repeat(32) }, { timestamp: 2 }, { nonce: '00'.repeat(16) }]) {
      const header = { ...batch.header, ...altered }
      await expect(verifyBatch({ ...batch, header }, expected)).rejects.toThrow(unsigned)
    }
  })
})

describe('authorisations', () => {
  const fields = { network: -3, escrow: `0:${'ab'.repeat(32)}`, maxCumulativeNano: 1_234_567_890n }

  it('hash as the cell they stand for', () => {
    expect(toHex(authorisationHash(fields))).toBe(golden.authorisation?.hash)
  })

  it('are bound to network, escrow and sum', async () => {
    const signed = await signAuthorisation(fields, createSigner(randomHex(32)))
    await verifyAuthorisation(signed, -3)
    const refused = expect.objectContaining({ code: 'AUTHORISATION_INVALID' })
    await expect(verifyAuthorisation(signed, -239)).rejects.toThrow(refused)
    await expect(verifyAuthorisation({ ...signed, max_cumulative_nano: '1234567891' }, -3)).rejects.toThrow(refused)
    await expect(verifyAuthorisation({ ...signed, escrow: `-1:${'ab'.repeat(32)}` }, -3)).rejects.toThrow(refused)
  })
})

describe('certificates', () => {
  const owner = createSigner(randomHex(32))
  const device = createSigner(randomHex(32))
  const certificate: Certificate = {
    version: 1,
    ...origin,
    owner: `0:${'22'.repeat(32)}`,
    device_key: device.publicKey,
    payout_address: `0:${'33'.repeat(32)}`,
    issued_at: 1_000_000,
    expires_at: 2_000_000,
    revision: 0,
  }

  it('name a payout address that the vault can pay; old ones of a log can still be read', async () => {
    const old = { ...certificate, payout_address: `-1:${'33'.repeat(32)}` }
    const invalid = expect.objectContaining({ code: 'CERTIFICATE_INVALID' })
    expect(certificateDocument.parse(certificate)).toEqual(certificate)
    expect(() => certificateDocument.parse(old)).toThrow(invalid)
    checkPayoutAddress(certificate)
    expect(() => checkPayoutAddress(old)).toThrow(invalid)
    const signed = await signCertificate({ certificate: old, owner, wallet: 'v5r1', device })
    expect(signedCertificateSchema.safeParse(signed).success).toBe(false)
    expect(loggedCertificateSchema.parse(signed)).toEqual(signed)
  })

  it('need owner, device key, network and time', async () => {
    const signed = await signCertificate({ certificate, owner, wallet: 'v5r1', device })
    await verifyCertificate(signed, origin, 1_500_000)
    const invalid = expect.objectContaining({ code: 'CERTIFICATE_INVALID' })
    await expect(verifyCertificate(signed, origin, 2_000_000)).rejects.toThrow(invalid)
    await expect(verifyCertificate(signed, { ...origin, network: -239 }, 1_500_000)).rejects.toThrow(
      expect.objectContaining({ code: 'NETWORK_MISMATCH' }),
    )
    for (const altered of [
      { payout_address: certificate.owner },
      { owner: certificate.payout_address },
      { device_key: owner.publicKey },
      { revision: 1 },
      { expires_at: 3_000_000 },
    ]) {
      const forged = { ...signed, certificate: { ...certificate, ...altered } }
      await expect(verifyCertificate(forged, origin, 1_500_000)).rejects.toThrow(invalid)
    }
  })
})

describe('requests', () => {
  const signer = createSigner(randomHex(32))
  const base = {
    origin,
    requester: `0:${'44'.repeat(32)}`,
    signer,
    method: 'GET',
    path: '/api/v1/tasks?limit=3',
  } as const
  const expected = { ...origin, method: 'GET', path: '/api/v1/tasks?limit=3', nowMs: 100_000 }
  const refused = expect.objectContaining({ code: 'AUTH_REQUIRED' })

  it('are good for one method, path and minute', async () => {
    const header = await signRequest({ ...base, timestamp: 100_000 })
    expect(await verifyRequest(header, expected)).toMatchObject({ requester: base.requester })
    await expect(verifyRequest(header, { ...expected, method: 'DELETE' })).rejects.toThrow(refused)
    await expect(verifyRequest(header, { ...expected, path: '/api/v1/tasks' })).rejects.toThrow(refused)
    await expect(verifyRequest(header, { ...expected, nowMs: 161_000 })).rejects.toThrow(refused)
    await expect(verifyRequest(header, { ...expected, network: -239 })).rejects.toThrow(refused)
  })

  it.each([undefined, '', 'Bearer x', 'GSTD-Session', 'GSTD-Session ???', 'GSTD-Session e30='])(
    'refuse %j',
    async (header) => {
      await expect(verifyRequest(header, expected)).rejects.toThrow(refused)
    },
  )
})

describe('commitments', () => {
  it('bind result, device and salt', () => {
    const fields = {
      resultHash: resultHashOf([{ label: 'a' }]),
      deviceId: deviceIdOf('55'.repeat(32)),
      salt: '66'.repeat(32),
    }
    expect(commitmentOf(fields)).toBe(golden.commitment?.hash)
    expect(commitmentOf({ ...fields, salt: '67'.repeat(32) })).not.toBe(golden.commitment?.hash)
    expect(commitmentOf({ ...fields, deviceId: deviceIdOf('56'.repeat(32)) })).not.toBe(golden.commitment?.hash)
  })
})
