import { createSigner, randomHex } from '@gstd/sdk'
import { proveWallet } from '@gstd/sdk/contracts'
import { beforeEach, describe, expect, it } from 'vitest'
import { createWalletTokens, type WalletTokens } from './walletTokens.ts'

const domain = 'coordinator.example'
const MINUTE_MS = 60_000

let nowMs: number
let tokens: WalletTokens
beforeEach(() => {
  nowMs = 1_790_000_000_000
  tokens = createWalletTokens([domain, 'page.example'], () => nowMs)
})

const prove = (payload: string, changes: Partial<Parameters<typeof proveWallet>[0]> = {}) =>
  proveWallet({
    signer: createSigner(randomHex(32)),
    wallet: 'v5r1',
    network: -3,
    domain,
    payload,
    timestamp: Math.floor(nowMs / 1000),
    ...changes,
  })
const refusedBy = (check: string) => ({ code: 'WALLET_PROOF_INVALID', details: { check } })

describe('a challenge', () => {
  it('is exchanged for a token of the wallet that signed it, which lasts an hour', async () => {
    const challenge = tokens.challenge()
    expect(challenge).toMatchObject({ domain, expires_at: nowMs + 10 * MINUTE_MS })
    expect(challenge.payload).not.toBe(tokens.challenge().payload)
    const proof = await prove(challenge.payload)
    const { token, requester, expires_at } = await tokens.exchange(proof)
    expect({ requester, expires_at }).toEqual({ requester: proof.address, expires_at: nowMs + 60 * MINUTE_MS })
    expect(tokens.requesterOf(token)).toBe(proof.address)
    expect(tokens.requesterOf(`${token}x`)).toBeUndefined()
    expect(tokens.requesterOf('')).toBeUndefined()
    nowMs += 60 * MINUTE_MS
    expect(tokens.requesterOf(token)).toBeUndefined()
  })

  it('may be shown by a page that is known', async () => {
    await tokens.exchange(await prove(tokens.challenge().payload, { domain: 'page.example' }))
    const elsewhere = await prove(tokens.challenge().payload, { domain: 'phishing.example' })
    await expect(tokens.exchange(elsewhere)).rejects.toMatchObject(refusedBy('domain'))
  })

  it('is good once, also for two at the same time', async () => {
    const proof = await prove(tokens.challenge().payload)
    const outcomes = await Promise.allSettled([tokens.exchange(proof), tokens.exchange(proof)])
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await expect(tokens.exchange(proof)).rejects.toMatchObject(refusedBy('challenge'))
  })

  it('is not used up by a proof that does not hold', async () => {
    const { payload } = tokens.challenge()
    const proof = await prove(payload)
    const forged = { ...proof, proof: { ...proof.proof, timestamp: proof.proof.timestamp + 1 } }
    await expect(tokens.exchange(forged)).rejects.toMatchObject(refusedBy('signature'))
    await tokens.exchange(proof)
  })

  it('ends after ten minutes, and is nobody else’s', async () => {
    const { payload } = tokens.challenge()
    const others = createWalletTokens([domain], () => nowMs)
    const foreign = await prove(others.challenge().payload)
    await expect(tokens.exchange(foreign)).rejects.toMatchObject(refusedBy('challenge'))
    const longer = payload.slice(0, 43) + (payload[43] === 'f' ? 'e' : 'f') + payload.slice(44)
    for (const altered of [longer, 'anything', payload.toUpperCase(), `${payload} `]) {
      await expect(tokens.exchange(await prove(altered))).rejects.toMatchObject(refusedBy('challenge'))
    }
    nowMs += 10 * MINUTE_MS
    await expect(tokens.exchange(await prove(payload))).rejects.toMatchObject(refusedBy('challenge'))
  })
})

describe('a wallet', () => {
  it('has eight tokens at most: the oldest goes', async () => {
    const signer = createSigner(randomHex(32))
    const made: string[] = []
    for (let count = 0; count < 10; count++) {
      made.push((await tokens.exchange(await prove(tokens.challenge().payload, { signer }))).token)
    }
    expect(made.map((token) => tokens.requesterOf(token) !== undefined)).toEqual(made.map((_, index) => index >= 2))
  })
})
