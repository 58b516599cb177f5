import {
  type Authorisation,
  batchDocument,
  type BatchExpectation,
  canonicalJson,
  type SignedBatch,
  verifyAuthorisation,
  verifyBatch,
} from '@gstd/sdk'

/** Checks of signatures that many entries share: one over a batch of a thousand tasks is checked once. */
export type CheckOnce = {
  /** Like `verifyBatch` of the SDK. */
  batch(batch: SignedBatch, expected: BatchExpectation): Promise<void>
  /** Like `verifyAuthorisation` of the SDK. */
  authorisation(authorisation: Authorisation, network: number): Promise<void>
}

const REMEMBERED = 1024

/** Remembers the checks that passed last, by everything they depended on. */
export const createCheckOnce = (): CheckOnce => {
  const passed = new Set<string>()
  const once = async (key: string, check: () => Promise<void>): Promise<void> => {
    if (passed.has(key)) return
    await check()
    passed.add(key)
    const oldest = passed.size > REMEMBERED ? passed.values().next().value : undefined
    if (oldest !== undefined) passed.delete(oldest)
  }
  return {
    batch: (batch, expected) =>
      once(canonicalJson([batchDocument.id(batch.header), batch.signature, expected]), () =>
        verifyBatch(batch, expected),
      ),
    authorisation: (authorisation, network) =>
      once(canonicalJson([authorisation, network]), () => verifyAuthorisation(authorisation, network)),
  }
}
