import { describe, expect, test } from 'bun:test'
import type { Operation } from '../canon/operation.ts'
import { translateEmbedAnswer, translateEmbedRequest } from './embeddings.ts'

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
const openAi: Operation = { format: 'openai-embeddings', action: 'embed' }
const gemini = (action: Operation['action']): Operation => ({ format: 'gemini', action, pathModel: 'm' })

const ask = (operation: Operation, body: unknown) => {
  const request = translateEmbedRequest(operation, bytes(body), 'client-name', 'upstream-name')
  if (!request.ok) return request.error
  const { action, losses, wish } = request.value
  return { sent: JSON.parse(new TextDecoder().decode(request.value.body)) as unknown, action, losses, wish }
}
const text = (value: string) => ({ parts: [{ text: value }] })
const toGemini = (value: string, more = {}) => ({ model: 'models/upstream-name', content: text(value), ...more })

describe('a request to embed', () => {
  const ROWS: readonly (readonly [string, Operation, unknown, unknown, Operation['action'], readonly string[]])[] = [
    ['one text', openAi, { model: 'x', input: 'a' }, { requests: [toGemini('a')] }, 'embed-batch', []],
    [
      'several texts with dimensions; a user is declared lost',
      openAi,
      { model: 'x', input: ['a', 'b'], dimensions: 2, user: 'u' },
      { requests: [toGemini('a', { outputDimensionality: 2 }), toGemini('b', { outputDimensionality: 2 })] },
      'embed-batch',
      ['/user'],
    ],
    [
      'one text as base64, which the answer is made to be',
      openAi,
      { model: 'x', input: 'a', encoding_format: 'base64' },
      { requests: [toGemini('a')] },
      'embed-batch',
      [],
    ],
    [
      'one content; its purpose is declared lost',
      gemini('embed'),
      { content: text('a'), taskType: 'RETRIEVAL_QUERY', outputDimensionality: 3 },
      { model: 'upstream-name', input: ['a'], dimensions: 3 },
      'embed',
      ['/taskType'],
    ],
    [
      'a batch',
      gemini('embed-batch'),
      { requests: [{ content: text('a') }, { content: text('b'), title: 't' }] },
      { model: 'upstream-name', input: ['a', 'b'] },
      'embed',
      ['/requests/1/title'],
    ],
  ]
  test.each(ROWS)('is written for the other format: %s', (_, operation, body, sent, action, lost) => {
    const asked = ask(operation, body)
    expect(asked).toMatchObject({ sent, action })
    expect('losses' in asked && asked.losses.map(({ pointer }) => pointer)).toEqual([...lost])
  })

  const REFUSED: readonly (readonly [string, Operation, unknown])[] = [
    ['token numbers', openAi, { input: [1, 2] }],
    ['no input', openAi, { input: [] }],
    ['a picture', gemini('embed'), { content: { parts: [{ inlineData: { mimeType: 'image/png', data: 'aaaa' } }] } }],
    ['an empty batch', gemini('embed-batch'), { requests: [] }],
  ]
  test.each(REFUSED)('is refused with %s', (_, operation, body) => {
    expect(ask(operation, body)).toMatchObject({ kind: 'unsupported-parameter' })
  })
})

describe('vectors', () => {
  const ofGemini = {
    embeddings: [{ values: [1, -0.5] }, { values: [0.25, 2] }],
    usageMetadata: { promptTokenCount: 7 },
  }
  const translated = (operation: Operation, body: unknown, from: unknown, counted?: number) => {
    const request = translateEmbedRequest(operation, bytes(body), 'client-name', 'upstream-name')
    return request.ok ? translateEmbedAnswer(request.value.wish, bytes(from), counted) : request
  }
  const answer = (operation: Operation, body: unknown, from: unknown, counted?: number): unknown => {
    const result = translated(operation, body, from, counted)
    return result.ok ? (JSON.parse(result.value.body) as unknown) : result.error.kind
  }

  test('come back as OpenAI’s list, under the client’s name for the model', () => {
    expect(answer(openAi, { input: ['a', 'b'] }, ofGemini)).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [1, -0.5] },
        { object: 'embedding', index: 1, embedding: [0.25, 2] },
      ],
      model: 'client-name',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    })
  })

  test('come with the tokens that were counted here, which is said, where Gemini tells none', () => {
    const untold = { embeddings: ofGemini.embeddings }
    expect(answer(openAi, { input: 'a' }, untold, 3)).toMatchObject({ usage: { prompt_tokens: 3, total_tokens: 3 } })
    expect(translated(openAi, { input: 'a' }, untold, 3)).toMatchObject({
      value: { losses: [{ pointer: '/response/usage', code: 'estimated' }] },
    })
    expect(answer(openAi, { input: 'a' }, ofGemini, 3)).toMatchObject({ usage: { prompt_tokens: 7 } })
    expect(translated(openAi, { input: 'a' }, ofGemini, 3)).toMatchObject({ value: { losses: [] } })
  })

  test('come back as little-endian floats where base64 was asked for, as the official SDK does', () => {
    const { data } = answer(openAi, { input: 'a', encoding_format: 'base64' }, ofGemini) as {
      data: readonly { embedding: string }[]
    }
    expect(new Float32Array(Uint8Array.from(Buffer.from(data[0]?.embedding ?? '', 'base64')).buffer)).toEqual(
      new Float32Array([1, -0.5]),
    )
  })

  const ofOpenAi = { object: 'list', data: [{ embedding: [1] }, { embedding: [2] }], usage: { prompt_tokens: 2 } }
  test('come back as one embedding or as a list, as Gemini was asked', () => {
    expect(answer(gemini('embed'), { content: text('a') }, ofOpenAi)).toEqual({ embedding: { values: [1] } })
    expect(answer(gemini('embed-batch'), { requests: [{ content: text('a') }] }, ofOpenAi)).toEqual({
      embeddings: [{ values: [1] }, { values: [2] }],
    })
  })

  test('that are missing are an error, never an empty list', () => {
    expect(answer(openAi, { input: 'a' }, {})).toBe('upstream-unreadable')
  })
})
