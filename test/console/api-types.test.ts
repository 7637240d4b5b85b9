import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { openControlPlane } from '../../src/http/admin/testing/open.ts'
import { typesOf } from '../../tools/api-types-render.ts'

const linesOf = (schema: Record<string, unknown>): string =>
  typesOf({ components: { schemas: { A: schema } } }).match(/'A': (.*)/)?.[1] ?? ''

describe('the types of the API', () => {
  test('are those of its description as it is now; otherwise run `npm run api-types`', async () => {
    const plane = await openControlPlane()
    const { json } = await plane.send('GET', '/api/openapi.json')
    await plane.close()
    const written = readFileSync(new URL('../../console/src/api/schema.d.ts', import.meta.url), 'utf8')
    expect(written).toBe(typesOf(json))
  })

  test.each([
    [{ type: 'integer' }, 'number'],
    [{ type: ['string', 'null'] }, '(string | null)'],
    [{ enum: ['a', 1] }, '("a" | 1)'],
    [{ const: true }, 'true'],
    [{ $ref: '#/components/schemas/B' }, "components['schemas']['B']"],
    [{ type: 'array', items: { type: 'string' } }, 'readonly string[]'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, '(string | null)'],
    [{ allOf: [{ type: 'string' }, { default: 'x' }] }, '(string)'],
    [
      { allOf: [{ $ref: '#/components/schemas/B' }, { type: ['object', 'null'], properties: { a: {} } }] },
      "((components['schemas']['B'] & { readonly a?: unknown }) | null)",
    ],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'Readonly<Record<string, number>>'],
    [
      { type: 'object', required: ['a'], properties: { a: { type: 'string' }, '2b': {} } },
      "{ readonly a: string; readonly '2b'?: unknown }",
    ],
    [{}, 'unknown'],
  ])('of %j are %s', (schema, type) => {
    expect(linesOf(schema)).toBe(type)
  })

  test('of an operation are what it takes and what its success answers', () => {
    const json = (schema: object) => ({ content: { 'application/json': { schema } } })
    const operation = {
      parameters: [
        { in: 'query', name: 'limit', schema: { type: 'integer' } },
        { in: 'path', name: 'id', schema: { type: 'string' } },
      ],
      requestBody: json({ type: 'string' }),
      responses: { 200: json({ type: 'boolean' }), 400: json({ type: 'number' }) },
    }
    const types = typesOf({ paths: { '/api/a/{id}': { post: operation }, '/v1/models': { get: operation } } })
    expect(types).toContain(
      "'/api/a/{id}': {\n    post: { query: { readonly limit?: number }; body: string; answer: boolean }",
    )
    expect(types).not.toContain('/v1/models')
  })
})
