import { describe, expect, test } from 'bun:test'
import { fromOpenApi } from './schema-from-openapi.ts'
import { toOpenApi } from './schema-openapi.ts'

/** Keyword by keyword, what becomes of a schema on its way to Gemini's `Schema` and back. */

const TEXT = { type: 'string' }
const holding = (schema: object) => toOpenApi({ type: 'object', properties: { a: schema } })
const made = (schema: object) => Object(holding(schema).schema?.properties).a as unknown

describe('a keyword on its way to Gemini', () => {
  test.each([
    [
      { ...TEXT, title: 'A' },
      { type: 'STRING', title: 'A' },
    ],
    [
      { ...TEXT, description: 'A' },
      { type: 'STRING', description: 'A' },
    ],
    [
      { ...TEXT, pattern: 'a+' },
      { type: 'STRING', pattern: 'a+' },
    ],
    [
      { ...TEXT, default: 'a' },
      { type: 'STRING', default: 'a' },
    ],
    [
      { ...TEXT, example: 'a' },
      { type: 'STRING', example: 'a' },
    ],
    [
      { ...TEXT, minLength: 1 },
      { type: 'STRING', minLength: '1' },
    ],
    [
      { ...TEXT, maxLength: 1 },
      { type: 'STRING', maxLength: '1' },
    ],
    [
      { ...TEXT, format: 'date-time' },
      { type: 'STRING', format: 'date-time' },
    ],
    [
      { ...TEXT, format: 'enum' },
      { type: 'STRING', format: 'enum' },
    ],
    [
      { ...TEXT, nullable: true },
      { type: 'STRING', nullable: true },
    ],
    [
      { ...TEXT, enum: ['a'] },
      { type: 'STRING', format: 'enum', enum: ['a'] },
    ],
    [
      { ...TEXT, const: 'a' },
      { type: 'STRING', format: 'enum', enum: ['a'] },
    ],
    [
      { type: 'integer', format: 'int32' },
      { type: 'INTEGER', format: 'int32' },
    ],
    [
      { type: 'integer', format: 'int64' },
      { type: 'INTEGER', format: 'int64' },
    ],
    [
      { type: 'integer', exclusiveMinimum: 1 },
      { type: 'INTEGER', minimum: 2 },
    ],
    [
      { type: 'integer', exclusiveMaximum: 3 },
      { type: 'INTEGER', maximum: 2 },
    ],
    [
      { type: 'number', format: 'float' },
      { type: 'NUMBER', format: 'float' },
    ],
    [
      { type: 'number', format: 'double' },
      { type: 'NUMBER', format: 'double' },
    ],
    [
      { type: 'number', minimum: 1 },
      { type: 'NUMBER', minimum: 1 },
    ],
    [
      { type: 'number', maximum: 1 },
      { type: 'NUMBER', maximum: 1 },
    ],
    [
      { type: 'array', items: TEXT, minItems: 1 },
      { type: 'ARRAY', minItems: '1', items: { type: 'STRING' } },
    ],
    [
      { type: 'array', items: TEXT, maxItems: 1 },
      { type: 'ARRAY', maxItems: '1', items: { type: 'STRING' } },
    ],
    [
      { type: 'object', minProperties: 1 },
      { type: 'OBJECT', minProperties: '1' },
    ],
    [
      { type: 'object', maxProperties: 1 },
      { type: 'OBJECT', maxProperties: '1' },
    ],
    [
      { type: 'object', properties: { b: TEXT, c: TEXT }, required: ['b'], propertyOrdering: ['c', 'b'] },
      {
        type: 'OBJECT',
        propertyOrdering: ['c', 'b'],
        properties: { b: { type: 'STRING' }, c: { type: 'STRING' } },
        required: ['b'],
      },
    ],
    [{ anyOf: [TEXT, { type: 'number' }] }, { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] }],
  ])('%j is %j, which is the same', (schema, expected) => {
    expect(made(schema)).toEqual(expected)
    expect(holding(schema).changed).toBe(false)
  })

  test.each(
    '$schema $id $anchor $comment $defs definitions $vocabulary examples readOnly writeOnly deprecated'.split(' '),
  )('%s says nothing of what fits, and goes unsaid', (keyword) => {
    expect(holding({ ...TEXT, [keyword]: {} })).toMatchObject({ changed: false })
    expect(made({ ...TEXT, [keyword]: {} })).toEqual({ type: 'STRING' })
    expect(made({ anyOf: [TEXT, { type: 'number' }], [keyword]: {} })).toEqual({
      anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }],
    })
  })

  test.each([
    [{ type: ['string', 'number'], default: 'x' }],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }], default: 'x' }],
  ])('a default beside a choice is lost, and said to be: %j', (schema) => {
    const choice = { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] }
    expect(toOpenApi(schema)).toEqual({ schema: choice, changed: true })
  })

  test.each(['title', 'description', 'default'])('%s beside a choice is of the whole', (keyword) => {
    expect(made({ anyOf: [TEXT, { type: 'number' }], [keyword]: 'A' })).toMatchObject({
      anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }],
    })
  })

  test.each(['title', 'description', 'default'])('%s of several types is not said of each', (keyword) => {
    expect(made({ type: ['string', 'number'], [keyword]: 'A' })).toEqual({
      anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }],
      ...(keyword !== 'default' && { [keyword]: 'A' }),
    })
  })

  test.each(['allOf', 'anyOf', 'oneOf', 'enum'])('%s that is null, as some libraries write it, is none', (keyword) => {
    expect(holding({ ...TEXT, [keyword]: null })).toMatchObject({ changed: false })
    expect(made({ ...TEXT, [keyword]: null })).toEqual({ type: 'STRING' })
  })

  test.each([
    [{ ...TEXT, format: 'uri' }],
    [{ type: 'integer', format: 'float' }],
    [{ type: 'number', exclusiveMinimum: 1 }],
    [{ type: 'number', multipleOf: 2 }],
    [{ type: 'object', additionalProperties: false }],
    [{ allOf: [TEXT, { type: 'number' }] }],
    [{ oneOf: [TEXT, { type: 'number' }] }],
  ])('what cannot be said is owned up to: %j', (schema) => {
    expect(holding(schema).changed).toBe(true)
  })

  test('a schema of anything is a choice of what Gemini knows', () => {
    expect(made({})).toEqual({ anyOf: ['STRING', 'NUMBER', 'BOOLEAN', 'OBJECT'].map((type) => ({ type })) })
  })

  test('an object of nothing is none, and loses nothing', () => {
    const nothing = { $schema: 's', type: 'object', properties: {}, required: [], additionalProperties: false }
    expect(toOpenApi({ ...nothing, title: 't', description: 'd' })).toEqual({ schema: undefined, changed: false })
  })
})

describe('a keyword on its way from Gemini', () => {
  const GOOGLE = { type: 'STRING' }
  test.each([
    [
      { ...GOOGLE, example: 'a' },
      { ...TEXT, examples: ['a'] },
    ],
    [
      { ...GOOGLE, format: 'enum', enum: ['a'] },
      { ...TEXT, enum: ['a'] },
    ],
    [{ items: GOOGLE }, { items: TEXT }],
    [{ not: GOOGLE }, { not: TEXT }],
    [{ additionalProperties: GOOGLE }, { additionalProperties: TEXT }],
    [{ properties: { a: GOOGLE } }, { properties: { a: TEXT } }],
    [{ anyOf: [GOOGLE] }, { anyOf: [TEXT] }],
    [{ oneOf: [GOOGLE] }, { oneOf: [TEXT] }],
    [{ allOf: [GOOGLE] }, { allOf: [TEXT] }],
    [{ prefixItems: [GOOGLE] }, { prefixItems: [TEXT] }],
    [{ $defs: { a: GOOGLE } }, { $defs: { a: TEXT } }],
    [{ definitions: { a: GOOGLE } }, { definitions: { a: TEXT } }],
    [{ ref: '#/defs/a' }, { $ref: '#/$defs/a' }],
  ])('%j is %j', (schema, expected) => {
    expect(fromOpenApi(schema)).toEqual(expected)
  })
})
