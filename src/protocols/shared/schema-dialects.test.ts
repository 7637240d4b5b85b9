import { describe, expect, test } from 'bun:test'
import { forConstrainedOutput, toGeminiJsonSchema } from './schema-fit.ts'

/** Keyword by keyword, what becomes of a schema for an answer, and of one for Gemini that stays JSON Schema. */

const TEXT = { type: 'string' }
const CHOICE = { anyOf: [TEXT, { type: 'null' }] }
const CLOSED = { additionalProperties: false }

describe('a schema that an answer is held to', () => {
  test.each([
    ['title', 'A', 'A'],
    ['description', 'A', 'A'],
    ['default', 'a', 'a'],
    ['$defs', { a: { type: 'object' } }, { a: { type: 'object', properties: {}, ...CLOSED } }],
    ['definitions', { a: { type: 'object' } }, { a: { type: 'object', properties: {}, ...CLOSED } }],
  ])('has %s said once, of the whole, where it may be of several types', (keyword, value, expected) => {
    const schema = { ...CHOICE, [keyword]: expected }
    expect(forConstrainedOutput({ type: ['string', 'null'], [keyword]: value })).toEqual({ schema, changed: false })
    expect(forConstrainedOutput({ ...CHOICE, [keyword]: value })).toEqual({ schema, changed: false })
  })

  test('is a choice of what is no object or list where it says nothing', () => {
    const anyOf = [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'null' }]
    expect(forConstrainedOutput(true)).toEqual({ schema: { anyOf }, changed: true })
    expect(forConstrainedOutput({ description: 'A' })).toEqual({ schema: { anyOf, description: 'A' }, changed: true })
  })

  test('is of a list where it says what only lists have', () => {
    expect(forConstrainedOutput({ items: TEXT })).toEqual({ schema: { type: 'array', items: TEXT }, changed: false })
  })

  test('says of each type what concerns it', () => {
    expect(forConstrainedOutput({ type: ['string', 'array'], items: TEXT, enum: ['a', ['b']] }).schema).toEqual({
      anyOf: [
        { type: 'string', enum: ['a'] },
        { type: 'array', items: TEXT, description: '{enum: [["b"]]}' },
      ],
    })
  })

  test('tells what it has no keyword for: the members of a tuple', () => {
    expect(forConstrainedOutput({ type: 'array', prefixItems: [TEXT] })).toEqual({
      schema: { type: 'array', description: '{prefixItems: [{"type":"string"}]}' },
      changed: true,
    })
  })
})

describe.each([
  ['an answer', forConstrainedOutput, CLOSED],
  ['Gemini', toGeminiJsonSchema, {}],
])('a schema for %s', (_, fitted, closed) => {
  test('requires only properties that there are', () => {
    const object = { type: 'object', properties: { a: TEXT } }
    expect(fitted({ ...object, required: ['a', 'b'] })).toEqual({
      schema: { ...object, required: ['a'], ...closed },
      changed: true,
    })
    expect(fitted({ ...object, required: ['b'] })).toEqual({ schema: { ...object, ...closed }, changed: true })
  })

  test('lists values that are plain, and tells others', () => {
    expect(fitted({ ...TEXT, enum: ['a'] })).toEqual({ schema: { ...TEXT, enum: ['a'] }, changed: false })
    expect(fitted({ type: 'object', properties: {}, enum: [{ a: 1 }] })).toEqual({
      schema: { type: 'object', properties: {}, ...closed, description: '{enum: [{"a":1}]}' },
      changed: true,
    })
  })
})

describe('a schema for Gemini', () => {
  test.each([
    [{ type: 'array', prefixItems: [TEXT] }],
    [{ ...TEXT, format: 'anything' }],
    [{ ...TEXT, definitions: { a: TEXT } }],
    [{ type: 'object', properties: {}, additionalProperties: TEXT }],
  ])('keeps %j', (schema) => {
    expect(toGeminiJsonSchema({ type: 'object', properties: { a: schema } })).toMatchObject({ changed: false })
    expect(toGeminiJsonSchema({ type: 'array', items: schema }).schema.items).toEqual(schema)
  })
})
