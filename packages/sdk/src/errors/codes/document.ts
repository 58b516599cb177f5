import { defineCodes } from '../defineCodes.ts'

/** Bytes and signatures: what can be wrong with any document before its content matters. */
export const documentCodes = defineCodes({
  DOCUMENT_MALFORMED: {
    fault: 'user',
    httpStatus: 400,
    meaning: 'The bytes are not JSON, or not of the shape the endpoint takes; `details.path` names the field.',
  },
  DOCUMENT_NOT_CANONICAL: {
    fault: 'user',
    httpStatus: 400,
    meaning: 'The bytes are JSON but not its canonical form (RFC 8785): sort keys, drop white space and duplicates.',
  },
  DOCUMENT_TOO_LARGE: {
    fault: 'user',
    httpStatus: 413,
    meaning: 'A descriptor, an input, a batch or a message is over its limit; `details` has the limit.',
  },
  DESCRIPTOR_INVALID: {
    fault: 'user',
    httpStatus: 422,
    meaning: 'A task descriptor breaks its schema or carries an unknown field; `details.path` names it.',
  },
  PROOF_INVALID: {
    fault: 'peer',
    httpStatus: 422,
    meaning: 'A proof of execution does not match its work order, its result or its commitment.',
  },
  RECEIPT_INVALID: {
    fault: 'peer',
    httpStatus: 422,
    meaning: 'A receipt does not prove what it claims; `details.check` names the check that failed.',
  },
  VERDICT_INVALID: {
    fault: 'peer',
    httpStatus: 422,
    meaning: 'A verdict is not the one that its executions give; `details.path` names what differs.',
  },
  SIGNATURE_INVALID: {
    fault: 'user',
    httpStatus: 401,
    meaning: 'A signature does not match the document, the key or the canonical form of a signature.',
  },
  SIGNATURE_MISSING: {
    fault: 'user',
    httpStatus: 401,
    meaning: 'A batch came without a signature: sign its header with the session key.',
  },
  MERKLE_PROOF_INVALID: {
    fault: 'user',
    httpStatus: 400,
    meaning: 'An inclusion path does not lead from the item to the signed root.',
  },
  NETWORK_MISMATCH: {
    fault: 'user',
    httpStatus: 422,
    meaning: 'A document names another network, vault or recipient than this one; it may have been made for testnet.',
  },
  CLOCK_SKEWED: {
    fault: 'user',
    httpStatus: 422,
    meaning: 'A timestamp is more than five minutes from the coordinator’s clock: set the clock and sign anew.',
  },
  DESCRIPTOR_EXPIRED: {
    fault: 'user',
    httpStatus: 410,
    meaning: 'The deadline of a task leaves no time to run it: set a later one.',
  },
})
