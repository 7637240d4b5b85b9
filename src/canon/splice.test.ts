import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'

import { scanObject } from './scan-object.ts'
import type { Scan, Splice } from './scan.ts'
import { type Edits, applySplices, editMembers, replaceValue, shiftSplices } from './splice.ts'

const SEED = { seed: 20_261_121, numRuns: 1_000 }
/** Bun's own five seconds are too few for a thousand runs on a machine that is busy with something else. */
const PROPERTY_TIMEOUT_MS = 60_000
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const scanned = (text: string): Scan => {
  const result = scanObject(bytesOf(text), { depthMax: 100 })
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const edited = (text: string, edits: Edits): string => {
  const scan = scanned(text)
  return textOf(applySplices(scan.bytes, editMembers(scan, edits)))
}

describe('applySplices', () => {
  const cases: [what: string, text: string, splices: Splice[], result: string][] = [
    [
      'in any order',
      'abcdef',
      [
        { start: 4, end: 5, text: 'E' },
        { start: 0, end: 1, text: 'AA' },
      ],
      'AAbcdEf',
    ],
    [
      'that touch',
      'abcdef',
      [
        { start: 2, end: 4, text: '' },
        { start: 0, end: 2, text: 'x' },
      ],
      'xef',
    ],
    [
      'at both ends',
      'abc',
      [
        { start: 3, end: 3, text: '!' },
        { start: 0, end: 0, text: '¡' },
      ],
      '¡abc!',
    ],
    [
      'at one place, in the order given',
      'ab',
      [
        { start: 1, end: 1, text: '1' },
        { start: 1, end: 1, text: '2' },
      ],
      'a12b',
    ],
    [
      'before what is replaced there',
      'ab',
      [
        { start: 1, end: 2, text: 'B' },
        { start: 1, end: 1, text: '-' },
      ],
      'a-B',
    ],
    ['of everything', 'abc', [{ start: 0, end: 3, text: '' }], ''],
    ['of any script', 'aéb', [{ start: 1, end: 3, text: '🙂' }], 'a🙂b'],
  ]
  for (const [what, text, splices, result] of cases) {
    test(`applies splices ${what}`, () => {
      expect(textOf(applySplices(bytesOf(text), splices))).toBe(result)
    })
  }

  test('returns the very same bytes when there is nothing to do', () => {
    const bytes = bytesOf('{}')
    expect(applySplices(bytes, [])).toBe(bytes)
  })

  test('throws on splices that overlap, run backwards or leave the body', () => {
    const wrong: Splice[][] = [
      [
        { start: 0, end: 2, text: '' },
        { start: 1, end: 3, text: '' },
      ],
      [
        { start: 0, end: 4, text: '' },
        { start: 1, end: 1, text: 'x' },
      ],
      [{ start: 2, end: 1, text: '' }],
      [{ start: 0, end: 5, text: '' }],
      [{ start: -1, end: 0, text: '' }],
    ]
    for (const splices of wrong) expect(() => applySplices(bytesOf('abcd'), splices)).toThrow(RangeError)
  })
})

describe('editMembers', () => {
  const cases: [body: string, edits: Edits, result: string][] = [
    ['{ "model" : "m" }', { set: { model: '"other"' } }, '{ "model" : "other" }'],
    ['{"a":1,"b":2,"c":3}', { remove: ['a'] }, '{"b":2,"c":3}'],
    ['{"a":1,"b":2,"c":3}', { remove: ['b'] }, '{"a":1,"c":3}'],
    ['{"a":1,"b":2,"c":3}', { remove: ['c'] }, '{"a":1,"b":2}'],
    ['{"a":1,"b":2,"c":3}', { remove: ['a', 'b'] }, '{"c":3}'],
    ['{"a":1,"b":2,"c":3}', { remove: ['c', 'b'] }, '{"a":1}'],
    ['{"a":1,"b":2,"c":3}', { remove: ['a', 'c'] }, '{"b":2}'],
    ['{"a":1,"b":2,"c":3}', { remove: ['a', 'b', 'c', 'd'] }, '{}'],
    ['{ "a" : 1 }', { remove: ['a'] }, '{  }'],
    ['{ "a" : 1 , "b" : 2 }', { remove: ['b'] }, '{ "a" : 1 }'],
    ['{}', { set: { a: '1', b: '[2]' } }, '{"a":1,"b":[2]}'],
    ['{}', { prepend: { a: '1' } }, '{"a":1}'],
    [' { "x":0 } ', { prepend: { a: '1' }, set: { b: '2' } }, ' {"a":1, "x":0,"b":2 } '],
    ['{"x":0}', { prepend: { a: '1' }, set: { b: '2' }, remove: ['x'] }, '{"a":1,"b":2}'],
    ['{"x":0,"y":1}', { set: { b: '2' }, remove: ['y'] }, '{"x":0,"b":2}'],
    ['{"x":0,"y":1}', { prepend: { b: '2' }, remove: ['x'] }, '{"b":2,"y":1}'],
    ['{"mod\\u0065l":"m","p":1}', { set: { model: '"n"' }, remove: ['p'] }, '{"mod\\u0065l":"n"}'],
  ]
  for (const [body, edits, result] of cases) {
    test(`makes ${result} of ${body}`, () => {
      expect(edited(body, edits)).toBe(result)
    })
  }

  test(
    'yields exactly the edited object, for any object and any edits',
    () => {
      const keys = fc.constantFrom('a', 'b', 'c', 'd', 'é"')
      const objects = fc.dictionary(keys, fc.jsonValue({ maxDepth: 2 }))
      fc.assert(
        fc.property(
          objects,
          fc.dictionary(keys, fc.jsonValue({ maxDepth: 1 })),
          fc.uniqueArray(keys),
          fc.constantFrom('', ' ', '\n'),
          (object, set, candidates, indent) => {
            const remove = candidates.filter((key) => !Object.hasOwn(set, key))
            const expected: Record<string, unknown> = { ...object, ...set, new: 1 }
            for (const key of remove) delete expected[key]
            const texts = Object.fromEntries(Object.entries(set).map(([key, value]) => [key, JSON.stringify(value)]))
            const result = edited(JSON.stringify(object, null, indent), { set: texts, remove, prepend: { new: '1' } })
            expect(JSON.parse(result)).toEqual(JSON.parse(JSON.stringify(expected)))
          },
        ),
        SEED,
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})

test('an object inside a body is edited in place by shifting its splices', () => {
  const outer = scanned('{"é":{"a":1},"b":2}')
  const member = outer.members.get('é')
  const other = outer.members.get('b')
  if (!member || !other) throw new Error('no member')
  const inner = scanObject(outer.bytes.subarray(member.valueStart, member.valueEnd), { depthMax: 100 })
  if (!inner.ok) throw new Error(inner.error.message)
  const splices = shiftSplices(editMembers(inner.value, { set: { c: '3' } }), member.valueStart)
  expect(textOf(applySplices(outer.bytes, [...splices, replaceValue(other, '4')]))).toBe('{"é":{"a":1,"c":3},"b":4}')
})
