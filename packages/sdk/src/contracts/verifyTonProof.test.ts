import { readFileSync } from 'node:fs'
import { beginCell, Cell, loadStateInit, storeStateInit } from '@ton/core'
import { WalletContractV3R2 } from '@ton/ton'
import { describe, expect, it } from 'vitest'
import { createSigner } from '../crypto/ed25519.ts'
import { randomHex } from '../crypto/randomHex.ts'
import { signTonProof, tonProofHash, type WalletProof, walletProofSchema } from '../documents/tonProof.ts'
import { toHex } from '../canonical/hex.ts'
import { proveWallet, verifyTonProof } from './verifyTonProof.ts'

const vector = JSON.parse(readFileSync(new URL('./vectors/tonProof.json', import.meta.url), 'utf8'))
const captured: WalletProof = walletProofSchema.parse(vector.wallet_proof)
const { timestamp } = captured.proof
const expected = { domains: ['github.com'], nowSec: timestamp + 60 }
const refusedBy = (check: string) => ({ code: 'WALLET_PROOF_INVALID', details: { check } })

const nowSec = 1_790_000_000
const checks = { domains: ['coordinator.example'], nowSec }
const signer = createSigner(randomHex(32))
const prove = (changes: Partial<Parameters<typeof proveWallet>[0]> = {}) =>
  proveWallet({
    signer,
    wallet: 'v5r1',
    network: -3,
    domain: 'coordinator.example',
    payload: 'challenge',
    timestamp: nowSec - 5,
    ...changes,
  })

describe('a proof that a real wallet made', () => {
  it('holds', async () => {
    const { address } = captured
    expect(await verifyTonProof(captured, expected)).toEqual({ address, publicKey: vector.public_key })
  })

  it('does not hold with any part of it altered', async () => {
    const { proof, state_init } = captured
    const { code, data } = loadStateInit(Cell.fromBase64(state_init).beginParse())
    const before = data?.bits.substring(0, 320)
    if (before === undefined || !code) throw new Error('the vector has no state')
    const otherKey = beginCell().storeBits(before).storeUint(1, 2).endCell()
    const altered: [string, WalletProof][] = [
      ['signature', { ...captured, proof: { ...proof, timestamp: timestamp + 1 } }],
      ['signature', { ...captured, proof: { ...proof, payload: `${proof.payload.slice(0, -1)}4` } }],
      ['signature', { ...captured, proof: { ...proof, signature: proof.signature.replace('d8', 'd9') } }],
      ['signature', { ...captured, proof: { ...proof, signature: 'AAAA' } }],
      ['signature', { ...captured, proof: { ...proof, signature: '%' } }],
      ['domain', { ...captured, proof: { ...proof, domain: { lengthBytes: 11, value: 'github.com' } } }],
      ['domain', { ...captured, proof: { ...proof, domain: { lengthBytes: 10, value: 'github.org' } } }],
      ['address', { ...captured, address: captured.address.replace('0:83', '0:84') }],
      ['signature', { ...captured, address: captured.address.replace('0:', '-1:') }],
      ['state_init', { ...captured, state_init: 'te6cck' }],
      ['state_init', { ...captured, state_init: state_init.slice(0, -8) }],
      [
        'address',
        {
          ...captured,
          state_init: beginCell()
            .store(storeStateInit({ code, data: otherKey }))
            .endCell()
            .toBoc()
            .toString('base64'),
        },
      ],
    ]
    for (const [check, each] of altered) {
      await expect(verifyTonProof(each, expected)).rejects.toMatchObject(refusedBy(check))
    }
  })

  it('does not hold elsewhere, later or earlier', async () => {
    const holds = (changes: Partial<typeof expected> & { maxAgeSec?: number }) =>
      verifyTonProof(captured, { ...expected, ...changes })
    await expect(holds({ domains: ['localhost:5173'] })).rejects.toMatchObject(refusedBy('domain'))
    await expect(holds({ domains: [] })).rejects.toMatchObject(refusedBy('domain'))
    await holds({ nowSec: timestamp + 900 })
    await expect(holds({ nowSec: timestamp + 901 })).rejects.toMatchObject(refusedBy('age'))
    await expect(holds({ nowSec: timestamp - 61 })).rejects.toMatchObject(refusedBy('age'))
    await expect(holds({ nowSec: timestamp + 60, maxAgeSec: 30 })).rejects.toMatchObject(refusedBy('age'))
  })
})

describe('a proof of ours', () => {
  it.each(['v5r1', 'v4r2'] as const)('holds for a wallet %s', async (wallet) => {
    const proof = await prove({ wallet })
    expect(walletProofSchema.parse(proof)).toEqual(proof)
    expect(await verifyTonProof(proof, checks)).toEqual({ address: proof.address, publicKey: signer.publicKey })
  })

  it('holds for a domain and a payload in any script, whose lengths are in bytes', async () => {
    const domain = 'пример.example'
    const proof = await prove({ domain, payload: 'é' })
    expect(proof.proof.domain.lengthBytes).toBe(20)
    await verifyTonProof(proof, { ...checks, domains: [domain] })
  })

  it('does not hold with another key, nor for a contract that is not known', async () => {
    const { address } = await prove()
    const fields = { address, domain: 'coordinator.example', payload: 'challenge', timestamp: nowSec }
    const forged = { ...(await prove()), proof: await signTonProof(fields, createSigner(randomHex(32))) }
    await expect(verifyTonProof(forged, checks)).rejects.toMatchObject(refusedBy('signature'))

    const old = WalletContractV3R2.create({ workchain: 0, publicKey: Buffer.from(signer.publicKey, 'hex') })
    const oldAddress = old.address.toRawString()
    const unknown = {
      address: oldAddress,
      state_init: beginCell().store(storeStateInit(old.init)).endCell().toBoc().toString('base64'),
      proof: await signTonProof({ ...fields, address: oldAddress }, signer),
    }
    await expect(verifyTonProof(unknown, checks)).rejects.toMatchObject(refusedBy('wallet'))
  })

  it('hashes as written down', () => {
    const fields = { address: `0:${'11'.repeat(32)}`, domain: 'a.example', timestamp: 1, payload: 'p' }
    expect(toHex(tonProofHash(fields))).toHaveLength(64)
    expect(toHex(tonProofHash({ ...fields, address: `-1:${'11'.repeat(32)}` }))).not.toBe(toHex(tonProofHash(fields)))
  })
})
