import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { copyAnswerHeaders, upstreamHeaders } from '../../src/upstream/headers.ts'
import { parseAnswerHead } from '../../src/upstream/http1/answer-head.ts'
import { renderRequestHead } from '../../src/upstream/http1/request-head.ts'
import { parseTarget } from '../../src/upstream/http1/target.ts'

const RUNS = { seed: 20_260_601, numRuns: 5_000 }
const AUTH = { header: 'authorization', prefix: 'Bearer ' }
const KEY = 'vendor-key-0123456789'

/** Of the hop alone, or about what is on it: none of these may go from one side to the other. */
const NEVER_PASSES = [
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
  ...[
    'host',
    'proxy-authorization',
    'cookie',
    'x-api-key',
    'x-goog-api-key',
    'api-key',
    'x-forwarded-for',
    'forwarded',
  ],
]
const NEVER_RETURNS = [
  ...['connection', 'keep-alive', 'trailer', 'transfer-encoding', 'upgrade', 'content-length', 'content-encoding'],
  ...['location', 'content-location', 'refresh', 'set-cookie', 'www-authenticate', 'proxy-authenticate'],
  ...['access-control-allow-origin', 'x-tollgate-cost-usd', 'x-request-id', 'x-ratelimit-limit-requests'],
]

const evil = fc.constantFrom('\r\n', '\n', '\r', '\0', '\r\n\r\n', ': ', ' ', '\t', '\u010d\u010a', '\x7f', 'chunked')
const piece = fc.oneof(fc.string({ maxLength: 8 }), evil, fc.constantFrom(...NEVER_PASSES, ...NEVER_RETURNS))
const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
const known = fc.constantFrom(...NEVER_PASSES, ...NEVER_RETURNS, 'Transfer-Encoding', 'Content-Length', 'X-Named')
const headers = fc.array(fc.tuple(fc.oneof(text, known), text), { maxLength: 8 })

const target = (() => {
  const read = parseTarget('https://vendor.example/v1/x')
  if (!read.ok) throw new Error(read.error)
  return read.value
})()

/** What the runtime lets into `Headers` at all. */
const taken = (pairs: readonly (readonly [string, string])[]): Headers => {
  const made = new Headers()
  for (const [name, value] of pairs) {
    try {
      made.append(name, value)
    } catch (error) {
      // It is refused by name or value: then it never gets here.
      if (!(error instanceof TypeError)) throw error
    }
  }
  return made
}

/** The lines of a head, as the strictest and the most lenient reader of it would cut them. */
const linesOf = (head: string): readonly string[] => {
  expect(head.endsWith('\r\n\r\n')).toBe(true)
  const lines = head.slice(0, -4).split('\r\n')
  expect(head.slice(0, -4).split(/[\r\n]+/)).toEqual([...lines])
  expect(head).not.toContain('\0')
  return lines
}

describe('whatever headers a client sends', () => {
  test('a request upstream has one header a line, one length, one key, and nothing of the hop', () => {
    fc.assert(
      fc.property(headers, fc.nat(1_000), (pairs, length) => {
        const client = taken(pairs)
        const head = renderRequestHead('POST', target, upstreamHeaders(client, AUTH, KEY, {}), length)
        if (!head.ok) return
        const [line, host, ...rest] = linesOf(head.value)
        expect([line, host]).toEqual(['POST /v1/x HTTP/1.1', 'host: vendor.example'])
        const names = rest.map((one) => one.slice(0, one.indexOf(':')).toLowerCase())
        expect(new Set(names).size).toBe(names.length)
        expect(names.filter((name) => NEVER_PASSES.includes(name))).toEqual([])
        expect(rest.filter((one) => one.startsWith('content-length: '))).toEqual([`content-length: ${length}`])
        expect(rest.filter((one) => one.startsWith('authorization: '))).toEqual([`authorization: Bearer ${KEY}`])
      }),
      RUNS,
    )
  })

  test('what `connection` names is not passed on', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('x-named', 'X-Named', ' x-named ', 'close, x-named', 'x-a,x-named,'),
        (connection) => {
          const client = taken([
            ['connection', connection],
            ['x-named', 'of the hop'],
          ])
          expect(upstreamHeaders(client, AUTH, KEY, {})).not.toHaveProperty('x-named')
        },
      ),
      RUNS,
    )
  })

  test('a head is whole or not written, also of headers that no `Headers` has checked', () => {
    fc.assert(
      fc.property(text, headers, (method, pairs) => {
        const head = renderRequestHead(method, target, Object.fromEntries(pairs), 0)
        if (!head.ok) return expect(head.error).not.toMatch(/[\r\n]/)
        const lines = linesOf(head.value)
        expect(lines.filter((line) => /^(content-length|transfer-encoding|host):/i.test(line))).toHaveLength(2)
        expect(lines.length).toBeLessThanOrEqual(3 + pairs.length)
        return undefined
      }),
      RUNS,
    )
  })
})

describe('whatever head an upstream sends', () => {
  test('a client gets no header of the hop, no cookie, no address, and no line end', () => {
    fc.assert(
      fc.property(headers, (pairs) => {
        const lines = pairs.map(([name, value]) => `${name}: ${value}`)
        const head = parseAnswerHead(['HTTP/1.1 200 OK', ...lines].join('\r\n'), 'POST')
        if (!head.ok) return
        const shown: Record<string, string> = {}
        copyAnswerHeaders(head.value.headers, shown)
        for (const [name, value] of Object.entries(shown)) {
          expect(NEVER_RETURNS).not.toContain(name)
          expect(name).toMatch(/^[!#$%&'*+\-.^_`|~0-9a-z]+$/)
          expect(value).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/)
        }
      }),
      RUNS,
    )
  })

  test.each([
    ['a bare CR in a value', 'x: a\rset-cookie: b'],
    ['a bare LF in a value', 'x: a\nset-cookie: b'],
    ['a NUL in a value', 'x: a\0b'],
    ['a line that goes on with the one before', 'x: a\r\n b'],
    ['a space before the colon', 'content-length : 3'],
    ['an empty name', ': a'],
    ['a length and a coding at once', 'content-length: 3\r\ntransfer-encoding: chunked'],
    ['two lengths', 'content-length: 3\r\ncontent-length: 4'],
    ['another coding than chunked', 'transfer-encoding: gzip, chunked'],
  ])('one with %s is not understood at all', (_what, line) => {
    expect(parseAnswerHead(`HTTP/1.1 200 OK\r\n${line}`, 'POST').ok).toBe(false)
  })
})
