import { isIPv6 } from 'node:net'

const expandIpv6 = (address: string): string[] => {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...right]
}

/**
 * The range that counts as one place: /24 for IPv4, /48 for IPv6 (protocol §4).
 *
 * @example addressRangeOf('203.0.113.7') // '203.0.113.0/24'
 */
export const addressRangeOf = (address: string): string => {
  const ipv4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address)
  if (ipv4 !== null) return `${ipv4[1]}.0/24`
  if (!isIPv6(address)) return address
  const groups = expandIpv6(address).slice(0, 3)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/48`
}
