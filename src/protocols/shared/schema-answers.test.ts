import { describe, expect, test } from 'bun:test'
import { isRecursive, objectAnswer } from './schema.ts'

const STRING = { type: 'string' }
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const wrapped = (value: unknown, more: object = {}) =>
  object({ value }, { required: ['value'], additionalProperties: false, ...more })

describe('a schema of an answer that has to be an object', () => {
  test.each([
    ['stays as it is', object({ a: STRING }, { $defs: {} }), object({ a: STRING }, { $defs: {} })],
    ['stays without properties', { type: 'object' }, { type: 'object' }],
    ['is called one where it means one', { properties: { a: STRING } }, object({ a: STRING })],
    [
      'is what it refers to',
      { $ref: '#/$defs/a', $defs: { a: object({ a: { $ref: '#/$defs/a' } }) } },
      object({ a: { $ref: '#/$defs/a' } }, { $defs: { a: object({ a: { $ref: '#/$defs/a' } }) } }),
    ],
  ])('%s', (_, schema, expected) => {
    expect(objectAnswer(schema)).toEqual({ schema: expected, isWrapped: false })
  })

  test.each([
    ['a list', { type: 'array', items: STRING }, wrapped({ type: 'array', items: STRING })],
    ['one of several types', { type: ['object', 'null'] }, wrapped({ type: ['object', 'null'] })],
    ['a choice', { anyOf: [object({}), { type: 'null' }] }, wrapped({ anyOf: [object({}), { type: 'null' }] })],
    ['a choice of objects', { type: 'object', oneOf: [{}] }, wrapped({ type: 'object', oneOf: [{}] })],
    ['anything', {}, wrapped({})],
    ['no schema', true, wrapped({})],
    [
      'a list that refers to itself and to definitions',
      { type: 'array', items: { anyOf: [{ $ref: '#' }, { $ref: '#/$defs/a' }] }, $defs: { a: { $ref: '#/items' } } },
      wrapped(
        { type: 'array', items: { anyOf: [{ $ref: '#/properties/value' }, { $ref: '#/$defs/a' }] } },
        { $defs: { a: { $ref: '#/properties/value/items' } } },
      ),
    ],
    [
      'a list that a reference leads to',
      { $ref: '#/definitions/a', definitions: { a: { type: 'array' } } },
      wrapped({ $ref: '#/definitions/a' }, { definitions: { a: { type: 'array' } } }),
    ],
    [
      'a choice with a property of the name of a keyword',
      { anyOf: [object({ $ref: STRING })] },
      wrapped({ anyOf: [object({ $ref: STRING })] }),
    ],
  ])('%s is the value of one', (_, schema, expected) => {
    expect(objectAnswer(schema)).toEqual({ schema: expected, isWrapped: true })
  })
})

describe('a schema', () => {
  test.each([
    [object({ children: { type: 'array', items: { $ref: '#' } } })],
    [
      {
        $ref: '#/$defs/a',
        $defs: { a: object({ b: { $ref: '#/$defs/b' } }), b: object({ a: { $ref: '#/$defs/a' } }) },
      },
    ],
    [{ $ref: '#' }],
    [object({ a: object({ b: { anyOf: [{ type: 'null' }, { $ref: '#/properties/a' }] } }) })],
    // Properties that are called like keywords.
    [object({ default: { $ref: '#' } })],
    [object({ a: { $ref: '#/$defs/enum' } }, { $defs: { enum: object({ const: { $ref: '#/$defs/enum' } }) } })],
    [object({ properties: object({ example: { $ref: '#' } }) })],
  ])('that contains itself is known: %j', (schema) => {
    expect(isRecursive(schema)).toBe(true)
  })

  test.each([
    [object({ a: { $ref: '#/$defs/s' }, b: { $ref: '#/$defs/s' } }, { $defs: { s: STRING } })],
    [object({ a: { $ref: '#/$defs/a' } }, { $defs: { a: object({ b: { $ref: '#/$defs/b' } }), b: STRING } })],
    [object({ a: { enum: [{ $ref: '#' }] }, b: { default: { $ref: '#' } } })],
    [object({ a: { const: { $ref: '#' } }, b: { example: { $ref: '#' } }, c: { examples: [{ $ref: '#' }] } })],
    [object({ $ref: STRING })],
    [{ $ref: 'https://example.com/schema' }],
    [true],
  ])('that does not is not taken for one that does: %j', (schema) => {
    expect(isRecursive(schema)).toBe(false)
  })

  test('that leads on and on is taken for one that contains itself, without following it to its end', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `n${index}`)
    const $defs = Object.fromEntries(names.map((name, at) => [name, { items: { $ref: `#/$defs/n${at + 1}` } }]))
    expect(isRecursive({ $ref: '#/$defs/n0', $defs })).toBe(true)
  })
})
