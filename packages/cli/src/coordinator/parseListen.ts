import { GstdError } from '@gstd/sdk'

export type ListenAddress = { host: string; port: number }

const wrong = (text: string): GstdError =>
  new GstdError('USAGE_INVALID', `"${text}" is not of the form HOST:PORT, such as 127.0.0.1:7411`)

/** Parses `HOST:PORT`; port 0 takes a free one, IPv6 hosts stand in brackets. @throws GstdError `USAGE_INVALID` */
export const parseListen = (text: string): ListenAddress => {
  const match = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/.exec(text)
  const [, host, digits] = match ?? []
  const port = Number(digits)
  if (host === undefined || port > 65_535) throw wrong(text)
  return { host: host.replace(/^\[|\]$/g, ''), port }
}

/** @returns where the network's own file says that the coordinator is, when that is this machine. */
export const listenOf = (coordinatorUrl: string): ListenAddress | undefined => {
  const url = new URL(coordinatorUrl)
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  return url.protocol === 'http:' && local
    ? { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80) }
    : undefined
}
