import { GstdError } from '../errors/GstdError.ts'

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)

/**
 * Checks a coordinator's address: `https`, or `http` on this machine only, and nothing behind the host, since
 * requests are signed over their path.
 *
 * @returns the origin, such as `https://coordinator.example`
 * @throws GstdError `CONFIG_INVALID`
 */
export const coordinatorUrl = (text: string): string => {
  const url = URL.parse(text)
  const refuse = (message: string, hint: string) =>
    new GstdError('CONFIG_INVALID', `the coordinator’s address ${text} ${message}`, {
      details: { coordinator: text },
      hint,
    })
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw refuse('is no http(s) URL', 'write it like https://coordinator.example')
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refuse('is plain http beyond this machine', 'use https: inputs and results would travel in the clear')
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw refuse('has more than a host', 'leave out everything after the host and port')
  }
  return url.origin
}
