import { compareResults } from '../comparison/compareResults.ts'
import { findOperation } from '../operations/registry.ts'

/**
 * How two results of an operation are compared: by hash first, which is all that canonical results ever need, then
 * by the operation's kind (a known answer may come from another runtime).
 */
export const agreeBy = (operationName: string) => {
  const operation = findOperation(operationName)
  return (
    a: { resultHash: string; result?: readonly unknown[] | undefined },
    b: { resultHash: string; result?: readonly unknown[] | undefined },
  ): boolean =>
    a.resultHash === b.resultHash ||
    (operation !== undefined &&
      a.result !== undefined &&
      b.result !== undefined &&
      compareResults(operation.kind, a.result, b.result))
}
