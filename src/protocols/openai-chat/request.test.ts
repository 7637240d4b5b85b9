import { describe, expect, test } from 'bun:test'

import type { Envelope } from '../../canon/envelope.ts'
import type { Operation } from '../../canon/operation.ts'
import { scanObject } from '../../canon/scan-object.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'

const GENERATE: Operation = { format: 'openai-chat', action: 'generate' }
const LEAST = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }
const REST = '"messages":[]'

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
const sent = (body: string, acceptsStreamOptions = true): string =>
  new TextDecoder().decode(rewrite(envelope(body), GENERATE, { model: 'm', dialect: { acceptsStreamOptions } }))

describe('the envelope', () => {
  const cases: [more: Record<string, unknown>, envelope: Partial<Envelope>][] = [
    [{}, { stream: false, outputTokensLimit: undefined, choices: 1, includesUsage: false, refersToStored: false }],
    [{ stream: true }, { stream: true }],
    [
      { stream: null, n: null, max_tokens: null, stream_options: null },
      { stream: false, choices: 1, outputTokensLimit: undefined },
    ],
    [{ max_tokens: 7 }, { outputTokensLimit: 7 }],
    [{ max_tokens: 7, max_completion_tokens: 9 }, { outputTokensLimit: 9 }],
    [{ max_tokens: 60_000, max_completion_tokens: 1 }, { outputTokensLimit: 60_000 }],
    [{ max_tokens: 7, max_completion_tokens: null }, { outputTokensLimit: 7 }],
    [{ n: 128 }, { choices: 128 }],
    [{ stream_options: { include_usage: true } }, { includesUsage: true }],
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
    [{ messages: {} }, 'messages'],
    [{ stream: 'true' }, 'stream'],
    [{ stream: 1 }, 'stream'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ max_tokens: -1 }, 'max_tokens'],
    [{ max_tokens: 1.5 }, 'max_tokens'],
    [{ max_tokens: '7' }, 'max_tokens'],
    [{ max_tokens: 'x', max_completion_tokens: 7 }, 'max_tokens'],
    [{ max_completion_tokens: 1e300 }, 'max_completion_tokens'],
    [{ n: 0 }, 'n'],
    [{ n: 129 }, 'n'],
    [{ n: [] }, 'n'],
    [{ stream_options: true }, 'stream_options'],
    [{ stream_options: [] }, 'stream_options'],
    [{ stream_options: { include_usage: 'yes' } }, 'stream_options.include_usage'],
  ]
  for (const [more, param] of refused) {
    test(`is refused for ${JSON.stringify(more)}, naming ${param}`, () => {
      const result = read({ ...LEAST, ...more })
      expect(result).toMatchObject({ ok: false, error: { kind: 'invalid-request', param, issue: expect.any(String) } })
    })
  }

  test('says what it got and what to send', () => {
    expect(read({ ...LEAST, n: 0 })).toMatchObject({
      error: { message: '`n` must be a whole number from 1 to 128; got 0' },
    })
    expect(read({ ...LEAST, messages: [], stream: {} })).toMatchObject({
      error: { message: '`stream` must be true or false; got {}' },
    })
    expect(read({ model: 'm' })).toMatchObject({
      error: { message: '`messages` is missing; send an array of messages, each with a role and content' },
    })
  })

  test('is refused when a stream option is sent twice', () => {
    const twice = '{"model":"m","messages":[],"stream_options":{"include_usage":true,"include_usage":false}}'
    expect(read(twice)).toMatchObject({ ok: false, error: { param: 'stream_options' } })
  })
})

describe('the usage chunk', () => {
  const body = (options: string): string => `{"model":"m",${REST},"stream":true${options}}`
  const asked: [written: string, sent: string][] = [
    ['', ',"stream_options":{"include_usage":true}'],
    [',"stream_options":null', ',"stream_options":{"include_usage":true}'],
    [',"stream_options": { }', ',"stream_options": {"include_usage":true }'],
    [',"stream_options":{"include_usage":false}', ',"stream_options":{"include_usage":true}'],
    [',"stream_options":{"include_usage":null,"x":1}', ',"stream_options":{"include_usage":true,"x":1}'],
    [
      ',"stream_options":{"include_obfuscation" : false},"seed":1',
      ',"stream_options":{"include_obfuscation" : false,"include_usage":true},"seed":1',
    ],
  ]
  for (const [written, expected] of asked) {
    test(`is asked for when the client sends ${JSON.stringify(written)}`, () => {
      expect(envelope(body(written)).includesUsage).toBe(false)
      expect(sent(body(written))).toBe(body(expected))
    })
  }

  test('is not asked for twice, of an upstream that does not know how, or of an answer in one piece', () => {
    const included = body(',"stream_options":{"include_usage":true}')
    expect(envelope(included).includesUsage).toBe(true)
    expect(sent(included)).toBe(included)
    expect(sent(body(''), false)).toBe(body(''))
    const unary = body('').replace('true', 'false')
    expect(sent(unary)).toBe(unary)
  })
})

test('the path is the one under the SDK’s base URL', () => {
  expect(upstreamPath('generate', 'a/b?c', true)).toBe('/chat/completions')
})
