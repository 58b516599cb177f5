import { attachNano, GUARD_DELAY_SEC } from '@gstd/sdk/contracts'
import { expect, it, vi } from 'vitest'
import { logged } from '../dispatch/inspect.testing.ts'
import { connectDevices } from '../dispatch/play.testing.ts'
import { checkPaidOnce } from './checkPaidOnce.testing.ts'
import { deliver, isCommit, openPayments, pay, tickUntil } from './openPayments.testing.ts'

const TIMEOUT_MS = 120_000
/** Too little for any batch, as after a rise of the chain's prices. */
const TOO_LITTLE_NANO = 1_000_000n

const EVERY_STEP = Array.from({ length: 100 }, () => 1)

it(
  'gives up what cannot be executed, and pays it with the next commit, without anybody being charged',
  { timeout: TIMEOUT_MS },
  async () => {
    const all = await openPayments()
    const devices = await connectDevices(all.bench, 2)
    await deliver(all, devices)
    const value = vi.spyOn(attachNano, 'exec').mockReturnValue(TOO_LITTLE_NANO)
    const tries = async () => {
      const [row] = await all.bench.journal.query<{ sent_at: number }>(
        `SELECT sent_at FROM wallet_purposes WHERE purpose LIKE 'exec:1:%'`,
      )
      return row?.sent_at ?? 0
    }
    await tickUntil(all, async () => (await tries()) > 0)
    await all.advance(GUARD_DELAY_SEC + 60)
    const dueMs = all.clock()
    await tickUntil(all, async () => (await tries()) >= dueMs)
    expect(await logged(all.bench, 'uncommit')).toEqual([])
    await all.advance(40)
    await tickUntil(all, () => isCommit(all, 1, 'uncommitted'), EVERY_STEP)
    expect(await all.chain.readVault()).toMatchObject({ epoch: 1, fundedNextNano: 0n, paidNano: 0n })

    value.mockRestore()
    await pay(all, 2)
    const [commit, again] = await logged(all.bench, 'commit')
    expect(again?.payouts).toEqual(commit?.payouts)
    expect(await logged(all.bench, 'uncommitted')).toEqual([{ epoch: 1, next: commit?.head }])
    await checkPaidOnce(all, devices, 2, [1])
  },
)
