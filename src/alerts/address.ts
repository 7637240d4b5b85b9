import { BlockList, isIP } from 'node:net'

/** How far an address of a webhook reaches. `machine` is never told anything; `private` only where that is configured. */
export type Reach = 'public' | 'private' | 'machine'

const URL_CHARACTERS_MAX = 2_000

/**
 * What is wrong with the address of a webhook, to continue "`webhook_url` …"; `undefined`: nothing. A name is looked up
 * when something is posted to it.
 */
export const webhookMistake = (text: string): string | undefined => {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || text.length > URL_CHARACTERS_MAX)
    return 'must be an address such as https://hooks.example.com/services/1'
  // As for providers: what is in an address ends up in other people's logs.
  if (url.username !== '' || url.password !== '') return 'must hold no user or password'
  if (text.includes('#')) return 'must have no fragment'
  if (text.includes('…')) return 'is shortened: leave it out to keep what there is'
  return reachOf(hostOf(url)) === 'machine' ? 'must not be an address that only this machine reaches' : undefined
}

/** Whether an address says itself that it is of a private network, or of this very machine. */
export const isPrivateWebhook = (text: string): boolean => {
  const host = hostOf(new URL(text))
  return /(?:^|\.)localhost\.?$/i.test(host) || reachOf(host) === 'private'
}

/** The host as it is looked up: without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

/** How far an IP address reaches, also one that another is written into. A name is `public`: what it leads to is asked. */
export const reachOf = (address: string): Reach => {
  const family = isIP(address)
  if (family === 0) return 'public'
  if (family === 4) return listed(address, 'ipv4')
  const inside = ipv4Within(wordsOf(address))
  const own = listed(address, 'ipv6')
  return inside === undefined || own === 'machine' ? own : listed(inside, 'ipv4')
}

/** An address as it is shown: its path is often a secret. */
export const shownWebhook = (text: string): string => {
  const { origin, pathname, search } = new URL(text)
  return pathname === '/' && search === '' ? origin : `${origin}/…`
}

type Network = readonly [network: string, bits: number, family: 'ipv4' | 'ipv6']

const listOf = (networks: readonly Network[]): BlockList => {
  const list = new BlockList()
  for (const network of networks) list.addSubnet(...network)
  return list
}

/** Networks that nothing but a machine itself reaches, such as that of a cloud's metadata, and those that are no one's. */
const MACHINE = listOf([
  ['0.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  // Metadata of clouds that is not link-local.
  ['100.100.100.200', 32, 'ipv4'],
  ['168.63.129.16', 32, 'ipv4'],
  ['fd00:ec2::254', 128, 'ipv6'],
  ['fd20:ce::254', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  // Teredo and NAT64 of one's own: which address of IPv4 is within cannot be told.
  ['2001::', 32, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
])

/** This very machine, and networks that are not of the internet. */
const PRIVATE = listOf([
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
])

const listed = (address: string, family: 'ipv4' | 'ipv6'): Reach => {
  if (MACHINE.check(address, family)) return 'machine'
  return PRIVATE.check(address, family) ? 'private' : 'public'
}

/** The eight words of an IPv6 address. `URL` writes it in its shortest form, with its last two words as they are. */
const wordsOf = (address: string): readonly number[] => {
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]/`)
  const [before = '', after] = hostname.slice(1, -1).split('::')
  const read = (text: string): readonly number[] =>
    (text === '' ? [] : text.split(':')).map((word) => Number.parseInt(word, 16))
  const [first, last] = [read(before), read(after ?? '')]
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last]
}

/** What an address of IPv6 leads to in IPv4: mapped, compatible, translated (RFC 6052, RFC 2765), and 6to4 (RFC 3056). */
const ipv4Within = (words: readonly number[]): string | undefined => {
  const [first = 0, second = 0, third = 0, , , , high = 0, low = 0] = words
  if (first === 0x2002) return dotted(second, third)
  const start = words
    .slice(0, 6)
    .map((word) => word.toString(16))
    .join(':')
  if (start === '0:0:0:0:0:0' && high === 0 && low === 1) return '127.0.0.1'
  return TRANSLATED.has(start) ? dotted(high, low) : undefined
}

const TRANSLATED: ReadonlySet<string> = new Set(['0:0:0:0:0:0', '0:0:0:0:0:ffff', '0:0:0:0:ffff:0', '64:ff9b:0:0:0:0'])

const dotted = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.')
