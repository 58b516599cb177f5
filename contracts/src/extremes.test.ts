import { Address, toNano } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { escrowState } from './chainForTests/createRequester.ts'
import { CHALLENGE_SEC, HOUR_SEC, keys, nowSec, pass } from './chainForTests/openTestNetwork.ts'
import {
  type ChargeOptions,
  chargeOf,
  type CommitOptions,
  commitOf,
  vaultState,
} from './chainForTests/signedMessages.ts'
import { refusalsIn } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

const MAX_COINS = 2n ** 120n - 1n
const MAX_UINT32 = 2 ** 32 - 1
/** TVM: a number does not fit into its field. */
const RANGE_CHECK = 5

describe('the largest numbers that fit into a message', () => {
  const opened = useNetwork('2026-06')

  const charge = async (options: ChargeOptions) => {
    const { network, requester } = opened()
    const message = await chargeOf(network, requester, options)
    return refusalsIn(await network.vault.sendCharge(network.operator.getSender(), message))
  }
  const commit = async (options: CommitOptions) => {
    const { network } = opened()
    const message = await commitOf(network, options)
    const refused = refusalsIn(await network.vault.sendCommit(network.operator.getSender(), message))
    return { ...message, refused }
  }
  const raiseCap = async (key: string) => {
    const { network, requester } = opened()
    const expiresAtSec = nowSec(network) + 7 * 24 * HOUR_SEC
    const session = { key, capNano: MAX_COINS, expiresAtSec }
    expect(refusalsIn(await requester.escrow.sendSetSession(requester.owner.getSender(), session))).toEqual([])
  }

  it('are kept as caps of both session keys', async () => {
    await raiseCap(keys.session.publicKey)
    await raiseCap(keys.otherSession.publicKey)
    const { session, previousSession } = await escrowState(opened().requester)
    expect([session.capNano, previousSession.capNano]).toEqual([MAX_COINS, MAX_COINS])
    expect(await charge({ deltaNano: toNano('10') })).toEqual([])
  })

  it('charge no more than there is', async () => {
    await raiseCap(keys.session.publicKey)
    const authorised = { maxCumulativeNano: 2n ** 128n - 1n }
    expect(await charge({ ...authorised, cumulativeNano: MAX_COINS })).toEqual(['CHARGE_OVER_BALANCE'])
    expect(await charge({ ...authorised, cumulativeNano: toNano('10') })).toEqual([])
  })

  it('of tasks in one charge are what a bounce can undo', async () => {
    expect(await charge({ tasks: MAX_UINT32 + 1 })).toEqual([RANGE_CHECK])
    expect(await charge({ tasks: MAX_UINT32 })).toEqual([])
    expect((await escrowState(opened().requester)).tasks).toBe(MAX_UINT32)
  })

  it('commit to no more than was funded', async () => {
    await charge({})
    expect((await commit({ totalNano: MAX_COINS, owedAfterNano: MAX_COINS })).refused).toEqual(['SUMS_DIFFER'])
  })

  it('pay no more than was committed', async () => {
    const { network } = opened()
    await charge({})
    const most = { address: Address.parseRaw(`0:${'d1'.repeat(32)}`), amountNano: 2n ** 64n - 1n }
    const { batches, refused } = await commit({ payouts: [most, most], totalNano: toNano('1') })
    expect(refused).toEqual([])
    pass(network, CHALLENGE_SEC)
    const [batch] = batches
    if (batch === undefined) throw new Error('one batch')
    const sent = await network.vault.sendExec(network.operator.getSender(), { batch, payouts: 2 })
    expect(refusalsIn(sent)).toEqual(['OVER_COMMITTED'])
    expect((await vaultState(network)).paidNano).toBe(0n)
  })
})
