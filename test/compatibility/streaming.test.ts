import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { START_MS, stream } from '../faults/scripted.ts'
import { type Asking, askFor, startWorld, type World } from './world.ts'

/// Streams as they have been documented: the lines of the vendor pass unchanged, and what they say of usage is billed.

let world: World
beforeAll(async () => {
  world = await startWorld()
}, START_MS)
afterAll(() => world.stop(), START_MS)

const USAGE = '"usage":{"prompt_tokens":1000,"completion_tokens":500,"total_tokens":1500}'
/** As no serializer would write it: spaces, an escape, a field nobody knows, a comment, an order of its own. */
const CHAT_LINES = [
  ': keep-alive\n\n',
  'data: {"object" : "chat.completion.chunk","choices":[{"delta":{"role":"assistant","content":""},"index":0}]}\n\n',
  'data: {"choices":[{"index":0,"delta":{"content":"Hel\\u006co"}}],"object":"chat.completion.chunk","x":1e2}\n\n',
  'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"!"}}]}\n\n',
  'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
  `data: {"object":"chat.completion.chunk","choices":[],${USAGE}}\n\n`,
  'data: [DONE]\n\n',
]
const MESSAGE_LINES = [
  'event: message_start\ndata: {"type":"message_start",  "message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"claude","usage":{"input_tokens":1000,"output_tokens":1}}}\n\n',
  'event: content_block_start\ndata: {"index":0,"type":"content_block_start","content_block":{"type":"text","text":""}}\n\n',
  'event: ping\ndata: {"type": "ping"}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel\\u006co"}}\n\n',
  'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":500}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
]

const usageAsked = { stream: true, stream_options: { include_usage: true } }
const ROWS: readonly (readonly [Asking, readonly string[]])[] = [
  ...[
    '/v1/chat/completions',
    '/openai/v1/chat/completions',
    '/v1/openai/chat/completions',
    '/api/proxy/v1/chat/completions',
  ].map((path) => [{ format: 'chat', model: 'gpt-4o', path, more: usageAsked }, CHAT_LINES] as const),
  ...['/v1/messages', '/claude/v1/messages', '/v1/anthropic/messages', '/api/proxy/v1/messages'].map(
    (path) =>
      [{ format: 'messages', model: 'claude-sonnet-4-6', path, more: { stream: true } }, MESSAGE_LINES] as const,
  ),
]

const telling = (lines: readonly string[], pieceLength?: number) =>
  stream(async (out) => {
    const pieces = pieceLength === undefined ? lines : lines.join('').match(new RegExp(`[^]{1,${pieceLength}}`, 'g'))
    for (const piece of pieces ?? []) await out.write(piece)
    out.end()
  })

describe('a stream', () => {
  test.each(ROWS)('passes line by line, unchanged: %j', async (asking, lines) => {
    for (const pieceLength of [undefined, 7]) {
      const answer = await askFor(world, asking, telling(lines, pieceLength))
      expect(answer.headers.get('content-type')).toStartWith('text/event-stream')
      expect(await answer.text()).toBe(lines.join(''))
      await world.settled()
      const receipt = await world.gateway.receipt(answer.headers.get('x-request-id') ?? '', world.of('default').key)
      expect(receipt).toMatchObject({ usage: { input: 1_000, output: 500 }, usage_source: 'upstream', ended: 'whole' })
    }
  })

  test('of a client that did not ask for the usage is without it, and billed by it all the same', async () => {
    const asking: Asking = { format: 'chat', model: 'gpt-4o', more: { stream: true } }
    const answer = await askFor(world, asking, telling(CHAT_LINES))
    expect(await answer.text()).toBe(CHAT_LINES.filter((line) => !line.includes('"usage"')).join(''))
    await world.settled()
    const receipt = await world.gateway.receipt(answer.headers.get('x-request-id') ?? '', world.of('default').key)
    expect(receipt).toMatchObject({ usage: { input: 1_000, output: 500 }, usage_source: 'upstream' })
  })
})
