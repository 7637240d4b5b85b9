import { expect, test } from 'bun:test'
import type { WireFormat } from '../canon/operation.ts'
import { PROTOCOLS } from './index.ts'
import type { JsonObject } from './json.ts'

const call = (action?: JsonObject) => ({
  type: 'web_search_call',
  id: 'ws_1',
  status: 'completed',
  ...(action && { action }),
})
const SEARCH = call({ type: 'search', query: 'a', queries: ['a', 'b'] })
const response = (output: readonly JsonObject[], more: JsonObject = {}) => ({
  object: 'response',
  status: 'completed',
  output,
  usage: { input_tokens: 5, output_tokens: 7 },
  ...more,
})
const gemini = (...queries: readonly (readonly string[] | undefined)[]) => ({
  candidates: queries.map((webSearchQueries, index) => ({
    index,
    content: { parts: [{ text: 'hi' }] },
    finishReason: 'STOP',
    ...(webSearchQueries && { groundingMetadata: { webSearchQueries, groundingChunks: [{}, {}, {}] } }),
  })),
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7 },
})
const ofMaps = (webSearchQueries: readonly string[]) => ({
  ...gemini(undefined),
  candidates: [
    {
      content: { parts: [{ text: 'hi' }] },
      finishReason: 'STOP',
      groundingMetadata: { webSearchQueries, groundingChunks: [{ maps: { uri: 'https://maps.test' } }, { web: {} }] },
    },
  ],
})
const xai = (calls: JsonObject) => ({ input_tokens: 5, output_tokens: 7, server_side_tool_usage_details: calls })
const message = (requests?: number) => ({
  type: 'message',
  content: [{ type: 'text', text: 'hi' }],
  usage: { input_tokens: 5, output_tokens: 7, ...(requests && { server_tool_use: { web_search_requests: requests } }) },
})

const answers: readonly [WireFormat, string, JsonObject, number | undefined][] = [
  ['openai-responses', 'one call is one search, whatever it looked for', response([SEARCH]), 1],
  ['openai-responses', 'each call that searched counts', response([SEARCH, { type: 'message' }, SEARCH]), 2],
  [
    'openai-responses',
    'opening a page is none',
    response([SEARCH, call({ type: 'open_page' }), call({ type: 'find_in_page' })]),
    1,
  ],
  ['openai-responses', 'a call that says nothing of itself is one', response([call()]), 1],
  [
    'openai-responses',
    'the vendor’s own count stands',
    response([SEARCH, SEARCH], { tool_usage: { web_search: { num_requests: 1 } } }),
    1,
  ],
  [
    'openai-responses',
    'its count of none too',
    response([{}], { tool_usage: { web_search: { num_requests: 0 } } }),
    undefined,
  ],
  [
    'openai-responses',
    'a count that is none is not used',
    response([SEARCH], { tool_usage: { web_search: { num_requests: -1 } } }),
    1,
  ],
  ['openai-responses', 'without any', response([{ type: 'message' }]), undefined],
  ['gemini', 'each query is a search', gemini(['a', 'b']), 2],
  ['gemini', 'of all candidates', gemini(['a', 'b'], undefined, ['c']), 3],
  ['gemini', 'without queries it was grounded with something else', gemini([]), undefined],
  ['gemini', 'without any', gemini(undefined), undefined],
  ['gemini', 'grounding in maps is one', ofMaps([]), 1],
  ['gemini', 'grounding in maps by queries is as many', ofMaps(['a', 'b']), 2],
  ['openai-responses', 'as xAI tells', response([], { usage: xai({ web_search_calls: 2, x_search_calls: 1 }) }), 3],
  ['anthropic-messages', 'as its usage says', message(3), 3],
  ['anthropic-messages', 'without any', message(), undefined],
]
test.each(answers)('%s: searches of the web are counted: %s', (format, _rule, body, searches) => {
  const { usage } = PROTOCOLS[format].readAnswer(new TextEncoder().encode(JSON.stringify(body)), 'generate')
  expect(usage?.units?.webSearches).toBe(searches as number)
  expect(usage?.output as number).toBe(7)
})

const line = (data: JsonObject) => `data: ${JSON.stringify(data)}\n\n`
const streams: readonly [WireFormat, string, number][] = [
  ['openai-responses', line({ type: 'response.completed', response: response([SEARCH, SEARCH]) }), 2],
  // What an earlier chunk told is not taken back by a later one that says nothing of it.
  [
    'gemini',
    line(gemini(['a', 'b'])) +
      line({ ...gemini(undefined), usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 9 } }),
    2,
  ],
  ['gemini', line({ ...gemini(['a']), usageMetadata: undefined } as JsonObject) + line(gemini(['a', 'b'])), 2],
  // Each event has the queries that were made for it.
  ['gemini', line(gemini(['a', 'b'])) + line(gemini(['c'])), 3],
  ['gemini', line(gemini(['a', 'a'])) + line(gemini(['a'])), 2],
  ['gemini', line(gemini(['a'], ['a'])) + line(gemini(undefined, ['b'])), 3],
]
test.each(streams)('%s: those of a stream are known at its end', (format, text, searches) => {
  const tap = PROTOCOLS[format].tap({ withholdUsage: false, eventBytesMax: 1e6, deliveredBytesMax: 1e6 })
  tap.push(new TextEncoder().encode(text))
  tap.rest()
  expect(tap.observe().usage?.units?.webSearches).toBe(searches)
})
