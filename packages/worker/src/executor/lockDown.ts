import { GstdError } from '@gstd/sdk'

/** What Node's permission model must deny when models and inputs of strangers come in. */
const DENIED = ['fs.read', 'fs.write', 'net', 'child', 'worker', 'addon', 'wasi'] as const

/**
 * Gives up what the process needed to start, and makes sure that nothing else is allowed: a Node that does not know
 * one of these permissions must not run strangers' models.
 *
 * @throws GstdError `RUNTIME_CRASHED` naming what is still allowed
 */
export const lockDown = (): void => {
  const { permission } = process
  permission?.drop('fs.read')
  const allowed = DENIED.filter((scope) => permission?.has(scope) !== false)
  if (allowed.length > 0) throw new GstdError('RUNTIME_CRASHED', `the sandbox does not deny ${allowed.join(', ')}`)
}
