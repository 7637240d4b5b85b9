import { expect, test } from 'bun:test'
import { usesProxy } from './proxy.ts'

const cases: readonly (readonly [string, Record<string, string>, boolean])[] = [
  ['https://a.example/', {}, false],
  ['https://a.example/', { HTTPS_PROXY: 'http://p:1' }, true],
  ['https://a.example/', { https_proxy: 'http://p:1' }, true],
  ['https://a.example/', { HTTPS_PROXY: '' }, false],
  ['https://a.example/', { HTTP_PROXY: 'http://p:1' }, false],
  ['http://a.example/', { HTTP_PROXY: 'http://p:1' }, true],
  ['http://a.example/', { HTTPS_PROXY: 'http://p:1' }, false],
  ['http://a.example/', { ALL_PROXY: 'socks5://p:1' }, true],
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

for (const [url, environment, expected] of cases)
  test(`${url} with ${JSON.stringify(environment)} ${expected ? 'goes through' : 'needs'} ${expected ? 'a' : 'no'} proxy`, () =>
    expect(usesProxy(url, environment)).toBe(expected))
