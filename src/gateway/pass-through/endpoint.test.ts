import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { queryOf, readEndpoint, targetOf } from './endpoint.ts'

const BASES = ['https://api.vendor.example/v1', 'http://127.0.0.1:8080', 'https://vendor.example/openai/v1/']

describe('the path of a pass-through', () => {
  test.each([
    'responses/compact',
    'v1beta/models/imagen-4:predict',
    'files/file-abc_1.jsonl',
    'a/%C3%A9t%C3%A9',
    'a%20b',
    "x~y!$'()*+,=",
  ])('%p is sent as it came', (path) => {
    const read = readEndpoint(path)
    if (!read.ok) throw new Error(read.error.message)
    for (const base of BASES) expect(targetOf(base, read.value.segments, '')).toBe(`${base.replace(/\/$/, '')}/${path}`)
  })

  test.each([
    ...['', '/', 'a/', '/a', 'a//b', '//evil.example', '//evil.example/x'],
    ...['..', '.', 'a/..', 'a/../b', './a', 'a/.', '../../organization'],
    ...['%2e%2e/x', '%2E%2E', '.%2e', '%2e', 'a/%2e%2e/b', '%252e%252e', '%25252e'],
    ...['a%2fb', 'a%2Fb', 'a%5cb', 'a%5Cb', 'a\\b', '\\\\evil.example', '%252f', '%255c'],
    ...['user@evil.example', '@evil.example', 'a%40b', 'http://evil.example/', 'https:/evil', 'http:%2f%2fevil'],
    ...['a;b', 'a/..;/b', '..;', ';/..', 'a%3bb', 'a?b', 'a#b', 'a%3fb', 'a%23b'],
    ...['a\u0000b', 'a%00b', 'a%0d%0ab', 'a\r\nb', 'a b', 'a\tb', 'a%7f', 'a%c2%85'],
    ...['a%', 'a%2', 'a%zz', '%c0%ae%c0%ae', '%c0%af', '%ff', '%ed%a0%80', '%ef%bc%8f', '%ef%bc%8e%ef%bc%8e'],
    ...['%66iles', 'f%69les', 'é', '\uff0e\uff0e', `${'a/'.repeat(32)}a`],
  ])('%p is refused', (path) => {
    const read = readEndpoint(path)
    // "https:/evil" and "http://…" fall to their empty segment, or are names of segments under the base URL.
    if (read.ok) {
      for (const base of BASES) {
        const url = new URL(targetOf(base, read.value.segments, ''))
        expect(url.href.startsWith(`${base.replace(/\/$/, '')}/`)).toBe(true)
      }
      expect(path).toBe('https:/evil')
    } else expect(read.error.kind).toBe('invalid-request')
  })

  const piece = fc.oneof(
    fc.constantFrom(
      ...['..', '.', '/', '//', '\\', '%2e', '%2E', '%2f', '%5c', '%252e', '@', ':', ';', '?', '#', '%00', '%0d%0a'],
      ...['evil.example', 'http:', 'https://', '[::1]', '\t', '\n', '%c0%ae', '\u3002', '\uff0f', 'files', '*', '%'],
    ),
    fc.string({ maxLength: 6 }),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  const path = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
  const query = fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 5 }), fc.string({ maxLength: 8 })))

  test('never leads anywhere but under the configured base URL, whatever it is', () => {
    let accepted = 0
    fc.assert(
      fc.property(path, query, fc.constantFrom(...BASES), (hostile, parameters, base) => {
        const read = readEndpoint(hostile)
        if (!read.ok) return
        accepted += 1
        const target = targetOf(base, read.value.segments, queryOf(new URLSearchParams(parameters)))
        const [url, configured] = [new URL(target), new URL(base)]
        expect(url.origin).toBe(configured.origin)
        expect(url.username + url.password + url.hash).toBe('')
        expect(url.pathname.startsWith(`${configured.pathname.replace(/\/$/, '')}/`)).toBe(true)
        expect(decodeURIComponent(url.pathname)).not.toMatch(/\/\.{1,2}(?:\/|$)|\\|\/\/|%/)
      }),
      { seed: 7, numRuns: 20_000 },
    )
    expect(accepted).toBeGreaterThan(500)
  })
})

describe('the query of a pass-through', () => {
  test('passes, but for keys and for what would leave the usage out', () => {
    const asked = new URLSearchParams(
      'a=1&key=sk&b=%26%3D&access_token=x&API_KEY=y&fields=z&$httpMethod=DELETE&a=2&$alt=json',
    )
    expect(queryOf(asked)).toBe('?a=1&b=%26%3D&a=2&%24alt=json')
    expect(queryOf(new URLSearchParams('key=sk'))).toBe('')
    expect(queryOf(new URLSearchParams('model=alias&x=1'), 'real')).toBe('?model=real&x=1')
  })
})
