import { lookup as lookupName } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { checkHttpUri, classifyAddress, GstdError, type InputPolicy, limits } from '@gstd/sdk'
import { Agent, request } from 'undici'

/** Resolves a host name to all of its addresses. */
export type ResolveName = (hostname: string) => Promise<string[]>

export type FetchHttpOptions = {
  policy?: InputPolicy
  /** A host that the owner of this device chose, with its subdomains: it may be on this machine. */
  trustedHost?: URL
  /** Given up on when this aborts. */
  signal: AbortSignal
  maxBytes?: number
  resolve?: ResolveName
  headers?: Record<string, string>
}

const MAX_REDIRECTS = 3
const CONNECT_MS = 5000
/** Between two pieces of the answer. */
const SILENCE_MS = 10_000
const REDIRECTS = new Set([301, 302, 303, 307, 308])

const resolveBySystem: ResolveName = async (hostname) =>
  (await lookupName(hostname, { all: true })).map(({ address }) => address)

const unavailable = (message: string, cause?: unknown): GstdError =>
  new GstdError('INPUT_UNAVAILABLE', message, cause === undefined ? {} : { cause })

/**
 * Resolves a name once and refuses it if any of its addresses is not allowed. The connection is then made to these very
 * addresses: a name that changes its mind between check and connection (DNS rebinding) gains nothing.
 */
const resolveAllowed = async (hostname: string, policy: InputPolicy, resolve: ResolveName): Promise<string[]> => {
  const literal = hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0) return [literal]
  const addresses = await resolve(hostname).catch((cause: unknown) => {
    throw unavailable(`${hostname} cannot be resolved`, cause)
  })
  if (addresses.length === 0) throw unavailable(`${hostname} has no address`)
  for (const address of addresses) {
    const kind = classifyAddress(address)
    if (kind !== 'public' && !(kind === 'loopback' && policy.allowLoopback === true)) {
      throw new GstdError(
        'INPUT_SOURCE_REFUSED',
        `${hostname} resolves to ${address}, which is not on the public internet`,
        {
          details: { hostname, address },
        },
      )
    }
  }
  return addresses
}

const policyFor = (url: URL, { policy = {}, trustedHost }: FetchHttpOptions): InputPolicy => {
  const isTrusted =
    trustedHost !== undefined &&
    url.port === trustedHost.port &&
    (url.hostname === trustedHost.hostname || url.hostname.endsWith(`.${trustedHost.hostname}`))
  return isTrusted ? { ...policy, allowLoopback: true } : policy
}

const lookupOnly =
  (addresses: readonly string[]): LookupFunction =>
  (_hostname, options, callback) => {
    const found = addresses.map((address) => ({ address, family: isIP(address) }))
    const wanted = found.filter(({ family }) => !options.family || options.family === family)
    const [first] = wanted
    if (first === undefined) callback(new Error('no address of the wanted family'), '', 0)
    else if (options.all === true) callback(null, wanted)
    else callback(null, first.address, first.family)
  }

const readLimited = async (body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw unavailable(`the input has more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

type Step = { bytes: Uint8Array } | { redirect: string }

const fetchOnce = async (url: URL, addresses: string[], options: FetchHttpOptions, maxBytes: number): Promise<Step> => {
  const agent = new Agent({
    connect: { timeout: CONNECT_MS, lookup: lookupOnly(addresses) },
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
    maxHeaderSize: 16 * 1024,
    pipelining: 0,
  })
  try {
    const response = await request(url, {
      dispatcher: agent,
      signal: options.signal,
      headers: { 'user-agent': 'gstd-worker', 'accept-encoding': 'identity', ...options.headers },
    })
    const location = response.headers['location']
    if (REDIRECTS.has(response.statusCode) && typeof location === 'string') return { redirect: location }
    if (response.statusCode !== 200) throw unavailable(`${url.host} answers ${response.statusCode}`)
    if (Number(response.headers['content-length'] ?? 0) > maxBytes) {
      throw unavailable(`the input has more than ${maxBytes} bytes`)
    }
    return { bytes: await readLimited(response.body, maxBytes) }
  } finally {
    await agent.destroy()
  }
}

/**
 * Fetches bytes over HTTPS from the public internet, and nowhere else: every address of every hop is checked after
 * its name was resolved, and connected to as checked.
 *
 * @returns at most `maxBytes` bytes (16 MiB by default)
 * @throws GstdError `INPUT_SOURCE_REFUSED` for an address that is not allowed, `INPUT_UNAVAILABLE` for all that can go
 * wrong on the way
 */
export const fetchHttp = async (uri: string, options: FetchHttpOptions): Promise<Uint8Array> => {
  const { maxBytes = limits.fetchedBytes, resolve = resolveBySystem } = options
  const checkHop = (address: string): URL => {
    const policy = URL.canParse(address) ? policyFor(new URL(address), options) : {}
    return checkHttpUri(address, policy)
  }
  let url = checkHop(uri)
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const addresses = await resolveAllowed(url.hostname, policyFor(url, options), resolve)
    let step: Step
    try {
      step = await fetchOnce(url, addresses, options, maxBytes)
    } catch (cause) {
      if (cause instanceof GstdError) throw cause
      const why = cause instanceof Error ? cause.message || cause.name : String(cause)
      throw unavailable(`${url.host} cannot be read: ${why}`, cause)
    }
    if ('bytes' in step) return step.bytes
    if (!URL.canParse(step.redirect, url)) throw unavailable(`${url.host} redirects to no URL`)
    url = checkHop(new URL(step.redirect, url).href)
  }
  throw unavailable(`more than ${MAX_REDIRECTS} redirects`)
}
