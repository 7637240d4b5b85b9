import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readJson } from '../../canon/json-text.ts'
import {
  forConstrainedOutput,
  fromOpenApi,
  isStrictSubset,
  objectRoot,
  toGeminiJsonSchema,
  toOpenApi,
} from './schema.ts'
import { asText } from './test-schema.ts'

const CONVERTERS = { objectRoot, isStrictSubset, forConstrainedOutput, toOpenApi, fromOpenApi, toGeminiJsonSchema }

/** Any JSON, and schemas that are nearly right. */
const { any: nearlySchema } = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    fc.jsonValue({ maxDepth: 1 }),
    tie('schema'),
  ),
  schema: fc.record(
    {
      type: fc.oneof(
        fc.constantFrom('object', 'array', 'string', 'integer', 'null', 'OBJECT'),
        fc.subarray(['string', 'object', 'null']),
      ),
      properties: fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'type'), tie('any')),
      required: fc.subarray(['a', 'b', 'toString']),
      items: tie('any'),
      anyOf: fc.array(tie('any'), { maxLength: 2 }),
      oneOf: fc.array(tie('any'), { maxLength: 2 }),
      allOf: fc.array(tie('any'), { maxLength: 2 }),
      $ref: fc.constantFrom('#', '#/$defs/a', '#/properties/a', '#/anyOf/0', 'http://x', '#/%'),
      $defs: fc.dictionary(fc.constantFrom('a', 'b'), tie('any')),
      enum: fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 2 }),
      const: fc.jsonValue({ maxDepth: 1 }),
      minItems: fc.oneof(fc.integer(), fc.constant('1')),
      description: fc.string({ maxLength: 2 }),
      additionalProperties: tie('any'),
    },
    { requiredKeys: [] },
  ),
}))

describe('any JSON', () => {
  test('59 64 66 no converter fails, and a root is always an object without combinators', () => {
    fc.assert(
      fc.property(nearlySchema, (schema) => {
        for (const convert of Object.values(CONVERTERS)) convert(schema)
        const root = objectRoot(schema).schema
        expect([root.type, typeof root.properties]).toEqual(['object', 'object'])
        for (const keyword of ['$ref', 'anyOf', 'oneOf', 'allOf', 'not', 'enum', 'const']) {
          expect(Object.hasOwn(root, keyword)).toBe(false)
        }
      }),
      { seed: 64, numRuns: 300 },
    )
  })

  /** Schemas that multiply or go on without end when they are written out. */
  const nested = (levels: number): unknown =>
    Array.from({ length: levels }).reduce((inner) => ({ properties: { a: inner } }), {})
  const chain = (combine: (ref: unknown) => object): object => ({
    $ref: '#/$defs/0',
    $defs: Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [String(at), combine({ $ref: `#/$defs/${(at + 1) % 60}` })]),
    ),
  })
  const line = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => ({ anyOf: [inner] }), {})
  const BOMBS: readonly (readonly [title: string, schema: unknown])[] = [
    ['doubling properties', chain((ref) => ({ type: 'object', properties: { a: ref, b: ref } }))],
    ['doubling choices', chain((ref) => ({ anyOf: [ref, ref], properties: { a: ref } }))],
    ['doubling demands', chain((ref) => ({ allOf: [ref, ref] }))],
    [
      'doubling demands of properties',
      chain((ref) => ({ allOf: [{ properties: { a: ref } }, { properties: { a: { allOf: [ref] } } }] })),
    ],
    ['an endless chain', chain((ref) => ref as object)],
    ['deep properties', nested(20_000)],
    ['deep choices', line(20_000)],
    [
      'many references to a large schema',
      {
        allOf: Array.from({ length: 3_000 }, () => ({ $ref: '#/$defs/A' })),
        $defs: { A: { properties: Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`p${at}`, {}])) } },
      },
    ],
  ]
  test.each(BOMBS)('64 %s end', (_, schema) => {
    for (const convert of Object.values(CONVERTERS)) convert(schema)
    expect(asText(toOpenApi(schema)).length).toBeLessThan(4_000_000)
  })

  test('a schema of the common words survives the way to Gemini and back', () => {
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3 },
        fc.record({ type: fc.constantFrom('string', 'integer', 'boolean'), description: fc.string({ minLength: 1 }) }),
        fc.record({ type: fc.constant('array'), minItems: fc.nat(9), items: tie('schema') }),
        fc
          .dictionary(fc.constantFrom('b', 'a', 'c', '__proto__'), tie('schema'), { minKeys: 1 })
          .map((properties) => ({ type: 'object', properties })),
      ),
    }))
    fc.assert(
      fc.property(schema, (original) => {
        const { schema: written, changed } = toOpenApi(original)
        expect(asText(fromOpenApi(written))).toBe(asText(original))
        expect(changed).toBe(false)
      }),
      { seed: 65, numRuns: 500 },
    )
  })

  test('numbers keep their spelling', () => {
    const schema = readJson('{"type":"object","properties":{"n":{"type":"number","minimum":1.0,"enum":[1.50]}}}')
    expect(JSON.stringify(toGeminiJsonSchema(schema).schema)).toContain('"minimum":1.0,"enum":[1.50]')
    expect(JSON.stringify(forConstrainedOutput(schema).schema)).toContain('"enum":[1.50]')
    expect(JSON.stringify(toOpenApi(schema).schema)).toContain('"enum":["1.50"]')
  })
})
