import { z } from 'zod'
import { globalId, hex32, rawAddress } from '../documents/fields.ts'
import { parseWith } from '../errors/fromZodError.ts'

const aFunction = z.custom((value) => typeof value === 'function', 'expected a function')
const signal = z.custom<AbortSignal>((value) => value instanceof AbortSignal, 'expected an AbortSignal')

/** What `AbortSignal.timeout` takes everywhere. */
const MAX_TIMEOUT_MS = 2 ** 32 - 1

const sharedOptions = {
  network: z.object({ network: globalId, vault: rawAddress, coordinator_key: hex32, coordinator: z.string() }),
  coordinator: z.string().optional(),
  fetch: aFunction.optional(),
  retry: z.strictObject({ attempts: z.int().min(1), baseDelayMs: z.number().nonnegative() }).optional(),
}

const clientOptionsSchema = z.strictObject({
  ...sharedOptions,
  requester: rawAddress,
  sessionKey: z.object({ publicKey: hex32, sign: aFunction }),
  escrow: rawAddress.optional(),
})

const readerOptionsSchema = z.strictObject({
  ...sharedOptions,
  token: z.object({ token: z.string().min(1), requester: rawAddress }),
})

const readTokenOptionsSchema = z.strictObject({
  coordinator: z.string(),
  prove: aFunction,
  fetch: aFunction.optional(),
  signal: signal.optional(),
})

const callOptionsSchema = z.strictObject({ signal: signal.optional() })

/** Which values there are, the coordinator says. */
const listFilterSchema = z.strictObject({ status: z.string().optional(), limit: z.number().optional() })

const epochFilterSchema = z.strictObject({ before: z.number().optional(), limit: z.number().optional() })

const waitSchema = z.strictObject({
  taskIds: z.array(z.string().min(1)),
  options: z.strictObject({
    until: z.enum(['delivered', 'accepted', 'paid']).optional(),
    timeoutMs: z.int().nonnegative().max(MAX_TIMEOUT_MS).optional(),
    onUpdate: aFunction.optional(),
    signal: signal.optional(),
  }),
})

/** @throws GstdError `CONFIG_INVALID` with the path of the option that is missing, wrong or unknown */
export const checkClientOptions = (options: unknown): void => {
  parseWith(clientOptionsSchema, options, 'CONFIG_INVALID', 'the client’s options')
}

/** @throws GstdError `CONFIG_INVALID` with the path of the option that is missing, wrong or unknown */
export const checkReaderOptions = (options: unknown): void => {
  parseWith(readerOptionsSchema, options, 'CONFIG_INVALID', 'the reader’s options')
}

/** @throws GstdError `CONFIG_INVALID` with the path of the option that is missing, wrong or unknown */
export const checkReadTokenOptions = (options: unknown): void => {
  parseWith(readTokenOptionsSchema, options, 'CONFIG_INVALID', 'the token’s options')
}

/**
 * Checks what every call takes.
 *
 * @returns the signal
 * @throws GstdError `USAGE_INVALID` with the path of the option that is wrong or unknown
 */
export const signalOf = (options: unknown = {}): AbortSignal | undefined =>
  parseWith(callOptionsSchema, options, 'USAGE_INVALID', 'the call’s options').signal

/** @throws GstdError `USAGE_INVALID` with the path of the field that is wrong or unknown */
export const checkListFilter = (filter: unknown): void => {
  parseWith(listFilterSchema, filter, 'USAGE_INVALID', 'the filter')
}

/** @throws GstdError `USAGE_INVALID` with the path of the field that is wrong or unknown */
export const checkEpochFilter = (filter: unknown): void => {
  parseWith(epochFilterSchema, filter, 'USAGE_INVALID', 'the filter')
}

/** @throws GstdError `USAGE_INVALID` when it is no text: it would become part of a path */
export const checkTaskId = (taskId: unknown): void => {
  parseWith(z.string().min(1), taskId, 'USAGE_INVALID', 'the task’s id')
}

/** @throws GstdError `USAGE_INVALID` with the path of what is wrong or unknown */
export const checkWait = (taskIds: unknown, options: unknown): void => {
  parseWith(waitSchema, { taskIds, options }, 'USAGE_INVALID', 'the call of wait')
}
