import { describe, expect, test } from 'bun:test'
import { mergedAllOf } from './schema-merge.ts'
import { startRewriting } from './schema-walk.ts'

const merged = (schema: Readonly<Record<string, unknown>>) => mergedAllOf(schema, startRewriting(schema))

describe('what a schema and another that it demands both say', () => {
  test.each([
    ['type', ['string', 'null'], 'string', 'string'],
    ['type', ['string', 'number', 'null'], ['null', 'string'], ['string', 'null']],
    ['required', ['a', 'b'], ['b', 'c'], ['a', 'b', 'c']],
    ['properties', { a: { type: 'string' } }, { b: {} }, { a: { type: 'string' }, b: {} }],
    ['description', 'near', 'far', 'near'],
    ['title', 'near', 'far', 'near'],
    ['default', 'near', 'far', 'near'],
    ['examples', ['near'], ['far'], ['near']],
    ['pattern', 'a+', 'a+', 'a+'],
    ['enum', ['a', 'b'], ['a', 'b'], ['a', 'b']],
  ])('of %s is said once: %j and %j are %j', (keyword, own, demanded, expected) => {
    expect(merged({ [keyword]: own, allOf: [{ [keyword]: demanded }] })).toEqual({ [keyword]: expected })
  })

  test.each([
    ['type', 'string', 'number'],
    ['pattern', 'a+', 'b+'],
    ['minimum', 1, 2],
  ])('of %s cannot be said where it is not the same: %j and %j', (keyword, own, demanded) => {
    expect(merged({ [keyword]: own, allOf: [{ [keyword]: demanded }] })).toBeUndefined()
  })
})
