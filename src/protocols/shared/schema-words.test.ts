import { describe, expect, test } from 'bun:test'
import { fromOpenApi } from './schema-from-openapi.ts'
import { isStrictSubset } from './schema-strict.ts'

const TEXT = { type: 'string' }

describe('a schema of Google’s', () => {
  test.each([
    ['any_of', [TEXT], 'anyOf', [TEXT]],
    ['max_items', '3', 'maxItems', 3],
    ['min_items', '3', 'minItems', 3],
    ['max_length', '3', 'maxLength', 3],
    ['min_length', '3', 'minLength', 3],
    ['max_properties', '3', 'maxProperties', 3],
    ['min_properties', '3', 'minProperties', 3],
    ['additional_properties', false, 'additionalProperties', false],
    ['defs', { a: TEXT }, '$defs', { a: TEXT }],
  ])('means the same by %s as in camel case', (alias, value, keyword, expected) => {
    expect(fromOpenApi({ [alias]: value })).toEqual({ [keyword]: expected })
    expect(fromOpenApi({ [keyword]: value })).toEqual({ [keyword]: expected })
  })

  test('has its properties in the order it tells, in either spelling', () => {
    for (const name of ['property_ordering', 'propertyOrdering']) {
      const made = fromOpenApi({ properties: { a: TEXT, b: TEXT }, [name]: ['b', 'a'] })
      expect(JSON.stringify(made)).toBe(JSON.stringify({ properties: { b: TEXT, a: TEXT } }))
    }
  })
})

describe('what OpenAI takes with strict', () => {
  const holding = (schema: object) =>
    isStrictSubset({ type: 'object', properties: { a: schema }, required: ['a'], additionalProperties: false })

  test.each(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'])(
    'has text of the format %s',
    (format) => {
      expect(holding({ ...TEXT, format })).toBe(true)
    },
  )

  test.each([
    [{ $schema: 'a' }],
    [{ description: 'a' }],
    [{ title: 'a' }],
    [{ pattern: 'a' }],
    [{ enum: ['a'] }],
    [{ const: 'a' }],
    [{ type: 'number', multipleOf: 2 }],
    [{ type: 'number', minimum: 2 }],
    [{ type: 'number', maximum: 2 }],
    [{ type: 'number', exclusiveMinimum: 2 }],
    [{ type: 'number', exclusiveMaximum: 2 }],
    [{ type: 'array', items: TEXT }],
    [{ type: 'array', items: TEXT, minItems: 2 }],
    [{ type: 'array', items: TEXT, maxItems: 2 }],
    [{ type: 'object', properties: {}, required: [], additionalProperties: false }],
  ])('has %j', (schema) => {
    expect(holding({ ...TEXT, ...schema })).toBe(true)
  })

  test('has a choice, and definitions by either name', () => {
    expect(holding({ anyOf: [TEXT, { type: 'null' }] })).toBe(true)
    for (const name of ['$defs', 'definitions']) {
      const closed = { type: 'object', properties: { a: { $ref: `#/${name}/x` } }, required: ['a'] }
      expect(isStrictSubset({ ...closed, additionalProperties: false, [name]: { x: TEXT } })).toBe(true)
    }
  })

  test.each([[{ format: 'uri' }], [{ minLength: 2 }], [{ default: 'a' }], [{ allOf: [TEXT] }]])(
    'has no %j',
    (schema) => {
      expect(holding({ ...TEXT, ...schema })).toBe(false)
    },
  )
})
