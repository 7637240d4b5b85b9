import { expect, test } from 'bun:test'
import type { WireFormat } from '../canon/operation.ts'
import { PROTOCOLS } from './index.ts'
import type { JsonObject } from './json.ts'

const chatUsage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }
const usage = { input_tokens: 5, output_tokens: 7 }
const message = (more: JsonObject) => ({
  type: 'message',
  content: [{ type: 'text', text: 'hi' }],
  usage: { ...usage, ...more },
})
const chat = (more: JsonObject) => ({
  choices: [{ index: 0, message: { content: 'hi' }, finish_reason: 'stop' }],
  usage: chatUsage,
  ...more,
})
const response = (more: JsonObject) => ({ object: 'response', status: 'completed', output: [{}], usage, ...more })
const gemini = (more: JsonObject) => ({
  candidates: [{ content: { parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7, ...more },
})

const answers: readonly [WireFormat, string, JsonObject, string | undefined][] = [
  ['openai-chat', 'beside its usage', chat({ service_tier: 'flex' }), 'flex'],
  ['openai-chat', 'nowhere', chat({}), undefined],
  ['openai-chat', 'as null', chat({ service_tier: null }), undefined],
  ['openai-chat', 'as no word of a vendor', chat({ service_tier: 'a tier\n' }), undefined],
  ['openai-chat', 'at great length', chat({ service_tier: 'x'.repeat(5_000) }), undefined],
  ['openai-responses', 'in the response', response({ service_tier: 'priority' }), 'priority'],
  ['anthropic-messages', 'in its usage', message({ service_tier: 'standard' }), 'standard'],
  ['anthropic-messages', 'as a speed', message({ service_tier: 'standard', speed: 'fast' }), 'fast'],
  ['anthropic-messages', 'as the usual speed', message({ service_tier: 'batch', speed: 'standard' }), 'batch'],
  ['anthropic-messages', 'as a place', message({ service_tier: 'standard', inference_geo: 'us' }), 'us'],
  ['anthropic-messages', 'as a place alone', message({ inference_geo: 'us' }), 'us'],
  ['anthropic-messages', 'as place and speed', message({ speed: 'fast', inference_geo: 'us' }), 'fast_us'],
  ['anthropic-messages', 'as any place', message({ service_tier: 'standard', inference_geo: 'global' }), 'standard'],
  [
    'anthropic-messages',
    'as a place unknown',
    message({ service_tier: 'batch', inference_geo: 'not_available' }),
    'batch',
  ],
  ['gemini', 'in its usage', gemini({ serviceTier: 'flex' }), 'flex'],
  ['gemini', 'as Vertex does', gemini({ trafficType: 'ON_DEMAND_PRIORITY' }), 'ON_DEMAND_PRIORITY'],
]
test.each(answers)('%s: a tier of service told %s is known', (format, _where, body, tier) => {
  const { serviceTier } = PROTOCOLS[format].readAnswer(new TextEncoder().encode(JSON.stringify(body)), 'generate')
  expect(serviceTier).toBe(tier as string)
})

const line = (data: JsonObject) => `data: ${JSON.stringify(data)}\n\n`
const chunk = (more: JsonObject) => line({ object: 'chat.completion.chunk', ...more })
type StreamRow = readonly [WireFormat, string, string, string | undefined]
const streams: readonly StreamRow[] = [
  [
    'openai-chat',
    'that was cut after the first content',
    chunk({ service_tier: 'flex', choices: [{ index: 0, delta: { content: 'hi' } }] }),
    'flex',
  ],
  [
    'openai-chat',
    'whose end corrects its beginning',
    chunk({ service_tier: 'auto', choices: [{ index: 0, delta: { content: 'hi' } }] }) +
      chunk({ service_tier: 'default', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
      chunk({ service_tier: 'priority', choices: [], usage: chatUsage }),
    'priority',
  ],
  [
    'openai-responses',
    'that ended',
    line({ type: 'response.output_text.delta', delta: 'hi' }) +
      line({ type: 'response.completed', response: response({ service_tier: 'flex' }) }),
    'flex',
  ],
  [
    'anthropic-messages',
    'that told it at its start',
    line({ type: 'message_start', message: { usage: { ...usage, service_tier: 'priority' } } }) +
      line({ type: 'message_delta', delta: {}, usage: { output_tokens: 9 } }),
    'priority',
  ],
  [
    'anthropic-messages',
    'whose place was told at its start',
    line({ type: 'message_start', message: { usage: { ...usage, service_tier: 'standard', inference_geo: 'us' } } }) +
      line({ type: 'message_delta', delta: {}, usage: { output_tokens: 9, service_tier: 'standard' } }),
    'us',
  ],
  ...(
    [
      [{ speed: 'fast', inference_geo: 'us', service_tier: 'standard' }, {}, 'fast_us'],
      [{ speed: 'fast', inference_geo: 'us' }, { speed: 'fast', inference_geo: 'us' }, 'fast_us'],
      [{ speed: 'fast', inference_geo: 'us' }, { speed: null, inference_geo: null }, 'fast_us'],
      [{ speed: 'fast', inference_geo: 'us' }, { service_tier: 'standard' }, 'fast_us'],
      [{ service_tier: 'priority', inference_geo: 'us' }, {}, 'priority_us'],
      [{ service_tier: 'batch', inference_geo: 'global' }, { inference_geo: 'us' }, 'batch_us'],
      [{ speed: 'fast', inference_geo: 'us' }, { speed: 'standard' }, 'us'],
      [{ speed: 'fast' }, { inference_geo: 'not_available' }, 'fast'],
    ] as const
  ).map(
    ([start, end, tier]): StreamRow => [
      'anthropic-messages',
      `that told ${JSON.stringify(start)} at its start and ${JSON.stringify(end)} at its end`,
      line({ type: 'message_start', message: { usage: { ...usage, ...start } } }) +
        line({ type: 'message_delta', delta: {}, usage: { output_tokens: 9, ...end } }),
      tier,
    ],
  ),
  [
    'anthropic-messages',
    'whose message begins anew is that of the new one: it',
    line({ type: 'message_start', message: { usage: { ...usage, speed: 'fast', inference_geo: 'us' } } }) +
      line({ type: 'message_start', message: { usage: { ...usage, service_tier: 'batch' } } }),
    'batch',
  ],
  ['gemini', 'by chunks', line(gemini({ serviceTier: 'standard' })), 'standard'],
]
test.each(streams)('%s: the tier of a stream %s is known', (format, _which, text, tier) => {
  const tap = PROTOCOLS[format].tap({ withholdUsage: false, eventBytesMax: 1e6, deliveredBytesMax: 1e6 })
  tap.push(new TextEncoder().encode(text))
  tap.rest()
  expect(tap.observe().serviceTier).toBe(tier as string)
})

const searches: readonly [string, JsonObject, object | undefined][] = [
  ['two', { server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 } }, { webSearches: 2 }],
  ['none', { server_tool_use: { web_search_requests: 0 } }, undefined],
  ['nothing', { server_tool_use: null }, undefined],
  ['junk', { server_tool_use: { web_search_requests: -1 } }, undefined],
]
test.each(searches)('Messages: searches of the web are counted where the usage tells %s', (_what, more, units) => {
  const body = new TextEncoder().encode(JSON.stringify(message(more)))
  const { usage: read } = PROTOCOLS['anthropic-messages'].readAnswer(body, 'generate')
  expect(read?.units).toEqual(units as never)
})

test('Messages: the searches of a stream are those its end tells', () => {
  const tap = PROTOCOLS['anthropic-messages'].tap({ withholdUsage: false, eventBytesMax: 1e6, deliveredBytesMax: 1e6 })
  const text =
    line({ type: 'message_start', message: { usage } }) +
    line({ type: 'message_delta', usage: { output_tokens: 9, server_tool_use: { web_search_requests: 3 } } })
  tap.push(new TextEncoder().encode(text))
  expect(tap.observe().usage?.units).toEqual({ webSearches: 3 })
})
