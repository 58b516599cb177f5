import { classifyAddress, GstdError } from '@gstd/sdk'

/** Where a coordinator's endpoints for devices are. */
export type CoordinatorUrls = { parameters: string; device: string }

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || classifyAddress(hostname.replace(/^\[|\]$/g, '')) === 'loopback'

/**
 * Derives the endpoints from the coordinator's base URL. Without TLS anybody on the way could read inputs and keep
 * answers back, so plain `http:` and `ws:` are for this machine only.
 *
 * @throws GstdError `CONFIG_INVALID`
 */
export const coordinatorUrls = (coordinatorUrl: string): CoordinatorUrls => {
  const invalid = (message: string) =>
    new GstdError('CONFIG_INVALID', `the coordinator's address ${coordinatorUrl} ${message}`, {
      details: { coordinator: coordinatorUrl },
      hint: 'use an https:// address; http:// is for 127.0.0.1, [::1] and localhost',
    })
  if (!URL.canParse(coordinatorUrl)) throw invalid('is no URL')
  const base = new URL(coordinatorUrl)
  const schemes: Record<string, [string, string]> = {
    'https:': ['https:', 'wss:'],
    'wss:': ['https:', 'wss:'],
    'http:': ['http:', 'ws:'],
    'ws:': ['http:', 'ws:'],
  }
  const [http, ws] = schemes[base.protocol] ?? []
  if (http === undefined || ws === undefined) throw invalid('is neither https nor http')
  if (base.username !== '' || base.password !== '') throw invalid('carries a user name or password')
  if (http === 'http:' && !isLoopback(base.hostname)) throw invalid('is not encrypted')
  const path = base.pathname.replace(/\/+$/, '')
  return {
    parameters: `${http}//${base.host}${path}/api/v1/parameters`,
    device: `${ws}//${base.host}${path}/api/v1/device`,
  }
}
