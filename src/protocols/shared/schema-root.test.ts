import { describe, expect, test } from 'bun:test'
import { objectRoot } from './schema.ts'
import { asText, EMPTY, type Row } from './test-schema.ts'

describe('objectRoot', () => {
  const rows: readonly Row[] = [
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
  ]
  test.each(rows)('%s', (_, schema, expected, changed) => {
    const made = objectRoot(schema)
    expect(asText(made.schema)).toBe(asText(expected))
    expect(made.changed).toBe(changed)
  })

  test.each([
    ['not', {}],
    ['enum', [{}]],
    ['const', {}],
  ])('59 drops %s, which no vendor takes at the root, and owns up to it', (keyword, value) => {
    expect(objectRoot({ ...EMPTY, [keyword]: value })).toEqual({ schema: EMPTY, changed: true })
  })

  test('what needs nothing comes back as the same object', () => {
    const schema = { type: 'object', properties: { z: { oneOf: [] }, a: {} }, additionalProperties: false }
    expect(objectRoot(schema).schema).toBe(schema)
  })
})
