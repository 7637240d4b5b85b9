import { describe, expect, test } from 'bun:test'

import type { JsonObject } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { parseResponse } from './parse-response.ts'
import { chunk, eventsOf } from './test-parts.ts'

const SOURCE = { family: 'vendor', requestId: 'req1' }
const usage = (prompt_tokens: number, completion_tokens: number) => ({ prompt_tokens, completion_tokens })
const answerOf = (...chunks: JsonObject[]) => collect(eventsOf(chunks))

describe('a whole answer', () => {
  const message = {
    role: 'assistant',
    content: 't',
    reasoning_content: 'r',
    tool_calls: [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
      { id: 'b', type: 'custom', custom: { name: 'g', input: 'x' } },
    ],
  }
  const body = (more: JsonObject): JsonObject => ({
    id: 'c1',
    model: 'served',
    choices: [{ index: 0, message, finish_reason: 'tool_calls', ...more }],
    usage: usage(3, 4),
  })

  test('means what the same stream means', () => {
    const { tool_calls, ...rest } = message
    const streamed = answerOf(
      chunk(rest),
      ...tool_calls.map((call, index) => chunk({ tool_calls: [{ ...call, index }] })),
      chunk({}, 'tool_calls'),
      { choices: [], usage: usage(3, 4) },
    )
    expect(parseResponse(body({}), SOURCE)).toEqual(streamed)
  })
  test('is whole without a reason', () => {
    expect(parseResponse(body({ finish_reason: null }), SOURCE).stop).toEqual({ reason: 'other' })
  })
  test('125 138 that reports a failure or has no choice is one', () => {
    expect(parseResponse({ error: { message: 'x', code: 'context_length_exceeded' } }, SOURCE).error?.kind).toBe(
      'context-length-exceeded',
    )
    expect(parseResponse({ choices: [] }, SOURCE).error?.kind).toBe('upstream-unreadable')
    expect(parseResponse({}, SOURCE).error?.kind).toBe('upstream-unreadable')
  })
  test('has the images that routers put beside it', () => {
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }]
    const { blocks } = parseResponse(body({ message: { content: 't', images } }), SOURCE)
    expect(blocks).toMatchObject([
      { kind: 'text' },
      { kind: 'media', media: 'image', source: { mediaType: 'image/png' } },
    ])
  })
})
