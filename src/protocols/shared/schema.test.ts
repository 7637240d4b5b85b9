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

type Row = readonly [title: string, schema: unknown, expected: unknown, changed: boolean]

/** Compared as text: the order of properties counts. */
const asText = (value: unknown): string => JSON.stringify(value, undefined, 1) ?? 'undefined'
const tableOf = (
  rows: readonly Row[],
  convert: (schema: unknown) => { readonly schema: unknown; readonly changed: boolean },
): void => {
  test.each(rows.map((row) => [...row] as const))('%s', (_, schema, expected, changed) => {
    const made = convert(schema)
    expect(asText(made.schema)).toBe(asText(expected))
    expect(made.changed).toBe(changed)
  })
}

const EMPTY = { type: 'object', properties: {} }
const tree = {
  type: 'object',
  properties: { label: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } },
}

describe('objectRoot', () => {
  tableOf(
    [
      ['66 gives a tool without parameters an empty object', undefined, EMPTY, false],
      [
        '66 gives a schema without a type one',
        { properties: { a: {} } },
        { type: 'object', properties: { a: {} } },
        false,
      ],
      [
        '66 gives an object without properties none',
        { type: 'object', description: 'd' },
        { type: 'object', description: 'd', properties: {} },
        false,
      ],
      [
        '59 lifts a root oneOf to the union of properties and what all require',
        {
          oneOf: [
            {
              type: 'object',
              properties: { kind: { const: 'file' }, path: { type: 'string' } },
              required: ['kind', 'path'],
            },
            { type: 'object', properties: { kind: { const: 'url' }, url: { type: 'string' } }, required: ['kind'] },
          ],
        },
        {
          type: 'object',
          properties: { kind: { enum: ['file', 'url'] }, path: { type: 'string' }, url: { type: 'string' } },
          required: ['kind'],
          description: 'Exactly one of these sets of arguments: kind, path | kind, url?.',
        },
        true,
      ],
      [
        '59 lifts a root anyOf that only requires',
        {
          type: 'object',
          properties: { a: {}, b: {} },
          anyOf: [{ required: ['a'] }, { required: ['b'] }],
          description: 'd',
        },
        {
          type: 'object',
          properties: { a: {}, b: {} },
          description: 'd\n\nAt least one of these sets of arguments: a | b.',
        },
        true,
      ],
      [
        '59 offers both schemas of a property that alternatives describe differently',
        { anyOf: [{ properties: { a: { type: 'string' } } }, { properties: { a: { type: 'number' } } }] },
        {
          type: 'object',
          properties: { a: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
          description: 'At least one of these sets of arguments: a? | a?.',
        },
        true,
      ],
      [
        '59 merges a root allOf, which loses nothing',
        {
          allOf: [
            { type: 'object', properties: { b: {} }, required: ['b'] },
            { properties: { a: {} }, required: ['a'] },
          ],
        },
        { type: 'object', properties: { b: {}, a: {} }, required: ['b', 'a'] },
        false,
      ],
      [
        '59 follows a root reference, and keeps the definitions for the others',
        { $ref: '#/$defs/A', $defs: { A: { type: 'object', properties: { a: { $ref: '#/$defs/A' } } } } },
        {
          $defs: { A: { type: 'object', properties: { a: { $ref: '#/$defs/A' } } } },
          type: 'object',
          properties: { a: { $ref: '#/$defs/A' } },
        },
        false,
      ],
      [
        '59 drops alternatives that are no objects',
        { anyOf: [{ type: 'null' }, { type: 'object', properties: { a: {} } }] },
        { type: 'object', properties: { a: {} } },
        false,
      ],
      ['59 gives up on a root that no object matches', { type: 'array', items: {} }, EMPTY, true],
      ['59 gives up on a root that refers to itself', { $ref: '#' }, EMPTY, true],
    ],
    objectRoot,
  )

  test('what needs nothing comes back as the same object', () => {
    const schema = { type: 'object', properties: { z: { oneOf: [] }, a: {} }, additionalProperties: false }
    expect(objectRoot(schema).schema).toBe(schema)
  })
})

describe('isStrictSubset', () => {
  const object = (properties: object, more: object = {}): object => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
    ...more,
  })
  const rows: readonly (readonly [title: string, schema: unknown, strict: boolean])[] = [
    ['62 takes closed objects with everything required', object({ a: { type: 'string' }, b: object({}) }), true],
    [
      '62 takes nullable types, choices, values and references',
      object({ a: { type: ['string', 'null'] }, b: { anyOf: [{ $ref: '#' }, { type: 'null' }] }, c: { const: 1 } }),
      true,
    ],
    ['62 refuses an open object', { ...object({}), additionalProperties: undefined }, false],
    ['62 refuses an optional property', object({ a: { type: 'string' } }, { required: [] }), false],
    [
      '62 refuses an optional property within',
      object({ a: object({ b: { type: 'string' } }, { required: [] }) }),
      false,
    ],
    ['62 refuses keywords outside the subset', object({ a: { type: 'string', default: 'x' } }), false],
    ['62 refuses oneOf', object({ a: { oneOf: [{ type: 'string' }] } }), false],
    ['62 refuses a root choice', object({}, { anyOf: [object({})] }), false],
    ['62 refuses a property without a type', object({ a: {} }), false],
    ['62 refuses an array of anything', object({ a: { type: 'array' } }), false],
    ['62 refuses words beside a reference', object({ a: { $ref: '#', description: 'd' } }), false],
    ['62 refuses a reference to nothing', object({ a: { $ref: '#/$defs/Nope' } }), false],
    ['62 refuses no schema', undefined, false],
  ]
  test.each(rows)('%s', (_, schema, strict) => {
    expect(isStrictSubset(schema)).toBe(strict)
  })
})

describe('forConstrainedOutput', () => {
  const closed = { additionalProperties: false }
  tableOf(
    [
      [
        '60 closes objects and keeps $defs and $ref',
        {
          type: 'object',
          properties: { b: { $ref: '#/$defs/B' } },
          $defs: { B: { type: 'object', properties: { x: { type: 'string' } } } },
        },
        {
          type: 'object',
          properties: { b: { $ref: '#/$defs/B' } },
          $defs: { B: { type: 'object', properties: { x: { type: 'string' } }, ...closed } },
          ...closed,
        },
        false,
      ],
      [
        '60 tells what the dialect has no keyword for in the description',
        { type: 'object', properties: { n: { type: 'integer', description: 'Age.', minimum: 0, maximum: 9 } } },
        {
          type: 'object',
          properties: { n: { type: 'integer', description: 'Age.\n\n{minimum: 0, maximum: 9}' } },
          ...closed,
        },
        true,
      ],
      [
        '60 writes oneOf as anyOf',
        { type: 'object', properties: { v: { oneOf: [{ type: 'string' }, { type: 'null' }] } } },
        { type: 'object', properties: { v: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, ...closed },
        true,
      ],
      [
        '60 keeps at most one required item, and the formats there are',
        { type: 'array', items: { type: 'string', format: 'date' }, minItems: 1 },
        { type: 'array', items: { type: 'string', format: 'date' }, minItems: 1 },
        false,
      ],
      [
        '60 tells other formats and counts',
        { type: 'array', items: { type: 'string', format: 'x' }, minItems: 2 },
        { type: 'array', items: { type: 'string', description: '{format: "x"}' }, description: '{minItems: 2}' },
        true,
      ],
      [
        '60 puts what stands beside a choice into its members, which would contradict each other closed',
        {
          type: 'object',
          properties: { a: { type: 'string' } },
          anyOf: [{ required: ['a'] }, { properties: { b: { type: 'string' } } }],
        },
        {
          anyOf: [
            { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], ...closed },
            { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, ...closed },
          ],
        },
        false,
      ],
      [
        '60 keeps the words beside a reference',
        { ...tree, properties: { next: { $ref: '#', description: 'The next.' } } },
        { type: 'object', properties: { next: { description: 'The next.', anyOf: [{ $ref: '#' }] } }, ...closed },
        false,
      ],
      [
        '60 splits a list of types',
        { type: ['string', 'null'], enum: ['a', null] },
        { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] },
        false,
      ],
      ['60 names the type of values', { enum: ['a', 'b'] }, { type: 'string', enum: ['a', 'b'] }, false],
      [
        '60 tells what a map holds',
        { type: 'object', additionalProperties: { type: 'string' } },
        { type: 'object', properties: {}, ...closed, description: '{additionalProperties: {"type":"string"}}' },
        true,
      ],
    ],
    forConstrainedOutput,
  )
})

describe('toOpenApi', () => {
  tableOf(
    [
      [
        '63 omits an object of nothing',
        { type: 'object', properties: {}, additionalProperties: false },
        undefined,
        false,
      ],
      ['66 omits what is not there', undefined, undefined, false],
      [
        '63 67 writes types large, limits as text, and tells the order of properties',
        {
          type: 'object',
          properties: {
            z: { type: 'string', maxLength: 5 },
            a: { type: 'array', items: { type: 'integer' }, minItems: 1 },
          },
          required: ['z'],
        },
        {
          type: 'OBJECT',
          properties: {
            z: { type: 'STRING', maxLength: '5' },
            a: { type: 'ARRAY', minItems: '1', items: { type: 'INTEGER' } },
          },
          required: ['z'],
          propertyOrdering: ['z', 'a'],
        },
        false,
      ],
      ['63 writes a constant as a list of one', { const: 'a' }, { type: 'STRING', format: 'enum', enum: ['a'] }, false],
      [
        '63 writes numeric values as text',
        { type: 'integer', enum: [1, 2] },
        { type: 'STRING', format: 'enum', enum: ['1', '2'] },
        true,
      ],
      ['63 writes null as nullable', { type: ['string', 'null'] }, { type: 'STRING', nullable: true }, false],
      [
        '63 writes a list of types as anyOf, each with what concerns it',
        { type: ['string', 'integer', 'null'], minLength: 1, maximum: 3, description: 'd' },
        {
          description: 'd',
          anyOf: [
            { type: 'STRING', minLength: '1' },
            { type: 'INTEGER', maximum: 3 },
          ],
          nullable: true,
        },
        false,
      ],
      [
        '63 writes a choice with null as nullable',
        { anyOf: [{ type: 'string' }, { type: 'null' }], title: 'T' },
        { type: 'STRING', title: 'T', nullable: true },
        false,
      ],
      [
        '63 writes references out',
        {
          type: 'object',
          properties: { a: { $ref: '#/$defs/A', description: 'd' } },
          $defs: { A: { type: 'string', description: 'A' } },
        },
        { type: 'OBJECT', properties: { a: { type: 'STRING', description: 'd' } } },
        false,
      ],
      [
        '64 writes a reference to itself as any object, once',
        {
          $ref: '#/$defs/N',
          $defs: { N: { type: 'object', properties: { next: { $ref: '#/$defs/N', description: 'd' } } } },
        },
        { type: 'OBJECT', properties: { next: { description: 'd', type: 'OBJECT' } } },
        true,
      ],
      [
        '63 drops unknown keywords and says so',
        { type: 'string', contentEncoding: 'base64', $schema: 's' },
        { type: 'STRING' },
        true,
      ],
      ['63 drops formats that Gemini refuses', { type: 'string', format: 'uri' }, { type: 'STRING' }, true],
      [
        '63 writes an exclusive limit of integers',
        { type: 'integer', exclusiveMinimum: 0 },
        { type: 'INTEGER', minimum: 1 },
        false,
      ],
      ['63 drops an exclusive limit of numbers', { type: 'number', exclusiveMinimum: 0 }, { type: 'NUMBER' }, true],
      [
        '63 requires only properties that there are',
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a', 'b'] },
        { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] },
        true,
      ],
      ['63 merges allOf', { allOf: [{ type: 'string' }, { minLength: 1 }] }, { type: 'STRING', minLength: '1' }, false],
      ['63 drops an empty value, which Gemini refuses', { type: 'string', enum: ['', 'a'] }, { type: 'STRING' }, true],
    ],
    toOpenApi,
  )
})

describe('fromOpenApi', () => {
  const rows: readonly (readonly [title: string, schema: unknown, expected: unknown])[] = [
    [
      '65 writes types small and limits as numbers',
      { type: 'ARRAY', minItems: '1', items: { type: 'STRING' } },
      { type: 'array', minItems: 1, items: { type: 'string' } },
    ],
    ['65 writes nullable as a type', { type: 'STRING', nullable: true }, { type: ['string', 'null'] }],
    [
      '65 writes nullable beside values and choices',
      { anyOf: [{ type: 'STRING', enum: ['a'], nullable: true }], nullable: true },
      { anyOf: [{ type: ['string', 'null'], enum: ['a', null] }, { type: 'null' }] },
    ],
    [
      '65 writes numeric values as numbers',
      { type: 'INTEGER', format: 'enum', enum: ['1', '2'] },
      { type: 'integer', enum: [1, 2] },
    ],
    [
      '65 67 orders properties',
      { type: 'OBJECT', properties: { a: { type: 'STRING' }, z: {} }, propertyOrdering: ['z', 'a'] },
      { type: 'object', properties: { z: {}, a: { type: 'string' } } },
    ],
    [
      '65 reads names of protocol buffers',
      { type: 'OBJECT', any_of: [{ type: 'NULL' }], min_properties: '2' },
      { type: 'object', anyOf: [{ type: 'null' }], minProperties: 2 },
    ],
    [
      '65 leaves out a type that is none, and a limit beyond counting',
      { type: 'TYPE_UNSPECIFIED', maxItems: '9223372036854775807' },
      {},
    ],
    ['65 leaves JSON Schema as it is', tree, tree],
    [
      '65 does not take a property for a keyword',
      { type: 'OBJECT', properties: { type: { type: 'STRING' }, nullable: { type: 'BOOLEAN' } } },
      { type: 'object', properties: { type: { type: 'string' }, nullable: { type: 'boolean' } } },
    ],
    ['65 leaves nothing as nothing', undefined, undefined],
  ]
  test.each(rows)('%s', (_, schema, expected) => {
    expect(asText(fromOpenApi(schema))).toBe(asText(expected))
  })
})

describe('toGeminiJsonSchema', () => {
  tableOf(
    [
      ['66 gives nothing an empty object', undefined, EMPTY, false],
      [
        '63 67 keeps what Google documents, and tells the order of properties',
        {
          $schema: 's',
          type: 'object',
          properties: { z: { type: ['string', 'null'] }, a: { $ref: '#/$defs/A' } },
          $defs: { A: { type: 'integer', minimum: 1 } },
          additionalProperties: false,
        },
        {
          type: 'object',
          properties: { z: { type: ['string', 'null'] }, a: { $ref: '#/$defs/A' } },
          $defs: { A: { type: 'integer', minimum: 1 } },
          additionalProperties: false,
          propertyOrdering: ['z', 'a'],
        },
        false,
      ],
      [
        '63 writes a constant as a value, and tells other keywords',
        { type: 'string', const: 'a', pattern: '^a' },
        { type: 'string', enum: ['a'], description: '{pattern: "^a"}' },
        true,
      ],
      ['63 keeps recursion', tree, { ...tree, propertyOrdering: ['label', 'children'] }, false],
    ],
    toGeminiJsonSchema,
  )
})

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
