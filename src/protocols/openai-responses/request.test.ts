import { describe, expect, test } from 'bun:test'

import type { Envelope } from '../../canon/envelope.ts'
import type { Operation } from '../../canon/operation.ts'
import { scanObject } from '../../canon/scan-object.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'

const GENERATE: Operation = { format: 'openai-responses', action: 'generate' }
const COUNT: Operation = { format: 'openai-responses', action: 'count-tokens' }
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
    [{}, { stream: false, outputTokensLimit: undefined, choices: 1, includesUsage: false, refersToStored: false }],
    [
      { input: [], stream: true, max_output_tokens: 50 },
      { stream: true, outputTokensLimit: 50 },
    ],
    [
      { max_output_tokens: null, previous_response_id: null, conversation: null, prompt: null },
      { refersToStored: false },
    ],
    [{ previous_response_id: 'resp_1' }, { refersToStored: true }],
    [{ input: undefined, previous_response_id: 'resp_1' }, { refersToStored: true }],
    [{ input: undefined, prompt: { id: 'pmpt_1' } }, { refersToStored: true }],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, { refersToStored: true }],
    [{ input: [{ content: [{ type: 'input_file', file_id: 'file-1' }] }] }, { refersToStored: true }],
    [{ stream: true, stream_options: { include_obfuscation: false } }, { includesUsage: false }],
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
    [{ input: {}, previous_response_id: 'resp_1' }, 'input'],
    [{ stream: 'x' }, 'stream'],
    [{ stream_options: 1 }, 'stream_options'],
    [{ max_output_tokens: 0 }, 'max_output_tokens'],
    [{ max_output_tokens: true }, 'max_output_tokens'],
    [{ previous_response_id: 5 }, 'previous_response_id'],
    [{ prompt: 'pmpt_1' }, 'prompt'],
  ]
  for (const [more, param] of refused) {
    test(`is refused for ${JSON.stringify(more)}, naming ${param}`, () => {
      const result = read({ ...LEAST, ...more })
      expect(result).toMatchObject({ ok: false, error: { kind: 'invalid-request', param, issue: expect.any(String) } })
    })
  }
})

for (const conversation of ['conv_1', { id: 'conv_1' }, []])
  test(`the conversation ${JSON.stringify(conversation)}, which is kept elsewhere, is refused and never passed over`, () => {
    const result = read({ ...LEAST, conversation })
    expect(result).toMatchObject({ ok: false, error: { kind: 'unsupported-parameter', param: 'conversation' } })
  })

test('a count of input tokens needs no input, but none of a wrong type', () => {
  expect(read({ model: 'm' }, COUNT).ok).toBe(true)
  expect(read({ model: 'm', input: 5 }, COUNT)).toMatchObject({ error: { param: 'input' } })
})

test('a stream is not asked for its usage, which always comes', () => {
  const read = envelope({ ...LEAST, stream: true })
  expect(rewrite(read, GENERATE, { model: 'm', dialect: { acceptsStreamOptions: true } })).toBe(read.scan.bytes)
})

test('the paths are those under the SDK’s base URL', () => {
  expect(upstreamPath('generate', 'a/b?c', true)).toBe('/responses')
  expect(upstreamPath('count-tokens', 'a/b?c', false)).toBe('/responses/input_tokens')
})
