import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { sha256, sha512 } from 'multiformats/hashes/sha2'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { describe, expect, it } from 'vitest'
import { toHex } from '../canonical/hex.ts'
import { checkInputUri } from './checkInputUri.ts'

const http = (uri: string, allowLoopback = false) => checkInputUri({ source: 'http', uri }, { allowLoopback })

describe('checkInputUri over http', () => {
  it.each([
    'https://example.org/cat.jpg?size=1#top',
    'https://example.org:8443/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://[::ffff:8.8.8.8]/',
    'https://[64:ff9b::808:808]/',
    'https://пример.испытание/',
  ])('takes %s', (uri) => {
    expect(http(uri)).toMatchObject({ kind: 'http' })
  })

  it.each([
    ['plain http', 'http://example.org/'],
    ['another scheme', 'ftp://example.org/'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:text/plain,x'],
    ['no URL', 'not a url'],
    ['nothing', ''],
    ['credentials', 'https://user:secret@example.org/'],
    ['localhost', 'https://localhost/'],
    ['localhost with a dot', 'https://LOCALHOST./'],
    ['a subdomain of localhost', 'https://a.localhost/'],
    ['a name without a domain', 'https://router/'],
    ['a multicast DNS name', 'https://printer.local/'],
    ['an internal name', 'https://metadata.google.internal/'],
    ['loopback', 'https://127.0.0.1/'],
    ['another loopback', 'https://127.8.9.1/'],
    ['decimal loopback', 'https://2130706433/'],
    ['hexadecimal loopback', 'https://0x7f000001/'],
    ['octal loopback', 'https://0177.0.0.1/'],
    ['short loopback', 'https://127.1/'],
    ['full-width digits', 'https://①②⑦.0.0.1/'],
    ['zero', 'https://0/'],
    ['private /8', 'https://10.0.0.1/'],
    ['private /12', 'https://172.31.255.255/'],
    ['private /16', 'https://192.168.1.1/'],
    ['link-local and cloud metadata', 'https://169.254.169.254/latest/meta-data/'],
    ['carrier-grade NAT', 'https://100.64.0.1/'],
    ['multicast', 'https://224.0.0.1/'],
    ['broadcast', 'https://255.255.255.255/'],
    ['IPv6 loopback', 'https://[::1]/'],
    ['IPv6 loopback in full', 'https://[0:0:0:0:0:0:0:1]/'],
    ['IPv6 unspecified', 'https://[::]/'],
    ['IPv4-mapped loopback', 'https://[::ffff:127.0.0.1]/'],
    ['IPv4-mapped private in hex', 'https://[::ffff:a00:1]/'],
    ['IPv4-compatible loopback', 'https://[::127.0.0.1]/'],
    ['NAT64 of loopback', 'https://[64:ff9b::7f00:1]/'],
    ['NAT64 of private', 'https://[64:ff9b::a00:1]/'],
    ['6to4 of loopback', 'https://[2002:7f00:1::]/'],
    ['Teredo', 'https://[2001:0:1::1]/'],
    ['unique local', 'https://[fd00::1]/'],
    ['IPv6 link-local', 'https://[fe80::1]/'],
    ['IPv6 multicast', 'https://[ff02::1]/'],
    ['unassigned IPv6', 'https://[5f00::1]/'],
    ['too long', `https://example.org/${'a'.repeat(2048)}`],
  ])('refuses %s', (_, uri) => {
    expect(() => http(uri)).toThrow(expect.objectContaining({ code: 'INPUT_SOURCE_REFUSED' }))
  })

  it.each([
    'http://127.0.0.1:7411/api/v1/blobs/aa',
    'http://localhost:1/',
    'https://[::1]:9/',
    'http://[::ffff:127.0.0.1]/',
  ])('takes %s where loopback is allowed', (uri) => {
    expect(http(uri, true)).toMatchObject({ kind: 'http' })
  })

  it.each([
    'http://10.0.0.1/',
    'https://169.254.1.1/',
    'http://example.org/',
    'https://0.0.0.0/',
    'http://printer.local/',
  ])('refuses %s even where loopback is allowed', (uri) => {
    expect(() => http(uri, true)).toThrow(expect.objectContaining({ code: 'INPUT_SOURCE_REFUSED' }))
  })
})

const bytes = new TextEncoder().encode('a single raw block')
const digest = await sha256.digest(bytes)
const raw = CID.createV1(0x55, digest)
const rawSha512 = CID.createV1(0x55, await sha512.digest(bytes))
const ipfs = (uri: string, hash?: string) => checkInputUri({ source: 'ipfs', uri, ...(hash !== undefined && { hash }) })

describe('checkInputUri over ipfs', () => {
  it.each([
    ['base32', raw.toString()],
    ['base58', raw.toString(base58btc)],
    ['base36', raw.toString(base36)],
  ])('takes a raw CIDv1 in %s', (_, text) => {
    expect(ipfs(`ipfs://${text}`, `sha256:${toHex(digest.digest)}`)).toEqual({
      kind: 'ipfs',
      cid: raw.toString(),
      sha256: toHex(digest.digest),
    })
  })

  it.each([
    ['version 0', CID.createV0(digest).toString(), /version 0/],
    ['dag-pb', CID.createV1(0x70, digest).toString(), /dag-pb/],
    ['dag-cbor', CID.createV1(0x71, digest).toString(), /dag-cbor/],
    ['another codec', CID.createV1(0x0200, digest).toString(), /0x200/],
    ['sha2-512', rawSha512.toString(), /0x13/],
    ['the identity hash', CID.createV1(0x55, identity.digest(bytes)).toString(), /0x0/],
    ['no CID', 'bafkqqqqq', /no CID/],
    ['a path', `${raw.toString()}/cat.jpg`, /without a path/],
    ['a query', `${raw.toString()}?format=raw`, /without a path/],
  ])('refuses %s by name', (_, text, message) => {
    expect(() => ipfs(`ipfs://${text}`)).toThrow(
      expect.objectContaining({ code: 'INPUT_SOURCE_REFUSED', message: expect.stringMatching(message) }),
    )
  })

  it('refuses another scheme', () => {
    expect(() => ipfs(`https://${raw.toString()}`)).toThrow(expect.objectContaining({ code: 'INPUT_SOURCE_REFUSED' }))
  })

  it('refuses a CID of other bytes than the hash', () => {
    expect(() => ipfs(`ipfs://${raw.toString()}`, `sha256:${'0'.repeat(64)}`)).toThrow(
      expect.objectContaining({ code: 'INPUT_HASH_MISMATCH' }),
    )
  })
})
