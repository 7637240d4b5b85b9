import { describe, expect, test } from 'bun:test'
import { betasOf, fitBody } from './vendor-request.ts'

const fitted = (body: string, ...rest: Parameters<typeof fitBody> extends [unknown, ...infer Rest] ? Rest : never) =>
  new TextDecoder().decode(fitBody(new TextEncoder().encode(body), ...rest))

describe('a body for a vendor', () => {
  test('keeps every byte that is not edited', () => {
    const body = '{ "a" : 1.0,\n"model":"m", "b":"\\u00e9" ,"stream":true}'
    expect(fitted(body, { set: { version: '1' }, remove: ['model', 'stream'] }, [])).toBe(
      '{ "a" : 1.0, "b":"\\u00e9","version":"1"}',
    )
  })

  test('that nothing is asked of is the very same array', () => {
    const body = new TextEncoder().encode('{"a":1}')
    expect(fitBody(body, { path: '/x' }, [])).toBe(body)
  })

  test('keeps what the client set itself', () => {
    expect(fitted('{"version":"mine","anthropic_beta":["x"]}', { set: { version: '1' } }, ['y'])).toBe(
      '{"version":"mine","anthropic_beta":["x"]}',
    )
  })

  test('may be a member of the one that came, where that is an object', () => {
    const vendor = { unwrap: 'inner', remove: ['model'] }
    expect(fitted('{"inner": {"model":"m","a":[1, 2]} }', vendor, [])).toBe('{"a":[1, 2]}')
    expect(fitted('{"inner":"no object","a":1}', vendor, [])).toBe('{"inner":"no object","a":1}')
    expect(fitted('{"a":1}', vendor, [])).toBe('{"a":1}')
  })

  test('carries betas as a list', () => {
    expect(fitted('{}', {}, ['a', 'b'])).toBe('{"anthropic_beta":["a","b"]}')
  })
})

describe('betas', () => {
  test.each([
    [null, [], []],
    ['', [], []],
    ['known', ['known'], []],
    [' known ,,new,known', ['known', 'known'], ['new']],
  ])('of the header %j', (header, passed, dropped) => {
    expect(betasOf(header, { accepted: new Set(['known']), place: 'header' })).toEqual({ passed, dropped })
  })

  test('all pass where there is no rule', () => {
    expect(betasOf('a,b', undefined)).toEqual({ passed: ['a', 'b'], dropped: [] })
  })
})
