import { describe, expect, test } from 'bun:test'
import { readCredential } from './credentials.ts'

const ONE = 'sk-tg-one'
const TWO = 'sk-tg-two'

const read = (headers: [string, string][], query = '/v1/messages') => readCredential(new Headers(headers), query)

describe('a key is found', () => {
  test.each<[string, [string, string][], string]>([
    ['as a Bearer token', [['authorization', `Bearer ${ONE}`]], '/'],
    ['with the scheme in any case', [['Authorization', `bEARER   ${ONE} `]], '/'],
    ['in x-api-key', [['x-api-key', ONE]], '/'],
    ['in x-goog-api-key', [['x-goog-api-key', ` ${ONE}`]], '/'],
    ['in the query', [], `/v1beta/models/m:generateContent?alt=sse&key=${ONE}`],
    ['in the query of a whole address', [], `http://127.0.0.1:8000/v1beta?key=${ONE}`],
    [
      'once, when all four places agree',
      [
        ['authorization', `Bearer ${ONE}`],
        ['x-api-key', ONE],
        ['x-goog-api-key', ONE],
      ],
      `/?key=${ONE}&key=${ONE}`,
    ],
    [
      'beside empty places',
      [
        ['authorization', 'Bearer '],
        ['x-api-key', ''],
        ['x-goog-api-key', ONE],
      ],
      '/?key=',
    ],
    [
      'beside a Basic header',
      [
        ['authorization', 'Basic dTpw'],
        ['x-api-key', ONE],
      ],
      '/',
    ],
    [
      'in a header sent twice with one value',
      [
        ['x-api-key', ONE],
        ['x-api-key', ONE],
      ],
      '/',
    ],
  ])('%s', (_, headers, query) => {
    expect(read(headers, query)).toEqual({ ok: true, value: ONE })
  })

  test('in a URL and in its parameters alike', () => {
    const url = new URL(`http://127.0.0.1/v1?key=${ONE}`)
    expect(readCredential(new Headers(), url)).toEqual({ ok: true, value: ONE })
    expect(readCredential(new Headers(), url.searchParams)).toEqual({ ok: true, value: ONE })
  })
})

describe('no key is found', () => {
  test.each<[string, [string, string][], string]>([
    ['in a request without any', [['content-type', 'application/json']], '/'],
    [
      'in empty values',
      [
        ['authorization', ''],
        ['x-api-key', '  '],
        ['x-goog-api-key', ''],
      ],
      '/?key=&key=',
    ],
    ['in a Bearer scheme without a token', [['authorization', 'Bearer']], '/'],
    ['in a parameter that only ends in key', [], `/?apikey=${ONE}&monkey=${ONE}`],
    ['in a path', [], `/v1/key=${ONE}`],
  ])('%s', (_, headers, query) => {
    expect(read(headers, query)).toEqual({ ok: true, value: undefined })
  })
})

describe('a request is refused', () => {
  test.each<[string, [string, string][], string, readonly string[]]>([
    [
      'two headers',
      [
        ['authorization', `Bearer ${ONE}`],
        ['x-api-key', TWO],
      ],
      '/',
      ['Authorization', 'x-api-key'],
    ],
    [
      'both key headers',
      [
        ['x-api-key', ONE],
        ['x-goog-api-key', TWO],
      ],
      '/',
      ['x-api-key', 'x-goog-api-key'],
    ],
    ['header and query', [['x-goog-api-key', ONE]], `/?key=${TWO}`, ['x-goog-api-key', 'query parameter key']],
    ['the query twice', [], `/?key=${ONE}&key=${TWO}`, ['query parameter key, given twice']],
    [
      'one header twice',
      [
        ['x-api-key', ONE],
        ['x-api-key', TWO],
      ],
      '/',
      ['x-api-key, given twice'],
    ],
    [
      'two Bearer tokens',
      [
        ['authorization', `Bearer ${ONE}`],
        ['authorization', `Bearer ${TWO}`],
      ],
      '/',
      ['Authorization, given twice'],
    ],
  ])('for two different keys, naming both places: %s', (_, headers, query, places) => {
    const refused = read(headers, query)
    if (refused.ok) throw new Error('two keys were accepted')
    expect(refused.error.kind).toBe('invalid-request')
    for (const place of places) expect(refused.error.message).toContain(place)
    expect(refused.error.message).not.toContain('sk-tg-')
  })

  test.each<[string, [string, string][], string, string]>([
    ['Basic alone', [['authorization', 'Basic dTpw']], '/', 'does not hold a Bearer token'],
    ['a key without its scheme', [['authorization', ONE]], '/', 'does not hold a Bearer token'],
    ['a long Authorization', [['authorization', `Bearer ${'a'.repeat(600)}`]], '/', 'value of Authorization is longer'],
    ['a long x-api-key', [['x-api-key', 'a'.repeat(513)]], '/', 'value of x-api-key is longer'],
    ['a long x-goog-api-key', [['x-goog-api-key', 'a'.repeat(513)]], '/', 'value of x-goog-api-key is longer'],
    ['a long query value', [], `/?key=${'a'.repeat(513)}`, 'query parameter key is longer'],
  ])('as not a key, without repeating it: %s', (_, headers, query, reason) => {
    const refused = read(headers, query)
    if (refused.ok) throw new Error('the credential was accepted')
    expect(refused.error.kind).toBe('invalid-api-key')
    expect(refused.error.message).toContain(reason)
    expect(refused.error.message).toContain('Authorization: Bearer')
    expect(refused.error.message).not.toContain('sk-tg-')
    expect(refused.error.message).not.toContain('dTpw')
  })
})
