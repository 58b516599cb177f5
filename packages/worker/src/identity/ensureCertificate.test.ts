import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSigner, verifyCertificate } from '@gstd/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CertificateRequest, ensureCertificate } from './ensureCertificate.ts'
import { openDeviceIdentity } from './openDeviceIdentity.ts'

const DAY_MS = 24 * 3_600_000
const origin = { network: -3, vault: `0:${'5'.repeat(64)}` }
const owner = { signer: createSigner('1'.repeat(64)), address: `0:${'1'.repeat(64)}`, wallet: 'v5r1' as const }
const nowMs = Date.UTC(2027, 0, 1)

let stateDir: string
let request: CertificateRequest

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-identity-'))
  const identity = await openDeviceIdentity(stateDir)
  request = { stateDir, identity, owner, payoutAddress: owner.address, origin, nowMs }
})

afterEach(() => rm(stateDir, { recursive: true, force: true }))

describe('ensureCertificate', () => {
  it('makes one, keeps it, and renews it while there is time', async () => {
    const first = await ensureCertificate(request)
    await verifyCertificate(first, origin, nowMs)
    expect(await ensureCertificate({ ...request, nowMs: nowMs + 59 * DAY_MS })).toEqual(first)
    const renewed = await ensureCertificate({ ...request, nowMs: nowMs + 61 * DAY_MS })
    await verifyCertificate(renewed, origin, nowMs + 61 * DAY_MS)
    expect(renewed.certificate.revision).toBeGreaterThan(first.certificate.revision)
    expect(renewed.certificate.expires_at).toBe(nowMs + 151 * DAY_MS)
  })

  it.each<[string, Partial<CertificateRequest>]>([
    ['payout address', { payoutAddress: `0:${'2'.repeat(64)}` }],
    ['owner', { owner: { ...owner, address: `0:${'3'.repeat(64)}` } }],
    ['vault', { origin: { ...origin, vault: `0:${'4'.repeat(64)}` } }],
    ['network', { origin: { ...origin, network: -239 } }],
  ])('makes a higher revision for another %s', async (_, change) => {
    const first = await ensureCertificate(request)
    const changed = await ensureCertificate({ ...request, ...change })
    expect(changed.certificate.revision).toBe(first.certificate.revision + 1)
  })

  it('replaces a kept one that is damaged or forged, without falling behind in revisions', async () => {
    const first = await ensureCertificate(request)
    const file = join(stateDir, 'certificate.json')
    await writeFile(file, '{')
    const second = await ensureCertificate({ ...request, nowMs: nowMs + 1000 })
    expect(second.certificate.revision).toBeGreaterThan(first.certificate.revision)
    await writeFile(file, JSON.stringify({ ...second, device_signature: first.device_signature }))
    const third = await ensureCertificate({ ...request, nowMs: nowMs + 1000 })
    await verifyCertificate(third, origin, nowMs + 1000)
  })

  it('counter-signs a certificate that the owner brought, if it is for this device', async () => {
    const { certificate, owner_signature } = await ensureCertificate(request)
    const ready = { certificate, owner_signature }
    await verifyCertificate(await ensureCertificate({ ...request, owner: ready }), origin, nowMs)
    const invalid = expect.objectContaining({ code: 'CERTIFICATE_INVALID' })
    const elsewhere = { ...request, owner: { ...ready, certificate: { ...certificate, device_key: '9'.repeat(64) } } }
    await expect(ensureCertificate(elsewhere)).rejects.toThrow(invalid)
    await expect(ensureCertificate({ ...request, owner: ready, payoutAddress: `0:${'2'.repeat(64)}` })).rejects.toThrow(
      invalid,
    )
    const raised = { ...request, owner: { ...ready, certificate: { ...certificate, revision: 9 } } }
    await expect(ensureCertificate(raised)).rejects.toThrow(invalid)
    await expect(ensureCertificate({ ...request, owner: ready, nowMs: nowMs + 91 * DAY_MS })).rejects.toThrow(invalid)
  })
})

describe('openDeviceIdentity', () => {
  it('gives one key to all who open a new directory at once', async () => {
    const fresh = join(stateDir, 'fresh')
    const opened = await Promise.all(Array.from({ length: 8 }, () => openDeviceIdentity(fresh)))
    expect(new Set(opened.map(({ deviceKey }) => deviceKey)).size).toBe(1)
  })
})
