import { describe, expect, test } from 'bun:test'
import { forConstrainedOutput, isStrictSubset, toGeminiJsonSchema } from './schema.ts'
import { asText, EMPTY, type Row, tree } from './test-schema.ts'

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
  const rows: readonly Row[] = [
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
  ]
  test.each(rows)('%s', (_, schema, expected, changed) => {
    const made = forConstrainedOutput(schema)
    expect(asText(made.schema)).toBe(asText(expected))
    expect(made.changed).toBe(changed)
  })
})

describe('toGeminiJsonSchema', () => {
  const rows: readonly Row[] = [
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
  ]
  test.each(rows)('%s', (_, schema, expected, changed) => {
    const made = toGeminiJsonSchema(schema)
    expect(asText(made.schema)).toBe(asText(expected))
    expect(made.changed).toBe(changed)
  })
})
