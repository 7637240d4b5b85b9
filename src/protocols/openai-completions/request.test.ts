import { describe, expect, test } from 'bun:test'

import type { Envelope } from '../../canon/envelope.ts'
import type { Operation } from '../../canon/operation.ts'
import { scanObject } from '../../canon/scan-object.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'

const GENERATE: Operation = { format: 'openai-completions', action: 'generate' }
const LEAST = { model: 'm', prompt: 'hi' }
const REST = '"prompt":"hi"'

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
    [{}, { stream: false, outputTokensLimit: 16, choices: 1, includesUsage: false }],
    [
      { max_tokens: null, n: null, best_of: null, prompt: null },
      { outputTokensLimit: 16, choices: 1 },
    ],
    [{ max_tokens: 0 }, { outputTokensLimit: 0 }],
    [
      { max_tokens: 300, stream: true },
      { outputTokensLimit: 300, stream: true },
    ],
    [{ n: 2, best_of: 5 }, { choices: 5 }],
    [{ n: 3, best_of: 0 }, { choices: 3 }],
    [{ prompt: ['a,"', 'b', 'c'], n: 2 }, { choices: 6 }],
    [{ prompt: [1, 2, 3] }, { choices: 1 }],
    [{ prompt: [[1, 2], [3]], best_of: 2 }, { choices: 4 }],
    [{ prompt: [] }, { choices: 1 }],
    [{ stream_options: { include_usage: true } }, { includesUsage: true }],
  ]
  for (const [more, expected] of cases) {
    test(`of ${JSON.stringify(more)} is ${JSON.stringify(expected)}`, () => {
      expect(envelope({ ...LEAST, ...more })).toMatchObject(expected)
    })
  }

  const refused: [more: Record<string, unknown>, param: string][] = [
    [{ prompt: undefined }, 'prompt'],
    [{ prompt: 5 }, 'prompt'],
    [{ prompt: {} }, 'prompt'],
    [{ prompt: Array.from({ length: 10_001 }, () => '') }, 'prompt'],
    [{ max_tokens: -1 }, 'max_tokens'],
    [{ n: 0 }, 'n'],
    [{ best_of: 129 }, 'best_of'],
    [{ best_of: 'x' }, 'best_of'],
    [{ stream_options: 'x' }, 'stream_options'],
  ]
  for (const [more, param] of refused) {
    test(`is refused for ${JSON.stringify(more).slice(0, 80)}, naming ${param}`, () => {
      const result = read({ ...LEAST, ...more })
      expect(result).toMatchObject({ ok: false, error: { kind: 'invalid-request', param, issue: expect.any(String) } })
    })
  }
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
  expect(upstreamPath('generate', 'a/b?c', true)).toBe('/completions')
})
