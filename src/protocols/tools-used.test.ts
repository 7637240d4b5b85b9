import { expect, test } from 'bun:test'
import type { WireFormat } from '../canon/operation.ts'
import type { Observation } from '../canon/protocol.ts'
import { PROTOCOLS } from './index.ts'
import type { JsonObject } from './json.ts'

const usage = { input_tokens: 5, output_tokens: 7 }
const response = (output: readonly JsonObject[], more: JsonObject = {}) => ({
  ...{ object: 'response', status: 'completed', output, usage },
  ...more,
})
const image = (more: JsonObject = {}) => ({ type: 'image_generation_call', id: 'ig_1', result: 'aGk=', ...more })
const code = (container_id?: string) => ({ type: 'code_interpreter_call', ...(container_id && { container_id }) })
const files = { type: 'file_search_call', queries: ['a', 'b'] }
const TOLD = { image_gen: { input_tokens: 50, output_tokens: 4_160, total_tokens: 4_210 } }
const xai = (calls: JsonObject) => ({ usage: { ...usage, server_side_tool_usage_details: calls } })

const answers: readonly (readonly [string, JsonObject, object | undefined])[] = [
  ['images, as the vendor counts', response([image()], { tool_usage: TOLD }), { imageInput: 50, imageOutput: 4_160 }],
  [
    'images that the vendor counts as none',
    response([image()], { tool_usage: { image_gen: { input_tokens: 0, output_tokens: 0 } } }),
    undefined,
  ],
  ['an image nobody counted', response([image({ size: '1024x1024', quality: 'high' })]), { imageOutput: 4_160 }],
  ['an image of another size', response([image({ size: '1536x1024', quality: 'medium' })]), { imageOutput: 1_584 }],
  ['two that say nothing of themselves', response([image(), image()]), { imageOutput: 2_112 }],
  ['an image that was not made', response([image({ result: null })]), undefined],
  ['searches of files', response([files, { type: 'message' }, files]), { fileSearches: 2 }],
  ['one container, however often', response([code('cntr_1'), code('cntr_1')]), { codeSessions: 1 }],
  ['two containers', response([code('cntr_1'), code('cntr_2')]), { codeSessions: 2 }],
  ['a container without a name', response([code()]), { codeSessions: 1 }],
  [
    'a shell in a container',
    response([{ type: 'shell_call', environment: { type: 'container_reference', container_id: 'cntr_1' } }]),
    { codeSessions: 1 },
  ],
  ['a shell of the client’s', response([{ type: 'shell_call', environment: { type: 'local' } }]), undefined],
  [
    'what xAI tells',
    response([], xai({ code_interpreter_calls: 2, file_search_calls: 3, web_search_calls: 0 })),
    { codeSessions: 2, fileSearches: 3 },
  ],
  ['calls of anything else', response([{ type: 'mcp_call' }, { type: 'function_call' }]), undefined],
]
test.each(answers)('Responses: what the vendor’s tools used is known of %s', (_what, body, units) => {
  const read = PROTOCOLS['openai-responses'].readAnswer(new TextEncoder().encode(JSON.stringify(body)), 'generate')
  expect(read.usage?.units).toEqual(units as never)
})

const named = (event: JsonObject) => `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`
const line = (event: JsonObject) => `data: ${JSON.stringify(event)}\n\n`
const watched = (format: WireFormat, text: string, answers = 1): Observation => {
  const tap = PROTOCOLS[format].tap({ withholdUsage: false, eventBytesMax: 1e6, deliveredBytesMax: 1e6, answers })
  tap.push(new TextEncoder().encode(text))
  return tap.observe()
}

const TEXT = { type: 'response.output_text.delta', output_index: 0, delta: 'hi' }
const done = (item: JsonObject, output_index = 1) => ({ type: 'response.output_item.done', output_index, item })
const partial = (partial_image_index: number) => ({
  ...{ type: 'response.image_generation_call.partial_image', item_id: 'ig_1', output_index: 1 },
  ...{ partial_image_index, partial_image_b64: 'aGk=' },
})
const completed = (body: JsonObject) => ({ type: 'response.completed', response: body })
const LOW = image({ size: '1024x1024', quality: 'low' })

const streams: readonly (readonly [string, readonly JsonObject[], object | undefined])[] = [
  ['before its end, an image that came', [TEXT, done(LOW)], { imageOutput: 272 }],
  ['images on their way', [TEXT, partial(0), partial(1), partial(1)], { imageOutput: 200 }],
  ['searches that were made', [TEXT, done(files), done(files, 2)], { fileSearches: 2 }],
  [
    'at its end, what is told',
    [TEXT, done(LOW), completed(response([LOW], { tool_usage: TOLD }))],
    {
      imageInput: 50,
      imageOutput: 4_160,
    },
  ],
  [
    'at its end, what is shown, once',
    [TEXT, partial(0), done(LOW), completed(response([{}, LOW]))],
    {
      imageOutput: 272,
    },
  ],
]
test.each(streams.flatMap((row) => [[...row, named] as const, [...row, line] as const]))(
  'Responses: what tools used is known of a stream: %s',
  (_what, events, tools, written) => {
    expect(watched('openai-responses', events.map(written).join('')).tools).toEqual(tools as never)
  },
)

/// Parts that begin and end: after the last one a client may leave.

const block = (type: string, index: number) => ({ type: `content_block_${type}`, index })
const start = (index: number) => ({ ...block('start', index), content_block: { type: 'text', text: '' } })
const said = (index: number) => ({ ...block('delta', index), delta: { type: 'text_delta', text: 'hi' } })
const added = (output_index: number) => ({
  ...{ type: 'response.output_item.added', output_index, item: { type: 'message', content: [] } },
})

const parts: readonly (readonly [WireFormat, string, readonly JsonObject[], object | undefined])[] = [
  ['anthropic-messages', 'none', [{ type: 'message_start', message: { usage } }], undefined],
  ['anthropic-messages', 'one that goes on', [start(0), said(0)], { begun: 1, open: 1 }],
  ['anthropic-messages', 'one that has ended', [start(0), said(0), block('stop', 0)], { begun: 1, open: 0 }],
  ['anthropic-messages', 'another after it', [start(0), said(0), block('stop', 0), start(1)], { begun: 2, open: 1 }],
  ['openai-responses', 'one that goes on', [added(0), TEXT], { begun: 1, open: 1 }],
  ['openai-responses', 'one that has ended', [added(0), TEXT, done({ type: 'message' }, 0)], { begun: 1, open: 0 }],
  ['openai-responses', 'two side by side', [added(0), TEXT, added(1), done({}, 1)], { begun: 2, open: 1 }],
  ['openai-responses', 'one that ends unannounced', [TEXT, done({ type: 'message' }, 0)], { begun: 1, open: 0 }],
]
test.each(parts.flatMap((row) => [[...row, named] as const, [...row, line] as const]))(
  '%s: the parts of a stream are known that have begun, and those that have not ended: %s',
  (format, _what, events, known, written) => {
    expect(watched(format, events.map(written).join('')).parts).toEqual(known as never)
  },
)

/// What comes beside text.

const delta = (content: JsonObject) => line({ choices: [{ index: 0, delta: content }] })
const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }
const candidates = (...content: readonly JsonObject[]) => line({ candidates: [{ content: { parts: content } }] })
const bytes = (mimeType: string, data = 'aGk=') => ({ inlineData: { mimeType, data } })

const media: readonly (readonly [WireFormat, string, string, Partial<Observation>])[] = [
  ['openai-chat', 'an image', delta({ content: '', images: [picture] }), { made: { images: 1 } }],
  [
    'openai-chat',
    'images after text',
    delta({ content: 'hi' }) + delta({ images: [picture] }) + delta({ images: [picture] }),
    { made: { images: 2 } },
  ],
  [
    'openai-chat',
    'an image among parts',
    delta({ content: [{ type: 'text', text: 'a' }, picture] }),
    { made: { images: 1 } },
  ],
  ['openai-chat', 'sound', delta({ audio: { id: 'a', data: 'aGVsbG8h' } }).repeat(2), { pieces: 12 }],
  ['gemini', 'an image', candidates(bytes('image/png')), { made: { images: 1 } }],
  [
    'gemini',
    'images',
    candidates({ text: 'a' }, bytes('image/png')) + candidates(bytes('image/webp')),
    { made: { images: 2 } },
  ],
  ['gemini', 'sound', candidates(bytes('audio/L16;rate=24000', 'aGVsbG8h')), { pieces: 6 }],
  ['openai-responses', 'sound', line(TEXT) + line({ type: 'response.audio.delta', delta: 'aGVsbG8h' }), { pieces: 6 }],
]
test.each(media)('%s: %s in a stream is content, and counted', (format, _what, text, known) => {
  expect(watched(format, text)).toMatchObject({ contentSeen: true, ...known })
})
test('openai-chat: an image is the content of a whole answer', () => {
  const body = {
    choices: [{ index: 0, message: { role: 'assistant', content: '', images: [picture] }, finish_reason: 'stop' }],
  }
  const read = PROTOCOLS['openai-chat'].readAnswer(new TextEncoder().encode(JSON.stringify(body)), 'generate')
  expect(read).toMatchObject({ contentSeen: true, made: { images: 1 }, usage: undefined })
})
