import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { JsonObject } from '../../canon/codec.ts'
import { parseError } from './parse-error.ts'
import { parseRequest } from './parse-request.ts'
import { parseResponse } from './parse-response.ts'
import { parseStream } from './parse-stream.ts'
import { renderRequest } from './render-request.ts'
import { renderResponse } from './render-response.ts'
import { CARRIERS, REVERSAL, targetWith } from './test-parts.ts'

const WORDS = [
  ...['text', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result', 'image', 'document', 'search_result'],
  ...['server_tool_use', 'compaction', 'base64', 'url', 'user', 'assistant', 'system', 'enabled', 'adaptive', 'any'],
  ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta'],
  ...['signature_delta', 'text_delta', 'max_tokens', 'bash_20250124', 'sealed:openai:reasoning-item:{}', 'sealed:'],
]
const NAMES = [
  ...['type', 'role', 'content', 'text', 'thinking', 'signature', 'data', 'id', 'name', 'input', 'tool_use_id'],
  ...['source', 'media_type', 'cache_control', 'ttl', 'delta', 'index', 'content_block', 'message', 'usage'],
  ...['stop_reason', 'input_tokens', 'error', 'display', 'budget_tokens', 'input_schema', 'citations', '__proto__'],
]
/** JSON that looks like the format's, in any disorder. */
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(null, true, 0, 1, -1, 1.5, '', ...WORDS),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('json'), { maxKeys: 5 }),
  ),
}))
const objects = fc.dictionary(fc.constantFrom(...NAMES), json, { maxKeys: 6 }) as fc.Arbitrary<JsonObject>
const requests = fc.record({
  model: fc.constant('m'),
  messages: fc.array(
    fc.record({
      role: fc.constantFrom('user', 'assistant', 'system'),
      content: fc.oneof(fc.constant('x'), fc.array(objects)),
    }),
    { maxLength: 4 },
  ),
  tools: fc.array(objects, { maxLength: 2 }),
  thinking: fc.oneof(fc.constant(undefined), objects),
  system: json,
})
const SOURCE = { family: 'anthropic', requestId: 'req_1' }
const OPTIONS = { seed: 5, numRuns: 400 }

test('no request makes the codec throw: it is read, and written for either format, or refused', () => {
  fc.assert(
    fc.property(requests, (body) => {
      const read = parseRequest(body, { format: 'anthropic-messages', action: 'generate' }, CARRIERS)
      if (!read.ok) {
        expect(read.error).toMatchObject({ kind: 'invalid-request', param: expect.any(String) })
        return
      }
      const { conversation } = read.value
      renderRequest(conversation, targetWith())
      const foreign = renderRequest({ ...conversation, format: 'gemini' }, targetWith())
      if (!foreign.ok) expect(foreign.error.param).toBeString()
    }),
    OPTIONS,
  )
})

test('no answer, stream or error makes the codec throw', () => {
  fc.assert(
    fc.property(fc.array(objects, { maxLength: 8 }), json, (events, body) => {
      const parser = parseStream(SOURCE)
      for (const event of events) parser.push(event, '')
      parser.end()
      renderResponse(parseResponse({ type: 'message', content: events, usage: body }, SOURCE), REVERSAL)
      parseError(400, body)
    }),
    OPTIONS,
  )
})

test('an input nested too deeply to be written is no input', () => {
  let input: JsonObject = {}
  for (let depth = 0; depth < 50_000; depth++) input = { input }
  const content = [
    { type: 'tool_use', id: 'c', name: 'f', input },
    { type: 'server_tool_use', input },
  ]
  const { blocks } = parseResponse({ type: 'message', content, stop_reason: 'tool_use' }, SOURCE)
  expect(blocks).toMatchObject([{ arguments: '"(arguments nested too deeply)"' }, { kind: 'vendor' }])
})
