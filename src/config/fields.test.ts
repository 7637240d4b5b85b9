import { describe, expect, test } from 'bun:test'
import { readRanges } from '../keys/addresses.ts'
import { defaulted, listOf, network, required, sectionOr, vendorKey, whole } from './fields.ts'

describe('a network of trusted proxies', () => {
  const right = ['127.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '192.0.2.7/32', '::1', '2001:db8::/32', 'FD00::/128', '::/0']
  test.each(right)('%s is one, and is read by whoever compares addresses with it', (written) => {
    expect(network.schema.safeParse(written).success).toBe(true)
    expect(readRanges([written]).unreadable).toEqual([])
  })

  const wrong = [
    ...['', 'localhost', '10.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '2001:db8::/129', '2001:db8::/-1'],
    ...['[::1]', '127.0.0.1:80', 'fe80::1%eth0', ' 10.0.0.1', '010.0.0.1', '::ffff:10.0.0.0/104', '::ffff:a00:1'],
  ]
  test.each(wrong)('%p is none', (written) => {
    expect(network.schema.safeParse(written).success).toBe(false)
  })
})

describe('a section that a text may stand for', () => {
  const keys = listOf(
    sectionOr('key', { key: required(vendorKey, 'The key.'), weight: defaulted(whole(1), '1', 'A share.') }, 'A key.'),
    [],
    'Keys.',
  )
  const rows: readonly [string, unknown, unknown][] = [
    ['a text is its field', ['k1'], [{ key: 'k1', weight: 1 }]],
    ['a section is itself', [{ key: 'k1', weight: 3 }], [{ key: 'k1', weight: 3 }]],
    [
      'both in one list',
      ['k1', { key: 'k2' }],
      [
        { key: 'k1', weight: 1 },
        { key: 'k2', weight: 1 },
      ],
    ],
    ['what is empty is dropped, as of an unset variable', ['', { key: '' }, 'k3'], [{ key: 'k3', weight: 1 }]],
  ]
  test.each(rows)('%s', (_, written, read) => {
    expect(keys.parse(written)).toEqual(read as never)
  })
})
