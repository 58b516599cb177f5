import { defineCodes } from '../defineCodes.ts'

/** Devices: registration, dispatch, execution. */
export const deviceCodes = defineCodes({
  CERTIFICATE_INVALID: {
    fault: 'user',
    httpStatus: 403,
    meaning:
      'The device has no valid certificate of its owner: missing, expired, of another network, badly signed, or with a payout address that the vault cannot pay.',
  },
  CHALLENGE_FAILED: {
    fault: 'user',
    httpStatus: 401,
    meaning: 'The device did not prove that it holds the key of its certificate.',
  },
  MESSAGE_INVALID: {
    fault: 'peer',
    httpStatus: 400,
    meaning: 'A message over the device connection does not have the shape of its type.',
  },
  ORDER_UNKNOWN: {
    fault: 'peer',
    httpStatus: 404,
    meaning: 'An answer refers to a work order that was not given to this device, or is over.',
  },
  ORDER_INVALID: {
    fault: 'peer',
    httpStatus: 422,
    meaning: 'A work order is not signed by the coordinator or is not for this device.',
  },
  COMMITMENT_MISMATCH: {
    fault: 'peer',
    httpStatus: 422,
    meaning: 'The revealed result and salt do not open the commitment.',
  },
  INPUT_UNAVAILABLE: {
    fault: 'network',
    httpStatus: 424,
    meaning: 'The device could not fetch an input, or its bytes do not match the hash.',
  },
  MODEL_UNAVAILABLE: {
    fault: 'network',
    httpStatus: 503,
    retryable: true,
    meaning: 'No source of a model’s file delivered bytes with the right hash.',
  },
  RUNTIME_CRASHED: {
    fault: 'internal',
    httpStatus: 500,
    retryable: true,
    meaning: 'The sandboxed runtime ended in the middle of a task.',
  },
  RUNTIME_TIMEOUT: {
    fault: 'peer',
    httpStatus: 504,
    meaning: 'The task ran longer than its time limit and was stopped.',
  },
})
