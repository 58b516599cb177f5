import { GstdError } from '@gstd/sdk'
import pg from 'pg'

/** Connection, resources, shutdown, time-outs: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const UNAVAILABLE = /^(?:08...|53...|57P0[1-5]|57014|58030|25P0[34])$/
/** Who one is, or which database; asked for at the start only. */
const REFUSED = /^(?:28...|3D000|42501)$/

const reasonOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return String(thrown)
  // Node gives no message where it has tried several addresses.
  if (thrown instanceof AggregateError) return thrown.errors.map(reasonOf).join('; ')
  return thrown.message
}

/** Anything but a server's word about a statement leaves a connection behind whose state is unknown. */
const isAboutConnection = (thrown: unknown): boolean => {
  if (thrown instanceof pg.DatabaseError) return UNAVAILABLE.test(thrown.code ?? '')
  return !(thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof GstdError)
}

/**
 * Gives what is wrong with the connection one of the project's codes: `STORAGE_UNAVAILABLE`, or `CONFIG_INVALID` where
 * the server refuses. What is wrong with a statement stays as it is.
 *
 * @param where - the server, without secrets
 */
export const toStorageError = (thrown: unknown, where: string): unknown => {
  if (thrown instanceof pg.DatabaseError && REFUSED.test(thrown.code ?? '')) {
    return new GstdError('CONFIG_INVALID', `${where} refuses: ${thrown.message}`, {
      details: { sqlstate: thrown.code },
      hint: 'check user, password and database; the user must be allowed to make tables',
      cause: thrown,
    })
  }
  if (!isAboutConnection(thrown)) return thrown
  return new GstdError('STORAGE_UNAVAILABLE', `${where} cannot be used now: ${reasonOf(thrown)}`, {
    hint: 'start the database server, or wait until it is back: nothing that was acknowledged is lost',
    cause: thrown,
  })
}
