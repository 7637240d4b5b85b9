import { describe, expect, test } from 'bun:test'

import type { Envelope } from '../../canon/envelope.ts'
import type { Operation } from '../../canon/operation.ts'
import { scanObject } from '../../canon/scan-object.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'

const GENERATE: Operation = { format: 'openai-embeddings', action: 'embed' }
const LEAST = { model: 'm', input: 'hi' }

const read = (body: unknown, operation: Operation = GENERATE): Result<Envelope, GatewayError> => {
  const scan = scanObject(new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)), {
    depthMax: 100,
  })
  return scan.ok ? readEnvelope(scan.value, operation) : scan
}
const envelope = (body: unknown, operation: Operation = GENERATE): Envelope => {
  const result = read(body, operation)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

describe('the envelope', () => {
  const cases: [more: Record<string, unknown>, envelope: Partial<Envelope>][] = [
    [{}, { stream: false, outputTokensLimit: undefined, choices: 1, includesUsage: false }],
    [{ input: ['a', 'b'] }, { choices: 1 }],
    [{ input: [[1], [2]] }, { choices: 1 }],
  ]
  for (const [more, expected] of cases) {
    test(`of ${JSON.stringify(more)} is ${JSON.stringify(expected)}`, () => {
      expect(envelope({ ...LEAST, ...more })).toMatchObject(expected)
    })
  }

  const refused: [more: Record<string, unknown>, param: string][] = [
    [{ input: undefined }, 'input'],
    [{ input: null }, 'input'],
    [{ input: 5 }, 'input'],
    [{ input: {} }, 'input'],
  ]
  for (const [more, param] of refused) {
    test(`is refused for ${JSON.stringify(more)}, naming ${param}`, () => {
      const result = read({ ...LEAST, ...more })
      expect(result).toMatchObject({ ok: false, error: { kind: 'invalid-request', param, issue: expect.any(String) } })
    })
  }
})

test('only the model’s name is rewritten', () => {
  const read = envelope('{"input":[1.0],"model":"m"}')
  const sent = rewrite(read, GENERATE, { model: 'n', dialect: { acceptsStreamOptions: true } })
  expect(new TextDecoder().decode(sent)).toBe('{"input":[1.0],"model":"n"}')
})

test('the path is the one under the SDK’s base URL', () => {
  expect(upstreamPath('embed', 'a/b?c', false)).toBe('/embeddings')
})
