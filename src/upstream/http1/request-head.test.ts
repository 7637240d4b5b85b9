import { describe, expect, test } from 'bun:test'
import { renderRequestHead } from './request-head.ts'
import { parseTarget, type Target } from './target.ts'

const target = (url: string): Target => {
  const parsed = parseTarget(url)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

const render = (
  headers: Record<string, string>,
  bodyBytes?: number,
  method = 'POST',
  url = 'http://a.example/v1?x=1',
) => renderRequestHead(method, target(url), headers, bodyBytes)

describe('a request head', () => {
  test('names the host, the headers and the length', () => {
    expect(render({ authorization: 'Bearer x', 'X-Name': '' }, 3)).toEqual({
      ok: true,
      value:
        'POST /v1?x=1 HTTP/1.1\r\nhost: a.example\r\nauthorization: Bearer x\r\nX-Name: \r\ncontent-length: 3\r\n\r\n',
    })
  })

  test('announces an absent body only where one is expected', () => {
    expect(render({}, undefined, 'POST')).toMatchObject({ value: expect.stringContaining('content-length: 0\r\n') })
    expect(render({}, undefined, 'GET')).toMatchObject({ value: expect.not.stringContaining('content-length') })
    expect(render({}, 0, 'DELETE')).toMatchObject({ value: expect.stringContaining('content-length: 0\r\n') })
  })

  test('leaves out what frames the message, in any case of letters', () => {
    const headers = {
      Host: 'evil',
      'Content-Length': '9',
      'transfer-encoding': 'chunked',
      Connection: 'close',
      Expect: '100-continue',
    }
    expect(render(headers, 1)).toEqual({
      ok: true,
      value: 'POST /v1?x=1 HTTP/1.1\r\nhost: a.example\r\ncontent-length: 1\r\n\r\n',
    })
  })

  const refused: readonly (readonly [string, Record<string, string>])[] = [
    ['a line end in a value', { a: 'b\r\nevil: 1' }],
    ['a lone LF in a value', { a: 'b\nc' }],
    ['a lone CR in a value', { a: 'b\rc' }],
    ['a NUL in a value', { a: 'b\0' }],
    ['a character beyond a byte', { a: '\u{010a}' }],
    ['a line end in a name', { 'a\r\nb': 'c' }],
    ['a colon in a name', { 'a:b': 'c' }],
    ['an empty name', { '': 'c' }],
  ]
  for (const [name, headers] of refused)
    test(`is refused with ${name}, and the value is not repeated`, () => {
      const rendered = render(headers)
      expect(rendered.ok).toBe(false)
      expect(JSON.stringify(rendered)).not.toContain('evil')
    })

  test('is refused with a method that is no token', () => {
    expect(render({}, 0, 'GET / HTTP/1.1\r\nx').ok).toBe(false)
  })
})

describe('an address', () => {
  const cases: readonly (readonly [string, string, string, number, string])[] = [
    ['http://a.example', 'a.example', 'a.example', 80, '/'],
    ['https://A.Example:443/x', 'a.example', 'a.example', 443, '/x'],
    ['https://a.example:8443/x?y=%20#z', 'a.example', 'a.example:8443', 8443, '/x?y=%20'],
    ['http://[::1]:8080/', '::1', '[::1]:8080', 8080, '/'],
    ['http://[2001:db8::1]/a b', '2001:db8::1', '[2001:db8::1]', 80, '/a%20b'],
  ]
  for (const [url, hostname, hostHeader, port, path] of cases)
    test(url, () => expect(target(url)).toMatchObject({ origin: { hostname, hostHeader, port }, path }))

  for (const url of [
    '',
    'a.example',
    'ftp://a.example/',
    'http://',
    'http://user:secret@a.example/',
    'http://a:99999/',
  ])
    test(`is refused: ${url}`, () => {
      const parsed = parseTarget(url)
      expect(parsed.ok).toBe(false)
      expect(JSON.stringify(parsed)).not.toContain('secret')
    })

  test('shares connections by scheme, host and port only', () => {
    const key = (url: string) => target(url).origin.key
    expect(key('https://a.example/x')).toBe(key('https://A.example:443/y'))
    expect(
      new Set(['http://a.example', 'https://a.example', 'http://a.example:81', 'http://b.example'].map(key)).size,
    ).toBe(4)
  })
})
