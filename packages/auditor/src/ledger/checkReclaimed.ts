import type { CheckEntry } from './entryContext.ts'
import { expectEqual, known, refuse } from './refuse.ts'

/**
 * The owner took back what a charge had brought and nobody had committed: its tasks are paid nothing. Whether the escrow
 * shows it is `judgeCommit`'s business.
 */
export const checkReclaimed: CheckEntry<'reclaimed'> = ({ body }, { state }) => {
  const charge = known(state.charges.get(body.charge_hash), 'no charge that is still to be paid has this hash', body)
  if (charge.status !== 'cosigned') refuse('the charge was never co-signed', { charge_hash: body.charge_hash })
  if (charge.isReclaimed === true) refuse('the charge was reclaimed before', { charge_hash: body.charge_hash })
  const { escrow, epoch, previous_charged_nano: previous, cumulative_nano: cumulative } = charge.body
  expectEqual('escrow', body.escrow, escrow)
  expectEqual('epoch', body.epoch, epoch)
  expectEqual('amount_nano', body.amount_nano, (BigInt(cumulative) - BigInt(previous)).toString())
  charge.isReclaimed = true
}
