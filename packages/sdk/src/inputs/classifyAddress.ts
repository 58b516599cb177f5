import ipaddr from 'ipaddr.js'

/** What an input may be fetched from: `public` always, `loopback` where the network allows it, the rest never. */
export type AddressClass = 'public' | 'loopback' | 'refused'

const NAT64_PREFIX_BYTES = 12
/** All global unicast that was ever assigned, RFC 4291 §2.4; without it `::127.0.0.1` would pass. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3]

/**
 * Says whether an IP address belongs to the public internet.
 *
 * Only global unicast counts as public: private, link-local, carrier-grade NAT, multicast, documentation and
 * tunnelling ranges are refused. An IPv4-mapped address is what it maps to, and so is a NAT64 one (RFC 6052), which is
 * how networks without IPv4 reach public hosts.
 *
 * @param address - IPv4 in four decimal parts, or IPv6 without brackets; one with a zone index is refused
 */
export const classifyAddress = (address: string): AddressClass => {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return classify(ipaddr.IPv4.parse(address))
  if (address.includes('%') || !ipaddr.IPv6.isValid(address)) return 'refused'
  const parsed = ipaddr.IPv6.parse(address)
  if (parsed.isIPv4MappedAddress()) return classify(parsed.toIPv4Address())
  if (parsed.range() === 'rfc6052') {
    return classify(new ipaddr.IPv4(parsed.toByteArray().slice(NAT64_PREFIX_BYTES))) === 'public' ? 'public' : 'refused'
  }
  const range = classify(parsed)
  return range === 'public' && !parsed.match(GLOBAL_UNICAST) ? 'refused' : range
}

const classify = (address: ipaddr.IPv4 | ipaddr.IPv6): AddressClass => {
  const range = address.range()
  return range === 'unicast' ? 'public' : range === 'loopback' ? 'loopback' : 'refused'
}
