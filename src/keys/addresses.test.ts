import { describe, expect, test } from 'bun:test'
import { normaliseAddress, readRanges } from './addresses.ts'

describe('an address has one spelling', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::FFFF:0a01:0203', '10.1.2.3'],
    ['0:0:0:0:0:ffff:c0a8:1', '192.168.0.1'],
    ['::ffff:0.0.0.0', '0.0.0.0'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::', '::'],
    ['', undefined],
    ['localhost', undefined],
    ['10.1.2', undefined],
    ['010.1.2.3', undefined],
    ['10.1.2.3:80', undefined],
    ['[::1]', undefined],
    ['1:2:3', undefined],
  ])('%s', (text, expected) => {
    expect(normaliseAddress(text)).toBe(expected)
  })
})

describe('ranges include what they cover and nothing beside it', () => {
  const LISTED = [
    '10.0.0.0/8',
    '192.0.2.7',
    '2001:db8::/32',
    '2001:db9::5',
    '::ffff:172.16.0.0/108',
    ' 198.51.100.0/31 ',
  ]
  const { ranges, unreadable } = readRanges(LISTED)

  test.each([
    ['10.0.0.0', true],
    ['10.255.255.255', true],
    ['11.0.0.0', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['2001:db8:ffff::1', true],
    ['2001:db9::5', true],
    ['2001:db9::6', false],
    ['172.31.255.255', true],
    ['172.32.0.0', false],
    ['198.51.100.1', true],
    ['198.51.100.2', false],
    ['', false],
    ['not an address', false],
  ])('%s', (address, included) => {
    expect(ranges.includes(address)).toBe(included)
  })

  test('and every entry was readable', () => expect(unreadable).toEqual([]))

  test('an empty list includes nobody, and /0 everybody of its family', () => {
    expect(readRanges([]).ranges.includes('10.0.0.1')).toBe(false)
    expect(readRanges(['0.0.0.0/0']).ranges.includes('203.0.113.9')).toBe(true)
    expect(readRanges(['0.0.0.0/0']).ranges.includes('2001:db8::1')).toBe(false)
    expect(readRanges(['::/0']).ranges.includes('2001:db8::1')).toBe(true)
  })

  test('entries that cannot be read are named, and match nobody', () => {
    const wrong = [
      '',
      '10.0.0.0/33',
      '::1/129',
      '10.0.0.0/-1',
      '10.0.0.0/',
      'example.com',
      '10.0.0.1-10.0.0.9',
      '::ffff:10.0.0.0/80',
    ]
    const read = readRanges([...wrong, '10.0.0.1'])
    expect(read.unreadable).toEqual(wrong)
    expect(read.ranges.includes('10.0.0.1')).toBe(true)
    expect(read.ranges.includes('10.0.0.2')).toBe(false)
  })
})
