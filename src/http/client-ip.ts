import { type AddressRanges, normaliseAddress } from '../keys/addresses.ts'

/** A chain of proxies longer than this is no chain of proxies; the address reached by then is the answer. */
const HOPS_MAX = 16

/**
 * The address a request comes from, in the one spelling of `normaliseAddress`. It is the peer's, unless the peer is a
 * proxy we trust: then the rightmost entry of `X-Forwarded-For` that is not such a proxy. What stands left of that was
 * written by somebody we do not trust. An entry that is no address ends the search at the proxy that reported it.
 */
export const clientIp = (peer: string, forwardedFor: string | null, trusted: AddressRanges): string => {
  let address = normaliseAddress(peer)
  if (address === undefined) return peer
  if (forwardedFor === null) return address
  let end = forwardedFor.length
  for (let hop = 0; hop < HOPS_MAX && end >= 0 && trusted.includes(address); hop++) {
    // -1 when this is the leftmost entry, which also ends the loop.
    const comma = end === 0 ? -1 : forwardedFor.lastIndexOf(',', end - 1)
    const next = readEntry(forwardedFor.slice(comma + 1, end).trim())
    if (next === undefined) return address
    address = next
    end = comma
  }
  return address
}

/**
 * What an address is counted under where addresses have limits. IPv6 gives every customer at least 2^64 addresses, so
 * there it is their network, `2001:db8:0:1::/64`; an IPv4 address is counted as it is. Takes a normalised address.
 */
export const limitedAddress = (address: string): string => {
  if (!address.includes(':')) return address
  const [left = '', right] = address.split('::')
  const leading = left === '' ? [] : left.split(':')
  const trailing = right ? right.split(':').length : 0
  // RFC 5952 leaves out one run of zeros; only those among the first four groups matter here.
  const zeros = right === undefined ? 0 : 8 - leading.length - trailing
  const groups = [...leading, ...Array.from({ length: zeros }, () => '0'), ...(right ? right.split(':') : [])]
  return `${groups.slice(0, 4).join(':')}::/64`
}

const WITH_PORT = /^(?:\[([^\]]*)\](?::\d{1,5})?|(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5})$/

/** Proxies write `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`. */
const readEntry = (entry: string): string | undefined => {
  const match = WITH_PORT.exec(entry)
  return normaliseAddress(match ? (match[1] ?? match[2] ?? '') : entry)
}
