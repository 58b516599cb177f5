import { type LogEntry, verifySignature } from '@gstd/sdk'
import { guardCellOf, type GuardMessage } from '@gstd/sdk/contracts'
import { type EntryContext, parametersOf } from './entryContext.ts'
import { refuse } from './refuse.ts'

/**
 * What the log alone says of an `unfreeze` or `uncommit`: signed by the coordinator, and not logged before. Whether its
 * time has come, `judgeGuard` compares with the chain.
 */
export const checkGuard = async (
  { index, kind, body }: Extract<LogEntry, { kind: GuardMessage['kind'] }>,
  { state, origin }: EntryContext,
): Promise<void> => {
  const message = { kind, body } as GuardMessage
  const hash = guardCellOf(message, origin).hash()
  const { coordinator_key: key } = parametersOf(state).document
  if (!(await verifySignature(key, hash, body.coordinator_signature))) {
    refuse(`the ${kind} is not signed by the coordinator`)
  }
  const cellHash = hash.toString('hex')
  if (state.guards.has(cellHash)) refuse(`the ${kind} was logged before`)
  state.guards.set(cellHash, { index, hash: cellHash, message, body, status: 'proposed', logged: false })
}
