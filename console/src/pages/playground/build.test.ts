import { describe, expect, test } from 'bun:test'
import { FORMATS, type Format, type JsonObject, type Question, type Turn } from './conversation.ts'
import { requestOf } from './request.ts'

const IMAGE = { name: 'dot.png', mediaType: 'image/png', base64: 'AAAA' }
const TOOL = { name: 'weather_in', description: 'Weather', schema: { type: 'object', properties: {} } }
const HI: Turn = { role: 'user', id: '1', text: 'Hi', images: [] }

const LEAST: Question = {
  model: 'house/m 1',
  format: 'openai-chat',
  system: '',
  turns: [HI],
  tools: [],
  settings: {},
  isStreamed: false,
}

/** Two rounds: a picture, a call with its result and words after it. The model speaks no format's private words. */
const TURNS: readonly Turn[] = [
  { role: 'user', id: '1', text: 'Look', images: [IMAGE] },
  {
    role: 'assistant',
    id: '2',
    parts: [
      { kind: 'thinking', text: 'hm' },
      { kind: 'text', text: 'Wait.' },
      { kind: 'call', id: 'c1', name: 'weather_in', arguments: '{"city":"Brest"}' },
    ],
  },
  { role: 'tool', id: '3', results: [{ callId: 'c1', name: 'weather_in', text: 'wet' }] },
  { role: 'user', id: '4', text: 'So?', images: [] },
]

const bodyOf = (format: Format, more: Partial<Question> = {}): JsonObject =>
  requestOf({ ...LEAST, ...more, format }).body

describe('a request in which nothing was set', () => {
  test.each<[Format, string, JsonObject]>([
    ['openai-chat', '/v1/chat/completions', { model: 'house/m 1', messages: [{ role: 'user', content: 'Hi' }] }],
    ['openai-responses', '/v1/responses', { model: 'house/m 1', input: [{ role: 'user', content: 'Hi' }] }],
    [
      'anthropic-messages',
      '/v1/messages',
      { model: 'house/m 1', max_tokens: 4_096, messages: [{ role: 'user', content: 'Hi' }] },
    ],
    ['gemini', '/v1beta/models/house/m%201:generateContent', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }],
  ])('of %s holds what the format demands, and nothing else', (format, path, body) => {
    const request = requestOf({ ...LEAST, format })
    expect([request.path, request.body]).toEqual([path, body])
  })

  test('never asks a model for more than it can put out', () => {
    expect(bodyOf('anthropic-messages', { outputTokensMax: 1_024 })).toMatchObject({ max_tokens: 1_024 })
  })

  test.each<[Format, string]>([
    ['openai-chat', 'authorization: Bearer '],
    ['openai-responses', 'authorization: Bearer '],
    ['anthropic-messages', 'x-api-key: '],
    ['gemini', 'x-goog-api-key: '],
  ])('of %s has its key where clients of the format put it', (format, header) => {
    expect(requestOf({ ...LEAST, format }).keyHeader.join(': ')).toBe(header)
  })
})

test.each<[Format, JsonObject]>([
  [
    'openai-chat',
    {
      model: 'house/m 1',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: 'Wait.',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather_in', arguments: '{"city":"Brest"}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'wet' },
        { role: 'user', content: 'So?' },
      ],
      tools: [{ type: 'function', function: { name: 'weather_in', description: 'Weather', parameters: TOOL.schema } }],
      max_completion_tokens: 9,
      temperature: 0.5,
      top_p: 0,
      reasoning_effort: 'low',
      stream: true,
    },
  ],
  [
    'openai-responses',
    {
      model: 'house/m 1',
      instructions: 'Be brief.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look' },
            { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
          ],
        },
        { role: 'assistant', content: 'Wait.' },
        { type: 'function_call', call_id: 'c1', name: 'weather_in', arguments: '{"city":"Brest"}' },
        { type: 'function_call_output', call_id: 'c1', output: 'wet' },
        { role: 'user', content: 'So?' },
      ],
      tools: [{ type: 'function', name: 'weather_in', description: 'Weather', parameters: TOOL.schema, strict: false }],
      max_output_tokens: 9,
      temperature: 0.5,
      top_p: 0,
      reasoning: { effort: 'low', summary: 'auto' },
      stream: true,
    },
  ],
  [
    'anthropic-messages',
    {
      model: 'house/m 1',
      max_tokens: 9,
      system: 'Be brief.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            { type: 'text', text: 'Look' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Wait.' },
            { type: 'tool_use', id: 'c1', name: 'weather_in', input: { city: 'Brest' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'c1', content: 'wet' },
            { type: 'text', text: 'So?' },
          ],
        },
      ],
      tools: [{ name: 'weather_in', description: 'Weather', input_schema: TOOL.schema }],
      temperature: 0.5,
      top_p: 0,
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'low' },
      stream: true,
    },
  ],
  [
    'gemini',
    {
      contents: [
        { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }, { text: 'Look' }] },
        {
          role: 'model',
          parts: [{ text: 'Wait.' }, { functionCall: { id: 'c1', name: 'weather_in', args: { city: 'Brest' } } }],
        },
        {
          role: 'user',
          parts: [{ functionResponse: { id: 'c1', name: 'weather_in', response: { output: 'wet' } } }, { text: 'So?' }],
        },
      ],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      tools: [
        {
          functionDeclarations: [{ name: 'weather_in', description: 'Weather', parametersJsonSchema: TOOL.schema }],
        },
      ],
      generationConfig: {
        maxOutputTokens: 9,
        temperature: 0.5,
        topP: 0,
        thinkingConfig: { includeThoughts: true, thinkingLevel: 'LOW' },
      },
    },
  ],
])('everything there is to set is where %s wants it', (format, body) => {
  const settings = {
    maxTokens: 9,
    temperature: 0.5,
    topP: 0,
    thinking: { effort: 'low' },
    showsThinking: true,
  } as const
  expect(bodyOf(format, { system: 'Be brief.', turns: TURNS, tools: [TOOL], settings, isStreamed: true })).toEqual(body)
})

test('a Gemini stream is asked for by its path, as server-sent events', () => {
  expect(requestOf({ ...LEAST, format: 'gemini', isStreamed: true }).path).toEndWith(':streamGenerateContent?alt=sse')
})

describe('how much to think', () => {
  test.each<[Format, Question['settings']['thinking'], JsonObject]>([
    ['openai-chat', { effort: 'none' }, { reasoning_effort: 'none' }],
    ['openai-chat', { budgetTokens: 2_000 }, {}],
    ['openai-responses', { effort: 'none' }, { reasoning: { effort: 'none' } }],
    ['openai-responses', { budgetTokens: 2_000 }, {}],
    ['anthropic-messages', { effort: 'none' }, { max_tokens: 4_096, thinking: { type: 'disabled' } }],
    [
      'anthropic-messages',
      { budgetTokens: 2_000 },
      { max_tokens: 6_096, thinking: { type: 'enabled', budget_tokens: 2_000 } },
    ],
    ['gemini', { effort: 'none' }, { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }],
    ['gemini', { effort: 'high' }, { generationConfig: { thinkingConfig: { thinkingLevel: 'HIGH' } } }],
    ['gemini', { budgetTokens: 2_000 }, { generationConfig: { thinkingConfig: { thinkingBudget: 2_000 } } }],
  ])('is said to %s for %j', (format, thinking, said) => {
    expect(bodyOf(format, { settings: { thinking } })).toEqual({ ...bodyOf(format), ...said })
  })
})

test.each(FORMATS.map((format) => [format]))('what another format signed is not sent to %s', (format) => {
  const other = FORMATS.find((one) => one !== format) ?? 'gemini'
  const state = {
    format: other,
    value: { signature: 'secret', details: [{ data: 'secret' }], thoughtSignature: 'secret' },
  }
  const parts = [
    { kind: 'thinking', text: 'secret', state } as const,
    { kind: 'text', text: 'Hello', state } as const,
    { kind: 'call', id: 'c', name: 'f', arguments: '{}', state } as const,
  ]
  const body = JSON.stringify(bodyOf(format, { turns: [HI, { role: 'assistant', id: '2', parts }] }))
  expect(body).toContain('Hello')
  expect(body).not.toContain('secret')
})

test('a call that came without an id goes back to Gemini without one, and so does its result', () => {
  const turns: readonly Turn[] = [
    HI,
    { role: 'assistant', id: '2', parts: [{ kind: 'call', id: 'own_1', isOwnId: true, name: 'f', arguments: '{' }] },
    { role: 'tool', id: '3', results: [{ callId: 'own_1', name: 'f', text: '[1]' }] },
  ]
  expect(bodyOf('gemini', { turns }).contents).toEqual([
    { role: 'user', parts: [{ text: 'Hi' }] },
    { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
    { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: [1] } } }] },
  ])
})
