import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readJson } from '../canon/json-text.ts'
import { breachOf } from './schema-check.ts'

const STRING = { type: 'string' }
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const TREE = {
  $ref: '#/$defs/node',
  $defs: { node: object({ name: STRING, children: { type: 'array', items: { $ref: '#/$defs/node' } } }) },
}

type Row = readonly [json: string, schema: unknown]

describe('a value is of a schema', () => {
  const ROWS: readonly Row[] = [
    ['null', true],
    ['[1]', {}],
    ['1.0', { type: 'integer' }],
    ['9007199254740993', { type: 'integer' }],
    ['1', { type: 'number' }],
    ['null', { type: ['string', 'null'] }],
    ['"b"', { enum: ['a', 'b'] }],
    ['{"a":[1.0]}', { const: { a: [1] } }],
    ['{"a":"x"}', object({ a: STRING }, { required: ['a'], additionalProperties: false })],
    ['{"b":1}', object({ a: STRING })],
    ['{"x-a":1}', object({}, { additionalProperties: false, patternProperties: { '^x-': {} } })],
    ['[]', { type: 'array', items: STRING, maxItems: 0 }],
    ['[1,"a"]', { type: 'array', prefixItems: [{ type: 'integer' }], items: STRING }],
    ['[1,"a"]', { type: 'array', items: [{ type: 'integer' }, STRING], additionalItems: false }],
    ['"😀"', { type: 'string', minLength: 1, maxLength: 1 }],
    ['{"name":"a","children":[{"name":"b","children":[]}]}', TREE],
    ['1', { anyOf: [STRING, { type: 'integer' }] }],
    // Which of several it is, and what it is not, may hang on what is not looked at.
    ['1', { oneOf: [{ type: 'integer' }, { type: 'number' }] }],
    ['1', { not: { type: 'integer' } }],
    ['"a"', { type: 'string', pattern: '^b$', format: 'email' }],
    ['1', { $ref: '#/nowhere' }],
    ['1', { $ref: 'https://example.com/schema' }],
    ['1', { type: 'thing' }],
  ]
  test.each(ROWS.map((row) => [...row] as const))('%s', (json, schema) => {
    expect(breachOf(readJson(json), schema)).toBeUndefined()
  })
})

describe('a value is not of a schema', () => {
  const ROWS: readonly (readonly [...Row, breach: string])[] = [
    ['1', false, 'its root may not be there'],
    ['1.5', { type: 'integer' }, 'its root is no integer'],
    ['"1"', { type: ['number', 'null'] }, 'its root is no number or null'],
    ['"c"', { enum: ['a', 'b'] }, 'its root is none of the values'],
    ['{"a":[1]}', { const: { a: [2] } }, 'its root is none of the values'],
    ['{"b":1}', object({ a: STRING }, { required: ['a'] }), 'its root lacks "a"'],
    ['{"__proto__":1}', object({}, { required: ['toString'] }), 'its root lacks "toString"'],
    ['{"a":1}', object({ a: STRING }), 'its member /a is no string'],
    ['{"a/b":1}', object({}, { additionalProperties: false }), 'its member /a~1b may not be there'],
    ['{"a":1}', object({}, { additionalProperties: STRING }), 'its member /a is no string'],
    ['{}', { type: 'object', minProperties: 1 }, 'its root has a wrong number of members'],
    ['[1,2]', { type: 'array', maxItems: 1 }, 'its root has a wrong number of items'],
    ['[1,2]', { type: 'array', prefixItems: [{}], items: false }, 'its member /1 may not be there'],
    ['""', { type: 'string', minLength: 1 }, 'its root has a wrong length'],
    ['3', { minimum: 4 }, 'its root is out of range'],
    ['4', { exclusiveMinimum: 4 }, 'its root is out of range'],
    ['{"children":[{"children":[{"name":1}]}]}', TREE, 'its member /children/0/children/0/name is no string'],
    ['1', { oneOf: [STRING, { type: 'null' }] }, 'its root is none of the alternatives'],
    ['{"a":1}', { allOf: [object({ a: {} }), object({ a: STRING })] }, 'its member /a is no string'],
  ]
  test.each(ROWS.map((row) => [...row] as const))('%s', (json, schema, breach) => {
    expect(breachOf(readJson(json), schema)).toBe(breach)
  })
})

describe('a schema that leads in circles', () => {
  test.each([
    [{ $ref: '#' }],
    [{ anyOf: [{ $ref: '#' }, { $ref: '#' }, { $ref: '#' }] }],
    [{ allOf: [{ $ref: '#' }, { $ref: '#' }] }],
    [{ items: { $ref: '#' }, anyOf: [{ items: { $ref: '#' } }, { items: { $ref: '#' } }] }],
  ])('%j is not followed for ever', (schema) => {
    expect(breachOf([[[[[[]]]]]], schema)).toBeUndefined()
  })
})

test('any JSON can be compared with any JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (value, schema) => {
      expect(typeof breachOf(value, schema)).toBeOneOf(['string', 'undefined'])
    }),
    { seed: 7, numRuns: 300 },
  )
})
