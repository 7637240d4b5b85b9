import { describe, expect, test } from 'bun:test'
import { readRanges } from '../keys/addresses.ts'
import { network } from './fields.ts'

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
