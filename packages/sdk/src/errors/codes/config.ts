import { defineCodes } from '../defineCodes.ts'

/** The machine and its settings, as the command line meets them. */
export const configCodes = defineCodes({
  CONFIG_INVALID: {
    fault: 'config',
    httpStatus: 500,
    meaning: 'A setting, a file or an environment variable has a wrong value; the message names it.',
  },
  CONFIG_MISSING: {
    fault: 'config',
    httpStatus: 500,
    meaning: 'Something that must be set is not: the message names the flag and the file.',
  },
  USAGE_INVALID: {
    fault: 'user',
    httpStatus: 400,
    meaning: 'The command line, or a call of the SDK, does not make sense as written.',
  },
  STATE_CORRUPT: {
    fault: 'config',
    httpStatus: 500,
    meaning: 'A file of the local state cannot be read; the message names it and how to recover.',
  },
  STATE_EXPOSED: {
    fault: 'config',
    httpStatus: 500,
    meaning: 'A file with a secret may be read by others than its owner; the message names it and its mode.',
  },
  KEYSTORE_LOCKED: {
    fault: 'config',
    httpStatus: 500,
    meaning: 'A wallet or key cannot be opened: the passphrase is another one, or the file was changed.',
  },
  STATE_BEHIND: {
    fault: 'config',
    httpStatus: 503,
    meaning:
      'The coordinator’s database is older than what the chain or the auditor has of its log: an old backup was put back.',
  },
  LOG_INCOMPLETE: {
    fault: 'config',
    httpStatus: 500,
    meaning:
      'Entries of the log are missing where they are needed: the auditor does not keep them, or the file lacks them.',
  },
  LOG_FORKED: {
    fault: 'config',
    httpStatus: 500,
    meaning: 'A log says something else than the one that the auditor signed.',
  },
  STATE_LOCKED: {
    fault: 'config',
    httpStatus: 409,
    meaning: 'Another process uses this state directory: stop it or choose another.',
  },
  STORAGE_UNAVAILABLE: {
    fault: 'network',
    httpStatus: 503,
    retryable: true,
    meaning: 'The coordinator’s database server does not answer, or has broken off: try again when it is back.',
  },
  PORT_IN_USE: { fault: 'config', httpStatus: 409, meaning: 'Another process listens on the port: choose another.' },
  PROCESS_FAILED: {
    fault: 'internal',
    httpStatus: 500,
    meaning: 'A process that this one started ended before it was ready; its last lines say why.',
  },
  PROCESS_TIMEOUT: {
    fault: 'internal',
    httpStatus: 500,
    meaning: 'A process that this one started was not ready in time; its last lines may say why.',
  },
})
