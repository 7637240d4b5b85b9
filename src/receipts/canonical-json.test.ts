import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { canonicalJson } from './canonical-json.ts'

describe('canonical JSON', () => {
  const vectors: readonly [string, unknown, string][] = [
    [
      'numbers as ECMAScript writes them',
      [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    ],
    ['strings with as few escapes as JSON allows', '€$\u000f\nA\'B"\\/', '"€$\\u000f\\nA\'B\\"\\\\/"'],
    ['literals', [null, true, false], '[null,true,false]'],
    [
      'members by the code units of their names',
      { '€': 5, '\r': 1, '\ufb33': 7, '1': 2, '😀': 6, '\u0080': 3, ö: 4 },
      '{"\\r":1,"1":2,"\u0080":3,"ö":4,"€":5,"😀":6,"\ufb33":7}',
    ],
    ['nothing for what is undefined', { b: undefined, a: { d: [], c: {} } }, '{"a":{"c":{},"d":[]}}'],
    ['a member that is called __proto__', JSON.parse('{"b":1,"__proto__":{"x":2}}'), '{"__proto__":{"x":2},"b":1}'],
  ]
  test.each(vectors)('writes %s', (_what, value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  test('reads back as the same value, and is the same whatever the order of members', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, member]) => [name, reversed(member)]),
      )
    }
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (written) => {
        const value: unknown = JSON.parse(JSON.stringify(written))
        expect(JSON.parse(canonicalJson(value))).toEqual(value)
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
      }),
      { seed: 20_261_122, numRuns: 300 },
    )
  })

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [() => 1], [[undefined]]])(
    'refuses %p',
    (value) => {
      expect(() => canonicalJson(value)).toThrow()
    },
  )
})
