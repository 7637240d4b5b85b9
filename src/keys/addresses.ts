import { BlockList, isIP } from 'node:net'

/** Addresses and CIDR ranges, compiled once; asked on every request. */
export interface AddressRanges {
  /** Takes an address as `normaliseAddress` writes it; anything else is in no range. */
  includes(address: string): boolean
}

export interface ReadRanges {
  readonly ranges: AddressRanges
  /** The entries that are neither an address nor a CIDR range. They match nobody. */
  readonly unreadable: readonly string[]
}

/**
 * One spelling for each address: IPv4 as it is, IPv6 in RFC 5952 form, an IPv4-mapped IPv6 address as the IPv4 address
 * it stands for, a zone index dropped. `undefined` when the text is no address.
 */
export const normaliseAddress = (text: string): string | undefined => {
  const version = isIP(text)
  if (version === 4) return text
  if (version === 0) return undefined
  const zone = text.indexOf('%')
  // The URL standard prescribes RFC 5952 for hosts, so the platform already has the writer.
  const canonical = new URL(`http://[${zone < 0 ? text : text.slice(0, zone)}]/`).hostname.slice(1, -1)
  const mapped = MAPPED.exec(canonical)
  if (mapped === null) return canonical
  const high = Number.parseInt(mapped[1] ?? '', 16)
  const low = Number.parseInt(mapped[2] ?? '', 16)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/
const RANGE = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/
const MAPPED_BITS = 96

/** Compiles a list such as `["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"]`. */
export const readRanges = (texts: readonly string[]): ReadRanges => {
  const list = new BlockList()
  const unreadable = texts.filter((text) => !add(list, text.trim()))
  const includes = (address: string): boolean => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
  return { ranges: { includes }, unreadable }
}

const add = (list: BlockList, text: string): boolean => {
  const match = RANGE.exec(text)
  const given = match?.[1] ?? ''
  const address = normaliseAddress(given)
  if (address === undefined) return false
  const writtenBits = isIP(given) === 4 ? 32 : 128
  const bits = match?.[2] === undefined ? writtenBits : Number(match[2])
  if (bits > writtenBits) return false
  if (isIP(address) === 6) list.addSubnet(address, bits, 'ipv6')
  else if (writtenBits === 32) list.addSubnet(address, bits, 'ipv4')
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8; a shorter prefix would reach beyond the mapped addresses.
  else if (bits >= MAPPED_BITS) list.addSubnet(address, bits - MAPPED_BITS, 'ipv4')
  else return false
  return true
}
