import type { EscrowState } from '@gstd/sdk/contracts'
import type { InFlight } from './createWorld.ts'
import { opOf, readFund } from './readFund.ts'
import { holds, textOf } from './Violation.ts'

const DEPOSIT = 0x47450001
const SET_SESSION = 0x47450002
const CLOSE = 0x47450003
const CHARGE = 0x47450004
const GRACE_SEC = 72 * 3600

type Sums = { balanceNano: bigint; chargedNano: bigint; tasks: number }
type Change = { before: EscrowState; after: EscrowState; delivered: InFlight; nowSec: number }

const sumsOf = ({ balanceNano, chargedNano, tasks }: EscrowState): Sums => ({ balanceNano, chargedNano, tasks })

/** What a message that is accepted makes of an escrow's sums. */
const accepted = (before: Sums, { message, origin }: InFlight): Sums => {
  const fund = readFund(message)
  if (fund?.isBounced && origin.refused === undefined) {
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

const checkCharge = ({ before, after, delivered: { origin }, nowSec }: Change): void => {
  const { charge } = origin
  if (charge === undefined) return
  const sessions = [before.session, before.previousSession]
  const session = sessions.find(({ key }) => key === charge.sessionKey)
  holds(charge.previousChargedNano === before.chargedNano, 'charges come in order')
  holds(session !== undefined, 'a session key of the escrow authorises a charge')
  if (session === undefined) return
  holds(nowSec <= session.expiresAtSec + GRACE_SEC, 'no charge after the session and its 72 h')
  holds(after.chargedNano <= session.capNano, 'no charge over the cap')
  holds(before.closeAtSec === 0 || nowSec < before.closeAtSec, 'a closed escrow is not charged')
}

const checkOwner = ({ before, after, delivered, nowSec }: Change): void => {
  const op = opOf(delivered.message.body.beginParse())
  if (op === CLOSE && before.closeAtSec > 0 && after.closeAtSec === 0) {
    holds(nowSec >= before.closeAtSec, 'no escrow closes a second early')
  }
  if (op !== SET_SESSION) return
  if (after.session.key === before.session.key) {
    const isLowered = after.session.capNano < before.session.capNano
    holds(!isLowered && after.session.expiresAtSec >= before.session.expiresAtSec, 'a session key only gains')
    return
  }
  const { key, expiresAtSec } = before.previousSession
  const isLost = !/^0+$/.test(key) && nowSec <= expiresAtSec + GRACE_SEC
  holds(!isLost, 'no key is lost while it may be charged')
}

/**
 * Judges what a message has made of the escrow that it came to: all that it says, or nothing. The first message of a
 * closing escrow changes no sum, and a bounce is never refused.
 */
export const checkEscrow = (change: Change): void => {
  const { before, after, delivered } = change
  const expected = accepted(sumsOf(before), delivered)
  const isChanged = textOf(after) !== textOf(before)
  holds(
    !isChanged || delivered.origin.refused === undefined,
    'what must be refused changes nothing',
    delivered.origin.name,
  )
  const isOptional = readFund(delivered.message) === undefined
  const allowed = isOptional ? [expected, sumsOf(before)] : [expected]
  const isAllowed = allowed.some((sums) => textOf(sums) === textOf(sumsOf(after)))
  const seen = `${delivered.origin.name}: ${textOf(sumsOf(before))} became ${textOf(sumsOf(after))}`
  holds(isAllowed, 'a message changes an escrow as it says', seen)
  holds(after.pending.deltaNano <= after.chargedNano, 'no more is pending than was charged')
  if (after.chargedNano > before.chargedNano) checkCharge(change)
  checkOwner(change)
}
