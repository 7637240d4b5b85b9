import { describe, expect, test } from 'bun:test'

import type { Envelope } from '../../canon/envelope.ts'
import type { Operation } from '../../canon/operation.ts'
import { scanObject } from '../../canon/scan-object.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'

const GENERATE: Operation = { format: 'anthropic-messages', action: 'generate' }
const COUNT: Operation = { format: 'anthropic-messages', action: 'count-tokens' }
const LEAST = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }

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
    [{}, { stream: false, outputTokensLimit: 4096, choices: 1, includesUsage: false, refersToStored: false }],
    [
      { max_tokens: 9, stream: true },
      { outputTokensLimit: 9, stream: true },
    ],
    [{ max_tokens: 0 }, { outputTokensLimit: 0 }],
    [{ max_tokens: 5000, thinking: { type: 'enabled', budget_tokens: 4000 } }, { outputTokensLimit: 5000 }],
    [{ messages: [{ role: 'system', content: 'x' }] }, { choices: 1 }],
    [{ thread: { type: 'create' } }, { refersToStored: false }],
    [{ thread: { type: 'continue', previous_message_id: 'msg_1' } }, { refersToStored: true }],
    [{ thread: null, container: null }, { refersToStored: false }],
    [{ container: 'container_1' }, { refersToStored: true }],
    [{ container: { skills: [] } }, { refersToStored: true }],
    [{ messages: [{ content: [{ source: { type: 'file', file_id: 'f' } }] }] }, { refersToStored: true }],
  ]
  for (const [more, expected] of cases) {
    test(`of ${JSON.stringify(more)} is ${JSON.stringify(expected)}`, () => {
      expect(envelope({ ...LEAST, ...more })).toMatchObject(expected)
    })
  }

  const refused: [more: Record<string, unknown>, param: string][] = [
    [{ messages: undefined }, 'messages'],
    [{ messages: null }, 'messages'],
    [{ messages: 'hi' }, 'messages'],
    [{ max_tokens: -1 }, 'max_tokens'],
    [{ max_tokens: null }, 'max_tokens'],
    [{ max_tokens: 1.5 }, 'max_tokens'],
    [{ max_tokens: '9' }, 'max_tokens'],
    [{ stream: 'x' }, 'stream'],
    [{ thread: 'continue' }, 'thread'],
    [{ thread: { type: 1 } }, 'thread.type'],
    [{ container: 5 }, 'container'],
  ]
  for (const [more, param] of refused) {
    test(`is refused for ${JSON.stringify(more)}, naming ${param}`, () => {
      const result = read({ ...LEAST, ...more })
      expect(result).toMatchObject({ ok: false, error: { kind: 'invalid-request', param, issue: expect.any(String) } })
    })
  }
})

const sent = (body: unknown, operation: Operation, model = 'm'): string =>
  new TextDecoder().decode(
    rewrite(envelope(body, operation), operation, { model, dialect: { acceptsStreamOptions: true } }),
  )

test('an output limit is sent when the client sets none, and never with a count', () => {
  expect(sent('{"model":"m","messages":[]}', GENERATE)).toBe('{"model":"m","messages":[],"max_tokens":4096}')
  expect(sent('{"max_tokens":0,"model":"m","messages":[]}', GENERATE, 'n')).toBe(
    '{"max_tokens":0,"model":"n","messages":[]}',
  )
  expect(sent('{"model":"m","messages":[]}', COUNT, 'n')).toBe('{"model":"n","messages":[]}')
  expect(envelope(LEAST, COUNT).outputTokensLimit).toBeUndefined()
})

test('the paths are those under the SDK’s base URL', () => {
  expect(upstreamPath('generate', 'a/b?c', true)).toBe('/v1/messages')
  expect(upstreamPath('count-tokens', 'a/b?c', false)).toBe('/v1/messages/count_tokens')
})
