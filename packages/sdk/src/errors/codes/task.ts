import { defineCodes } from '../defineCodes.ts'

/** What happens to a task after intake. */
export const taskCodes = defineCodes({
  TASK_UNKNOWN: { fault: 'user', httpStatus: 404, meaning: 'No task with this id belongs to this requester.' },
  TASK_NOT_CANCELLABLE: {
    fault: 'user',
    httpStatus: 409,
    meaning: 'The task has been dispatched or has ended; only waiting tasks can be cancelled.',
  },
  TASK_CANCELLED: { fault: 'user', httpStatus: 410, meaning: 'The requester cancelled the task before dispatch.' },
  TASK_EXPIRED: {
    fault: 'user',
    httpStatus: 410,
    meaning: 'The deadline passed before a device could finish: give more time or a higher reward.',
  },
  TASK_ATTEMPTS_EXHAUSTED: {
    fault: 'peer',
    httpStatus: 502,
    meaning: 'Five attempts ended without an answer that passed.',
  },
  TASK_NO_AGREEMENT: {
    fault: 'peer',
    httpStatus: 502,
    meaning: 'The devices’ answers differ so much that no group can reach the quorum.',
  },
  RECEIPT_NOT_READY: {
    fault: 'user',
    httpStatus: 409,
    retryable: true,
    meaning: 'The task has no verdict yet, or the auditor has not signed over it: wait until it is accepted.',
  },
  TASK_WAIT_TIMEOUT: {
    fault: 'network',
    httpStatus: 504,
    retryable: true,
    meaning: 'The task did not end within the time the caller was ready to wait; it goes on.',
  },
  ITEM_UNDECODABLE: {
    fault: 'user',
    httpStatus: 422,
    meaning: 'An input is no image, text or sound that the operation can decode; the other items have results.',
  },
  ITEM_FAILED: { fault: 'user', httpStatus: 422, meaning: 'The operation could not be applied to one input.' },
})
