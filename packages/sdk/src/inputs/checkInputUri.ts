import { CID } from 'multiformats/cid'
import { toHex } from '../canonical/hex.ts'
import { GstdError } from '../errors/GstdError.ts'
import { classifyAddress } from './classifyAddress.ts'

/** An input's address as a descriptor or work order spells it. */
export type InputLocation = {
  source: 'http' | 'ipfs'
  uri: string
  /** `sha256:<hex>`; a CID must commit to the same bytes. */
  hash?: string
}

export type InputPolicy = {
  /** Devnets only: `http:` and `https:` to this machine itself. */
  allowLoopback?: boolean
}

/** An address that passed the check, in the spelling to fetch. */
export type CheckedInputUri =
  | { kind: 'http'; url: string }
  /** A single raw block: its SHA-256 is the one that the CID names. */
  | { kind: 'ipfs'; cid: string; sha256: string }

const MAX_URI_LENGTH = 2048
const IPFS_URI = /^ipfs:\/\/([A-Za-z0-9]+)$/
/** Multicodec and multihash tables, https://github.com/multiformats/multicodec/blob/master/table.csv */
const RAW_CODEC = 0x55
const SHA2_256 = 0x12
const codecNames: Record<number, string> = { 0x70: 'dag-pb', 0x71: 'dag-cbor', 0x72: 'libp2p-key', 0x0129: 'dag-json' }
/** Names that resolvers answer from the local machine or network (RFC 6761, RFC 6762, RFC 8375, RFC 9476). */
const LOCAL_NAME = /(?:^|\.)(?:localhost|localdomain|local|internal|lan|home\.arpa|alt)$/

const refuse = (message: string, uri: string): GstdError =>
  new GstdError('INPUT_SOURCE_REFUSED', message, {
    details: { uri: uri.slice(0, 200) },
    hint: 'use https:// to a public host, ipfs://<CIDv1 of a single raw block>, or put the bytes into the spool',
  })

const parseUrl = (uri: string): URL => {
  try {
    return new URL(uri)
  } catch {
    throw refuse('the address of the input is no URL', uri)
  }
}

const classifyHost = (hostname: string): 'public' | 'loopback' | 'refused' => {
  const host = hostname.replace(/\.$/, '')
  if (host.startsWith('[')) return classifyAddress(host.slice(1, -1))
  if (/^[\d.]+$/.test(host)) return classifyAddress(host)
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback'
  return host === '' || !host.includes('.') || LOCAL_NAME.test(host) ? 'refused' : 'public'
}

/**
 * Checks an HTTP address by its spelling alone; what its name resolves to is for whoever fetches it.
 * WHATWG's parser turns decimal, octal, hexadecimal and short IPv4 into four parts before they are judged.
 *
 * @throws GstdError `INPUT_SOURCE_REFUSED`
 */
export const checkHttpUri = (uri: string, { allowLoopback = false }: InputPolicy = {}): URL => {
  if (uri.length > MAX_URI_LENGTH) throw refuse(`the address has more than ${MAX_URI_LENGTH} characters`, uri)
  const url = parseUrl(uri)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refuse(`inputs are not fetched over "${url.protocol}"`, uri)
  }
  if (url.username !== '' || url.password !== '') throw refuse('the address carries a user name or password', uri)
  const host = classifyHost(url.hostname)
  if (host === 'loopback' && allowLoopback) return url
  if (host !== 'public') throw refuse(`the host ${url.hostname} is not on the public internet`, uri)
  if (url.protocol !== 'https:') throw refuse('inputs are fetched over HTTPS only', uri)
  return url
}

const checkIpfsUri = (uri: string, hash: string | undefined): { kind: 'ipfs'; cid: string; sha256: string } => {
  const text = IPFS_URI.exec(uri)?.[1]
  if (text === undefined) throw refuse('expected ipfs://<CID>, without a path or query', uri)
  let cid: CID
  try {
    cid = CID.parse(text)
  } catch {
    throw refuse(`"${text.slice(0, 80)}" is no CID`, uri)
  }
  if (cid.version !== 1)
    throw refuse('the CID is version 0 (dag-pb): only raw single blocks of version 1 are taken', uri)
  if (cid.code !== RAW_CODEC) {
    const name = codecNames[cid.code] ?? `0x${cid.code.toString(16)}`
    throw refuse(`the CID is ${name}: only raw single blocks are taken, add the file with --raw-leaves`, uri)
  }
  if (cid.multihash.code !== SHA2_256 || cid.multihash.digest.length !== 32) {
    throw refuse(`the CID uses hash function 0x${cid.multihash.code.toString(16)}: only sha2-256 is taken`, uri)
  }
  const sha256 = toHex(cid.multihash.digest)
  if (hash !== undefined && hash !== `sha256:${sha256}`) {
    throw new GstdError('INPUT_HASH_MISMATCH', 'the CID and the hash of the input name different bytes', {
      details: { cid: text, cid_sha256: sha256, hash },
    })
  }
  return { kind: 'ipfs', cid: cid.toString(), sha256 }
}

/**
 * Checks an input's address without touching the network: the same rule at intake and on the device.
 *
 * @returns the address in its normal form
 * @throws GstdError `INPUT_SOURCE_REFUSED` naming what is not allowed, `INPUT_HASH_MISMATCH` when the CID of an
 * `ipfs` input does not name the bytes of its `hash`
 * @example checkInputUri({ source: 'http', uri: 'https://example.org/cat.jpg' })
 */
export const checkInputUri = (location: InputLocation, policy: InputPolicy = {}): CheckedInputUri =>
  location.source === 'http'
    ? { kind: 'http', url: checkHttpUri(location.uri, policy).href }
    : checkIpfsUri(location.uri, location.hash)
