import { describe, expect, test } from 'bun:test'
import { isPrivateWebhook, reachOf, shownWebhook, webhookMistake } from './address.ts'

describe('the address of a webhook', () => {
  test.each([
    'https://hooks.example.com/services/T0/B0/secret',
    'https://example.com/?sig=abc&sv=1',
    'http://10.1.2.3:8080/alerts',
    'http://127.0.0.1:1/',
    'http://[fd12::1]/',
  ])('may be %s', (address) => {
    expect(webhookMistake(address)).toBeUndefined()
  })

  test.each([
    ['nothing at all', ''],
    ['no scheme', 'hooks.example.com'],
    ['another scheme', 'ftp://hooks.example.com/'],
    ['a script', 'javascript:alert(1)'],
    ['a password', 'https://user:secret@hooks.example.com/'],
    ['a user', 'https://user@hooks.example.com/'],
    ['a fragment', 'https://hooks.example.com/#here'],
    ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data'],
    ['the same in octal', 'http://0251.0376.0251.0376/'],
    ['the same as one number', 'http://2852039166/'],
    ['the same within IPv6', 'http://[::ffff:169.254.169.254]/'],
    ['the same, compatible', 'http://[::a9fe:a9fe]/'],
    ['the same, translated', 'http://[64:ff9b::a9fe:a9fe]/'],
    ['the same, translated without state', 'http://[::ffff:0:a9fe:a9fe]/'],
    ['the same by 6to4', 'http://[2002:a9fe:a9fe::]/'],
    ['the same by Teredo', 'http://[2001:0:a9fe:a9fe::1]/'],
    ['the metadata of another cloud', 'http://[fd00:ec2::254]/'],
    ['of a third', 'http://168.63.129.16/metadata'],
    ['of a fourth', 'http://[fd20:ce::254]/'],
    ['of a fifth', 'http://100.100.100.200/'],
    ['a link-local address', 'http://[fe80::1]/'],
    ['everything', 'http://0.0.0.0/'],
    ['the unspecified address', 'http://[::]/'],
    ['many at once', 'http://224.0.0.1/'],
    ['what was shown of one', 'https://hooks.example.com/…'],
    ['more than fits', `https://hooks.example.com/${'a'.repeat(2_000)}`],
  ])('may not be %s', (_, address) => {
    expect(webhookMistake(address)).toEqual(expect.any(String))
  })

  test('is shown without its path and query', () => {
    expect(shownWebhook('https://hooks.example.com:8443/services/secret?token=1')).toBe(
      'https://hooks.example.com:8443/…',
    )
    expect(shownWebhook('https://hooks.example.com')).toBe('https://hooks.example.com')
  })

  test.each([
    ['http://127.0.0.1:1/', true],
    ['http://0x7f.1/', true],
    ['http://localhost/', true],
    ['http://LOCALHOST./', true],
    ['http://hooks.localhost/', true],
    ['http://[::1]/', true],
    ['http://[::ffff:127.0.0.1]/', true],
    ['http://[64:ff9b::7f00:1]/', true],
    ['http://10.1.2.3/', true],
    ['http://172.31.0.1/', true],
    ['http://192.168.1.1/', true],
    ['http://[fd12::1]/', true],
    ['http://172.32.0.1/', false],
    ['http://[2606:4700::1]/', false],
    ['https://hooks.example.com/', false],
    ['https://localhost.example.com/', false],
  ])('%s is private: %p', (address, isPrivate) => {
    expect(isPrivateWebhook(address)).toBe(isPrivate)
  })

  test.each([
    ['fe80::1%eth0', 'machine'],
    ['::ffff:8.8.8.8', 'public'],
    ['2002:808:808::1', 'public'],
    ['64:ff9b::8.8.8.8', 'public'],
    ['::1', 'private'],
  ] as const)('an address as a look-up gives it, %s, is of reach %s', (address, reach) => {
    expect(reachOf(address)).toBe(reach)
  })
})
