import { describe, expect, test } from 'bun:test'
import { readRanges } from '../keys/addresses.ts'
import { clientIp, limitedAddress } from './client-ip.ts'

const NOBODY = readRanges([]).ranges
const PROXIES = readRanges(['10.0.0.0/8', '2001:db8:ffff::/48']).ranges

describe('without trusted proxies the address is the peer’s, whatever the request claims', () => {
  test.each<[string, string | null, string]>([
    ['203.0.113.9', null, '203.0.113.9'],
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['::ffff:203.0.113.9', null, '203.0.113.9'],
    ['2001:DB8:0:0::1', '198.51.100.1', '2001:db8::1'],
    ['', '198.51.100.1', ''],
    ['unix', null, 'unix'],
  ])('%p, %p', (peer, forwardedFor, expected) => {
    expect(clientIp(peer, forwardedFor, NOBODY)).toBe(expected)
  })
})

describe('behind trusted proxies it is the rightmost entry that is none of them', () => {
  test.each<[string, string, string | null, string]>([
    ['a peer that is not trusted', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['no header', '10.0.0.1', null, '10.0.0.1'],
    ['an empty header', '10.0.0.1', '', '10.0.0.1'],
    ['one entry', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['a mapped peer', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['a forged entry on the left', '10.0.0.1', '127.0.0.1, 198.51.100.1', '198.51.100.1'],
    ['a chain of proxies', '10.0.0.1', '192.0.2.1, 198.51.100.1,10.0.0.3 , 10.0.0.2', '198.51.100.1'],
    ['a client that is itself inside', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['an entry that is no address', '10.0.0.1', '198.51.100.1, unknown', '10.0.0.1'],
    ['an entry that is no address further left', '10.0.0.1', '198.51.100.1, unknown, 10.0.0.2', '10.0.0.2'],
    ['an empty entry', '10.0.0.1', '198.51.100.1, ', '10.0.0.1'],
    ['a leading comma', '10.0.0.1', ',10.0.0.2', '10.0.0.2'],
    ['commas alone', '10.0.0.1', ',,,', '10.0.0.1'],
    ['a port', '10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['IPv6', '2001:db8:ffff::1', '2001:DB8::7', '2001:db8::7'],
    ['IPv6 in brackets', '10.0.0.1', '[2001:db8::7]', '2001:db8::7'],
    ['IPv6 with a port', '10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['a mapped entry', '10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['brackets without an address', '10.0.0.1', '[]:80', '10.0.0.1'],
  ])('%s', (_, peer, forwardedFor, expected) => {
    expect(clientIp(peer, forwardedFor, PROXIES)).toBe(expected)
  })

  test('and the search ends, however long the header', () => {
    expect(clientIp('10.0.0.1', `198.51.100.1${', 10.0.0.2'.repeat(10_000)}`, PROXIES)).toBe('10.0.0.2')
  })
})

describe('an address is counted', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::2:3:4:5:6', '2001:db8:0:2::/64'],
    ['2001::1:2:3:4:5', '2001:0:0:1::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
  ])('%s under %s', (address, expected) => {
    expect(limitedAddress(address)).toBe(expected)
  })
})
