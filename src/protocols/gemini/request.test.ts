import { describe, expect, test } from 'bun:test'

import type { Envelope } from '../../canon/envelope.ts'
import type { Operation } from '../../canon/operation.ts'
import { scanObject } from '../../canon/scan-object.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'

const GENERATE: Operation = { format: 'gemini', action: 'generate', pathModel: 'm' }
const LEAST = { contents: [] }

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
    [
      {},
      {
        model: 'm',
        stream: false,
        outputTokensLimit: undefined,
        choices: 1,
        includesUsage: false,
        refersToStored: false,
      },
    ],
    [{ generationConfig: { maxOutputTokens: 9, candidateCount: 3 } }, { outputTokensLimit: 9, choices: 3 }],
    [{ generation_config: { max_output_tokens: 9, candidate_count: 3 } }, { outputTokensLimit: 9, choices: 3 }],
    [{ generationConfig: { max_output_tokens: 9 } }, { outputTokensLimit: 9 }],
    [
      { generationConfig: null, cachedContent: null, tools: null },
      { outputTokensLimit: undefined, refersToStored: false },
    ],
    [{ generationConfig: { maxOutputTokens: null } }, { outputTokensLimit: undefined }],
    [{ cachedContent: 'cachedContents/1' }, { refersToStored: true }],
    [{ cached_content: 'cachedContents/1' }, { refersToStored: true }],
    [{ contents: [{ parts: [{ fileData: { fileUri: 'https://a/files/1' } }] }] }, { refersToStored: true }],
    [
      { stream: 'not in the body', model: 'models/other' },
      { model: 'm', stream: false },
    ],
  ]
  for (const [more, expected] of cases) {
    test(`of ${JSON.stringify(more)} is ${JSON.stringify(expected)}`, () => {
      expect(envelope({ ...LEAST, ...more })).toMatchObject(expected)
    })
  }

  const refused: [more: Record<string, unknown>, param: string][] = [
    [{ contents: undefined }, 'contents'],
    [{ contents: 'hi' }, 'contents'],
    [{ contents: {} }, 'contents'],
    [{ generationConfig: [] }, 'generationConfig'],
    [{ generationConfig: { maxOutputTokens: 0 } }, 'generationConfig.maxOutputTokens'],
    [{ generationConfig: { maxOutputTokens: 'x' } }, 'generationConfig.maxOutputTokens'],
    [{ generation_config: { candidate_count: 500 } }, 'generation_config.candidate_count'],
    [{ generationConfig: {}, generation_config: {} }, 'generation_config'],
    [{ generationConfig: { maxOutputTokens: 1, max_output_tokens: 2 } }, 'generationConfig.max_output_tokens'],
    [{ cachedContent: 5 }, 'cachedContent'],
    [{ model: 5 }, 'model'],
  ]
  for (const [more, param] of refused) {
    test(`is refused for ${JSON.stringify(more)}, naming ${param}`, () => {
      const result = read({ ...LEAST, ...more })
      expect(result).toMatchObject({ ok: false, error: { kind: 'invalid-request', param, issue: expect.any(String) } })
    })
  }
})

test('the model and the stream are those of the path', () => {
  expect(envelope(LEAST, { ...GENERATE, pathModel: 'n', pathStream: true })).toMatchObject({ model: 'n', stream: true })
  for (const pathModel of ['', 'a\u0000b', 'm'.repeat(257), '\ud800']) {
    expect(read(LEAST, { ...GENERATE, pathModel })).toMatchObject({
      error: { kind: 'invalid-request', param: 'model' },
    })
  }
  expect(read(LEAST, { format: 'gemini', action: 'generate' })).toMatchObject({ error: { param: 'model' } })
})

const COUNT: Operation = { ...GENERATE, action: 'count-tokens' }
const EMBED: Operation = { ...GENERATE, action: 'embed' }
const BATCH: Operation = { ...GENERATE, action: 'embed-batch' }

describe('what an action needs', () => {
  const cases: [operation: Operation, body: unknown, param: string | undefined][] = [
    [COUNT, { contents: [] }, undefined],
    [COUNT, { generateContentRequest: { contents: [] } }, undefined],
    [COUNT, { generate_content_request: { contents: [] } }, undefined],
    [COUNT, {}, 'contents'],
    [COUNT, { contents: 5 }, 'contents'],
    [COUNT, { generateContentRequest: [] }, 'generateContentRequest'],
    [COUNT, { generateContentRequest: { model: 1 } }, 'generateContentRequest.model'],
    [EMBED, { content: { parts: [] } }, undefined],
    [EMBED, { content: 'hi' }, 'content'],
    [EMBED, {}, 'content'],
    [BATCH, { requests: [] }, undefined],
    [BATCH, { requests: {} }, 'requests'],
    [BATCH, {}, 'requests'],
    [BATCH, { requests: [{}, 5] }, 'requests[1]'],
    [BATCH, { requests: [{ model: 5 }] }, 'requests[0].model'],
    [BATCH, { requests: Array.from({ length: 1_001 }, () => ({})) }, 'requests'],
    [BATCH, '{"requests":[{"model":"models/m","model":"models/dearer"}]}', 'requests[0]'],
  ]
  for (const [operation, body, param] of cases) {
    test(`${operation.action} takes ${JSON.stringify(body).slice(0, 60)}: ${param ? `no, of ${param}` : 'yes'}`, () => {
      const result = read(body, operation)
      if (param === undefined) expect(result.ok).toBe(true)
      else expect(result).toMatchObject({ ok: false, error: { kind: 'invalid-request', param } })
    })
  }
})

describe('a model named in the body', () => {
  const cases: [operation: Operation, body: string, sent: string][] = [
    [GENERATE, '{"contents":[]}', '{"contents":[]}'],
    [GENERATE, '{ "model":"models/m", "contents":[1.0]}', '{ "model":"models/n", "contents":[1.0]}'],
    [GENERATE, '{"model":"n","contents":[]}', '{"model":"n","contents":[]}'],
    [GENERATE, '{"model":null,"contents":[]}', '{"model":null,"contents":[]}'],
    [EMBED, '{"content":{},"model":"models/m"}', '{"content":{},"model":"models/n"}'],
    [EMBED, '{"content":{},"model":"models/n"}', '{"content":{},"model":"models/n"}'],
    [
      COUNT,
      '{"generateContentRequest": {"model":"models/m","contents":[]}}',
      '{"generateContentRequest": {"model":"models/n","contents":[]}}',
    ],
    [
      BATCH,
      '{"provider":"p","requests":[ {"model":"models/m","content":{"x":1.0}} , {"model":"models/n"},{}]}',
      '{"requests":[ {"model":"models/n","content":{"x":1.0}} , {"model":"models/n"},{}]}',
    ],
  ]
  for (const [operation, body, expected] of cases) {
    test(`leaves as ${expected}`, () => {
      const bytes = rewrite(envelope(body, operation), operation, {
        model: 'n',
        dialect: { acceptsStreamOptions: true },
      })
      expect(new TextDecoder().decode(bytes)).toBe(expected)
    })
  }
})

describe('the path', () => {
  test('has the method of the action', () => {
    expect(upstreamPath('generate', 'gemini-x', false)).toBe('/v1beta/models/gemini-x:generateContent')
    expect(upstreamPath('generate', 'gemini-x', true)).toBe('/v1beta/models/gemini-x:streamGenerateContent')
    expect(upstreamPath('count-tokens', 'gemini-x', false)).toBe('/v1beta/models/gemini-x:countTokens')
    expect(upstreamPath('embed', 'gemini-x', false)).toBe('/v1beta/models/gemini-x:embedContent')
    expect(upstreamPath('embed-batch', 'gemini-x', false)).toBe('/v1beta/models/gemini-x:batchEmbedContents')
  })

  test('cannot be changed by what a model is called', () => {
    const names = [
      '../../v1/files',
      '..',
      '.',
      'a/b',
      'a?key=x',
      'a#b',
      'a:countTokens',
      'a%2fb',
      '//host/x',
      'a\\b',
      '\ud800',
      ' ',
    ]
    for (const name of names) {
      const path = upstreamPath('generate', name, false)
      const url = new URL(`https://upstream.test${path}`)
      expect(url.pathname).toBe(path)
      expect(path.split('/')).toHaveLength(4)
      expect(path).toMatch(/^\/v1beta\/models\/[^/?#:]+:generateContent$/)
    }
  })
})
