import type { EscrowState } from '@gstd/sdk/contracts'
import { expect } from 'vitest'
import type { InFlight } from './createWorld.ts'
import { opOf, readFund } from './readFund.ts'

const DEPOSIT = 0x47450001
const CLOSE = 0x47450003
const CHARGE = 0x47450004

type Sums = { balanceNano: bigint; chargedNano: bigint; tasks: number }

const sumsOf = ({ balanceNano, chargedNano, tasks }: EscrowState): Sums => ({ balanceNano, chargedNano, tasks })

/** What a message that is accepted makes of an escrow's sums. */
const accepted = (before: Sums, { message, origin }: InFlight): Sums => {
  const fund = readFund(message)
  if (fund?.isBounced) {
    return {
      balanceNano: before.balanceNano + fund.deltaNano,
      chargedNano: before.chargedNano - fund.deltaNano,
      tasks: before.tasks - fund.tasks,
    }
  }
  const body = message.body.beginParse()
  const op = opOf(body)
  if (op === DEPOSIT) return { ...before, balanceNano: before.balanceNano + body.skip(64 + 256).loadCoins() }
  if (op === CLOSE) return { ...before, balanceNano: 0n }
  if (op !== CHARGE || origin.charge === undefined) return before
  const { deltaNano, tasks } = origin.charge
  return { balanceNano: before.balanceNano - deltaNano, chargedNano: before.chargedNano + deltaNano, tasks }
}

/**
 * Judges what a message has made of the escrow that it came to: all that it says, or nothing. The first message of a
 * closing escrow changes no sum, and a bounce is never refused.
 */
export const checkEscrow = (before: EscrowState, after: EscrowState, delivered: InFlight): void => {
  const expected = accepted(sumsOf(before), delivered)
  const isOptional = readFund(delivered.message) === undefined
  const allowed = isOptional ? [expected, sumsOf(before)] : [expected]
  expect(allowed, `${delivered.origin.name} changes an escrow as it says`).toContainEqual(sumsOf(after))
  expect(after.pending.deltaNano, 'no more is pending than was charged').toBeLessThanOrEqual(after.chargedNano)
}
