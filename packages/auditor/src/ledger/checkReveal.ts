import { checkProof, commitmentOf, proofDocument } from '@gstd/sdk'
import type { CheckEntry } from './entryContext.ts'
import { runningSeat } from './openSeats.ts'
import { expectEqual, known, refuse } from './refuse.ts'

/** A proof of exactly this order that opens the commitment, shown no earlier than the method allows. */
export const checkReveal: CheckEntry<'reveal'> = ({ body }, { state }) => {
  const { proof, salt } = body
  const { task, seat } = runningSeat(state, body)
  const made = known(seat.commitment, 'the execution has no commitment', { attempt: body.attempt })
  if (!seat.mayReveal) refuse('a result was shown before every seat had committed', { attempt: body.attempt })
  if (seat.revealed !== undefined) refuse('the execution was revealed before', { attempt: body.attempt })
  checkProof(proof, seat.order, proof.result_hash)
  const opened = commitmentOf({ resultHash: proof.result_hash, deviceId: seat.order.device_id, salt })
  expectEqual('the commitment that result and salt open', opened, made.commitment)
  const proofHash = proofDocument.id(proof)
  seat.revealed = { salt, proof, proofHash }
  state.provisional.set(proofHash, { task, seat })
}
