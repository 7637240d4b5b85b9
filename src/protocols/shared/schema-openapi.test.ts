import { describe, expect, test } from 'bun:test'
import { fromOpenApi, toOpenApi } from './schema.ts'
import { asText, type Row, tree } from './test-schema.ts'

describe('toOpenApi', () => {
  const rows: readonly Row[] = [
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
  ]
  test.each(rows)('%s', (_, schema, expected, changed) => {
    const made = toOpenApi(schema)
    expect(asText(made.schema)).toBe(asText(expected))
    expect(made.changed).toBe(changed)
  })
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
