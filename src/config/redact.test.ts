import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { redact } from './redact.ts'

const hidden: [title: string, line: string, expected: string][] = [
  ['a header in JSON', '{"headers":{"authorization":"Bearer abc.def"}}', '{"headers":{"authorization":"[redacted]"}}'],
  ['a header in other case', '{"X-Api-Key":"k"}', '{"X-Api-Key":"[redacted]"}'],
  ['a header with an escaped quote', String.raw`{"cookie":"a=\"b\"; c=d","x":1}`, '{"cookie":"[redacted]","x":1}'],
  ['a header with several values', '{"set-cookie":["a=1","b=2"],"x":1}', '{"set-cookie":["[redacted]"],"x":1}'],
  [
    'JSON in a JSON string',
    String.raw`{"msg":"{\"x-goog-api-key\":\"abc\",\"a\":1}"}`,
    String.raw`{"msg":"{\"x-goog-api-key\":\"[redacted]\",\"a\":1}"}`,
  ],
  ['a header in text', 'sent Authorization: Bearer abcdefgh to it', 'sent Authorization: [redacted] to it'],
  ['cookies in text', 'cookie: a=b; c=d', 'cookie: [redacted]'],
  ['a scheme by itself', 'with Bearer abcdefgh', 'with Bearer [redacted]'],
  ['a key in an address', 'GET /v1beta/models?alt=sse&key=abc&x=1', 'GET /v1beta/models?alt=sse&key=[redacted]&x=1'],
  ['a password in an address', 'postgres://user:p4ss@host/db', 'postgres://user:[redacted]@host/db'],
  ['a key of OpenAI', 'bad key sk-proj-abcdefghijklmnop.', 'bad key sk-proj-[redacted].'],
  ['a key of Anthropic', 'bad key sk-ant-api03-abcdefghijkl', 'bad key sk-ant-[redacted]'],
  ['a key of ours', 'sk-tg-0123456789abcdefghij', 'sk-tg-[redacted]'],
  ['a key of Google', 'AIzaSyA0123456789abcdefghijklmnopqrstuvw', 'AIza[redacted]'],
  ['a newer key of Google', 'AQ.Ab8RN6LmnopqrstuvwxyzABCDEF', 'AQ.[redacted]'],
]

describe('credentials are taken out', () => {
  test.each(hidden)('%s', (_, line, expected) => expect(redact(line)).toBe(expected))
})

describe('the rest stays', () => {
  test.each([
    'GET /v1/models 200 12 ms',
    'the key sk-tg-abc123 was revoked',
    'risk-management-of-everything-here',
    '{"monkey":"banana","keyId":"key_01jd8m5w2c","tokens":12}',
    'http://127.0.0.1:8000/v1/chat/completions',
  ])('%p', (line) => expect(redact(line)).toBe(line))
})

test('valid JSON stays valid, and a second pass changes nothing', () => {
  const key = fc.constantFrom('authorization', 'cookie', 'set-cookie', 'x', 'api_key', 'msg')
  const value = fc.oneof(
    fc.string(),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.constantFrom('Bearer abcdefghijkl', 'sk-ant-0123456789abcdef'),
  )
  fc.assert(
    fc.property(fc.dictionary(key, value), (fields) => {
      const once = redact(JSON.stringify(fields))
      expect(() => JSON.parse(once)).not.toThrow()
      expect(redact(once)).toBe(once)
    }),
    { numRuns: 1_000, seed: 7 },
  )
})
