import { compareResults } from '../comparison/compareResults.ts'
import { findOperation } from '../operations/registry.ts'
import type { Voice } from './judge.ts'

/**
 * How two results of an operation are compared: by hash first, which is all that executions of the canonical runtime
 * ever need; a known answer, which has no attempt and may come from another runtime, then by the operation's kind.
 * Were two executions compared so, a right label beside invented scores would be paid.
 */
export const agreeBy = (operationName: string) => {
  const operation = findOperation(operationName)
  return (a: Voice, b: Voice): boolean =>
    a.resultHash === b.resultHash ||
    (operation !== undefined &&
      (a.attempt === undefined || b.attempt === undefined) &&
      a.result !== undefined &&
      b.result !== undefined &&
      compareResults(operation.kind, a.result, b.result))
}
