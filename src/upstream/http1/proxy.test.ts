import { describe, expect, test } from 'bun:test'
import { environmentProxy, parseProxy } from './proxy.ts'

const cases: readonly (readonly [string, Record<string, string>, boolean])[] = [
  ['https://a.example/', {}, false],
  ['https://a.example/', { HTTPS_PROXY: 'http://p:1' }, true],
  ['https://a.example/', { https_proxy: 'http://p:1' }, true],
  ['https://a.example/', { HTTPS_PROXY: '' }, false],
  ['https://a.example/', { HTTP_PROXY: 'http://p:1' }, false],
  ['http://a.example/', { HTTP_PROXY: 'http://p:1' }, true],
  ['http://a.example/', { HTTPS_PROXY: 'http://p:1' }, false],
  ['http://a.example/', { ALL_PROXY: 'http://p:1' }, true],
  ['https://a.example/', { ALL_PROXY: 'p:1', NO_PROXY: '*' }, false],
  ['https://a.example/', { ALL_PROXY: 'p:1', NO_PROXY: 'b.example, a.example' }, false],
  ['https://x.a.example/', { ALL_PROXY: 'p:1', NO_PROXY: 'a.example' }, false],
  ['https://x.a.example/', { ALL_PROXY: 'p:1', no_proxy: '.A.example' }, false],
  ['https://x.a.example/', { ALL_PROXY: 'p:1', NO_PROXY: '*.a.example' }, false],
  ['https://xa.example/', { ALL_PROXY: 'p:1', NO_PROXY: 'a.example' }, true],
  ['https://a.example/', { ALL_PROXY: 'p:1', NO_PROXY: 'a.example:8443' }, true],
  ['https://a.example:8443/', { ALL_PROXY: 'p:1', NO_PROXY: 'a.example:8443' }, false],
  ['https://a.example/', { ALL_PROXY: 'p:1', NO_PROXY: 'a.example:443' }, false],
  ['http://127.0.0.1:11434/', { HTTP_PROXY: 'p:1', NO_PROXY: 'localhost,127.0.0.1' }, false],
  ['http://[::1]:11434/', { HTTP_PROXY: 'p:1', NO_PROXY: '[::1]:11434' }, false],
  ['http://[::1]/', { HTTP_PROXY: 'p:1', NO_PROXY: '::1' }, false],
]

const proxyOf = (url: string, environment: Record<string, string>) => {
  const proxy = environmentProxy(url, environment)
  if (!proxy.ok) throw new Error(proxy.error)
  return proxy.value
}

describe('the environment', () => {
  for (const [url, environment, expected] of cases)
    test(`${JSON.stringify(environment)} ${expected ? 'puts a' : 'puts no'} proxy before ${url}`, () =>
      expect(proxyOf(url, environment) !== undefined).toBe(expected))

  test('may name a proxy without a scheme, and that of the scheme goes before the one for all', () => {
    const environment = { HTTPS_PROXY: 'user:pass@p.example:3128', ALL_PROXY: 'http://other.example' }
    const authorization = `Basic ${btoa('user:pass')}`
    expect(proxyOf('https://a.example/', environment)).toMatchObject({
      hostname: 'p.example',
      port: 3128,
      authorization,
    })
    expect(proxyOf('http://a.example/', environment)).toMatchObject({ hostname: 'other.example', port: 80 })
  })

  test.each([
    [
      'https://a.example/',
      { HTTPS_PROXY: 'https://me:hunter2@p:1' },
      'HTTPS_PROXY is an address that starts with `https://`',
    ],
    [
      'https://a.example/',
      { ALL_PROXY: 'socks5://me:hunter2@p:1' },
      'ALL_PROXY is an address that starts with `socks5://`',
    ],
    ['http://a.example/', { http_proxy: 'http://me:hunter2@' }, 'HTTP_PROXY is something that is no address'],
  ])('that puts a proxy before %s which cannot be used is told, and not passed by: %j', (url, environment, said) => {
    const proxy = environmentProxy(url, environment as Record<string, string>)
    expect(proxy).toMatchObject({ ok: false, error: expect.stringContaining(said) })
    expect(JSON.stringify(proxy)).not.toContain('hunter2')
  })
})

describe('an address of a proxy', () => {
  test.each([
    ['http://p.example', 'p.example', 80, undefined],
    ['http://p.example:3128/', 'p.example', 3128, undefined],
    ['http://[::1]:3128', '::1', 3128, undefined],
    ['http://user@p', 'p', 80, 'user:'],
    ['http://user:p%40ss%3Aw%C3%B6rd@p:1', 'p', 1, 'user:p@ss:w\u00f6rd'],
    ['HTTP://:secret@p:1', 'p', 1, ':secret'],
  ])('%s is read', (address, hostname, port, credentials) => {
    const authorization = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`
    const read = parseProxy(address)
    expect(read.ok && { ...read.value, key: '' }).toEqual({ key: '', hostname, port, authorization })
  })

  test.each([
    ...['', 'direct', 'p.example:3128', 'user:hunter2@p:1', 'https://u:hunter2@p:1', 'socks5://u:hunter2@p:1'],
    ...['http://u:hunter2@', 'http://u:hunter2@p:99999', 'http://u:hunter2@p/x', 'http://u:hunter2@p?x', 'http://p#x'],
    ...['http://u:hunter2%@p', 'http://a%3Ab:hunter2@p', 'http:p.example', 'http://u:hun ter2@p q'],
  ])('%p is refused, and the reason does not show it', (address) => {
    const read = parseProxy(address)
    expect(read.ok).toBe(false)
    expect(JSON.stringify(read)).not.toMatch(/hun|p\.example/)
  })

  test('is another connection with other credentials', () => {
    const key = (address: string) => {
      const read = parseProxy(address)
      return read.ok ? read.value.key : undefined
    }
    expect(key('http://p:80/')).toBe(key('http://P'))
    expect(new Set(['http://p', 'http://p:81', 'http://a@p', 'http://a:b@p'].map(key)).size).toBe(4)
  })
})
