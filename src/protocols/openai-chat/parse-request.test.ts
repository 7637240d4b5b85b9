import { describe, expect, test } from 'bun:test'

import type { JsonObject } from '../../canon/codec.ts'
import type { Conversation, Settings } from '../../canon/conversation.ts'
import { writeJson } from '../../canon/json-text.ts'
import { parseRequest } from './parse-request.ts'
import { CARRIERS, lossesOf, parsed } from './test-parts.ts'

const LEAST = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }
const read = (more: JsonObject): Conversation => parsed({ ...LEAST, ...more }).conversation
const said = (...messages: JsonObject[]) => parsed({ model: 'm', messages }).conversation

describe('a setting', () => {
  const rows: [title: string, more: JsonObject, settings: Settings][] = [
    [
      'is read under the newer name of the limit first',
      { max_tokens: 5, max_completion_tokens: 7 },
      {
        outputTokensMax: { value: 7, pointer: '/max_completion_tokens' },
      },
    ],
    [
      'is read under the older name of the limit',
      { max_tokens: 5 },
      { outputTokensMax: { value: 5, pointer: '/max_tokens' } },
    ],
    ['that is null is absent', { temperature: null, stop: null, tools: null, reasoning_effort: null }, {}],
    ['85 stop becomes a list', { stop: 'a' }, { stop: { value: ['a'], pointer: '/stop' } }],
    [
      'of likelihoods counts the alternatives',
      { logprobs: true, top_logprobs: 3 },
      { logprobs: { value: 3, pointer: '/logprobs' } },
    ],
    ['of no likelihoods is nothing', { logprobs: false }, {}],
    [
      '21 of no effort is a wish not to think',
      { reasoning_effort: 'none' },
      {
        reasoning: { value: { mode: 'off' }, pointer: '/reasoning_effort' },
      },
    ],
    [
      'of an effort is a degree',
      { reasoning_effort: 'xhigh' },
      {
        reasoning: { value: { mode: 'effort', effort: 'xhigh' }, pointer: '/reasoning_effort' },
      },
    ],
    [
      'of a vendor may be a budget',
      { thinking: { type: 'enabled', budget_tokens: 9 } },
      {
        reasoning: { value: { mode: 'budget', budgetTokens: 9 }, pointer: '/thinking/budget_tokens' },
      },
    ],
    [
      'not to think wins over a degree',
      { reasoning_effort: 'high', thinking: { type: 'disabled' } },
      {
        reasoning: { value: { mode: 'off' }, pointer: '/thinking' },
      },
    ],
    [
      'of a router may hide the reasoning',
      { reasoning: { effort: 'low', exclude: true } },
      {
        reasoning: { value: { mode: 'effort', effort: 'low', visible: false }, pointer: '/reasoning/effort' },
      },
    ],
    [
      'of Qwen is a flag',
      { enable_thinking: false },
      { reasoning: { value: { mode: 'off' }, pointer: '/enable_thinking' } },
    ],
    [
      'names the newer of two users',
      { user: 'a', safety_identifier: 'b' },
      { user: { value: 'b', pointer: '/safety_identifier' } },
    ],
    [
      'of a schema keeps all it says',
      {
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
      },
      {
        shape: {
          value: { kind: 'json-schema', name: 'n', strict: true, schema: { type: 'object' } },
          pointer: '/response_format',
        },
      },
    ],
    [
      'for the cache of the whole request is read',
      { cache_control: { type: 'ephemeral', ttl: '1h' } },
      {
        cache: { value: { ttl: '1h' }, pointer: '/cache_control' },
      },
    ],
  ]
  for (const [title, more, settings] of rows) test(title, () => expect(read(more).settings).toEqual(settings))
})

describe('a field without a place', () => {
  const rows: [more: JsonObject, pointer: string, effect: string][] = [
    [{ prediction: {} }, '/prediction', 'drop'],
    [{ 'a/b~c': 1 }, '/a~1b~0c', 'drop'],
    [{ logit_bias: { 5: 1 } }, '/logit_bias', 'refuse'],
    [{ logit_bias: {} }, '/logit_bias', 'ignore'],
    [{ modalities: ['text', 'audio'] }, '/modalities', 'refuse'],
    [{ modalities: ['text'] }, '/modalities', 'ignore'],
    [{ moderation: { model: 'm' } }, '/moderation', 'refuse'],
    [{ stream_options: { include_obfuscation: true } }, '/stream_options/include_obfuscation', 'ignore'],
    [{ response_format: { type: 'grammar' } }, '/response_format', 'refuse'],
    [{ messages: [{ role: 'user', content: 'x', mood: 1 }] }, '/messages/0/mood', 'drop'],
    [{ messages: [{ role: 'user', content: [{ type: 'hologram' }] }] }, '/messages/0/content/0', 'refuse'],
    [{ messages: [{ role: 'assistant', audio: { id: 'a' } }] }, '/messages/0/audio', 'refuse'],
    [{ tools: [{ type: 'function', function: { name: 'f', extra: 1 } }] }, '/tools/0/function/extra', 'drop'],
  ]
  for (const [more, pointer, effect] of rows)
    test(`${pointer} of ${JSON.stringify(more)} is to ${effect}`, () =>
      expect(read(more).unmapped).toEqual([{ pointer, effect: effect as 'drop' }]))
})

describe('a wrong type', () => {
  const rows: [more: JsonObject, param: string][] = [
    [{ model: 5 }, 'model'],
    [{ messages: 'hi' }, 'messages'],
    [{ messages: [5] }, 'messages.0'],
    [{ messages: [{ role: 'king', content: 'x' }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user' }] }, 'messages.0.content'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages.0.content'],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 5 }] }] }, 'messages.0.content.0.text'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      'messages.0.content.0.image_url.url',
    ],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.tool_call_id'],
    [
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }] },
      'messages.0.tool_calls.0.function.name',
    ],
    [{ temperature: 'hot' }, 'temperature'],
    [{ stop: 5 }, 'stop'],
    [{ stop: [5] }, 'stop.0'],
    [{ stream: 'yes' }, 'stream'],
    [{ tools: {} }, 'tools'],
    [{ tools: [{ type: 'function', function: {} }] }, 'tools.0.function.name'],
    [{ tool_choice: 'perhaps' }, 'tool_choice'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
  ]
  for (const [more, param] of rows)
    test(`in ${JSON.stringify(more)} is refused, naming ${param}`, () => {
      const result = parseRequest({ ...LEAST, ...more }, { format: 'openai-chat', action: 'generate' }, CARRIERS)
      expect(result).toMatchObject({ ok: false, error: { kind: 'invalid-request', param } })
    })
})

describe('tools', () => {
  test('of both forms are read, a grammar as Responses writes it', () => {
    const grammar = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } }
    const { tools } = read({
      tools: [
        { type: 'function', function: { name: 'f', parameters: { type: 'object' } } },
        { type: 'custom', custom: { name: 'c', format: grammar } },
      ],
    })
    expect(tools).toMatchObject([
      { kind: 'function', name: 'f', schema: { type: 'object' }, pointer: '/tools/0' },
      { kind: 'custom', name: 'c', grammar: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
    ])
    expect(tools[0]).not.toHaveProperty('strict')
  })

  test('151 of a client that declares functions are tools, and it is given one call at a time', () => {
    const { tools, toolChoice, parallelTools, wishes } = read({
      functions: [{ name: 'f' }],
      function_call: { name: 'f' },
    })
    expect(tools).toMatchObject([{ kind: 'function', name: 'f', schema: undefined, pointer: '/functions/0' }])
    expect(toolChoice).toEqual({ value: { kind: 'tool', name: 'f' }, pointer: '/function_call' })
    expect(parallelTools).toEqual({ value: false, pointer: '/functions' })
    expect(wishes.legacyFunctions).toBe(true)
  })

  const choices: [choice: unknown, read: unknown][] = [
    ['none', { kind: 'none' }],
    ['any', { kind: 'required' }],
    [
      { type: 'custom', custom: { name: 'c' } },
      { kind: 'tool', name: 'c' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
      { kind: 'allowed', required: true, names: ['f'] },
    ],
  ]
  for (const [choice, value] of choices)
    test(`are chosen by ${JSON.stringify(choice)}`, () =>
      expect(read({ tool_choice: choice }).toolChoice?.value).toEqual(value as { kind: 'none' }))

  test('the web search that has a field of its own is one', () => {
    const options = { user_location: { type: 'approximate', approximate: { city: 'Rome' } } }
    expect(read({ web_search_options: options }).tools).toMatchObject([
      { kind: 'hosted', hosted: 'web-search', userLocation: { city: 'Rome' }, pointer: '/web_search_options' },
    ])
  })
})

describe('messages', () => {
  const PNG = 'iVBORw0KGgoAAAANSUhEUg=='

  test('37 of every role are turns with pointers', () => {
    const { turns } = said({ role: 'developer', content: 'd' }, { role: 'user', content: 'u', name: 'ann' })
    expect(turns).toMatchObject([
      {
        role: 'developer',
        blocks: [{ kind: 'text', text: 'd', pointer: '/messages/0/content' }],
        pointer: '/messages/0',
      },
      { role: 'user', name: 'ann' },
    ])
  })

  test('53 54 images in data URLs are read as bytes of their true type', () => {
    const url = `data:image/jpeg;charset=x;base64,${PNG}`
    const { turns } = said({ role: 'user', content: [{ type: 'image_url', image_url: { url, detail: 'low' } }] })
    expect(turns[0]?.blocks).toMatchObject([
      { media: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PNG }, detail: 'low' },
    ])
  })

  const parts: [part: JsonObject, block: JsonObject][] = [
    [
      { type: 'image_url', image_url: 'https://a.example/b.png' },
      { media: 'image', source: { kind: 'url', url: 'https://a.example/b.png' } },
    ],
    [
      { type: 'file', file: { file_id: 'file-1' } },
      { media: 'document', source: { kind: 'file', id: 'file-1', family: 'openai' } },
    ],
    [
      { type: 'file', file: { file_data: 'data:text/plain;base64,aGk=', filename: 'a.txt' } },
      { media: 'document', source: { kind: 'text', text: 'hi', mediaType: 'text/plain' }, filename: 'a.txt' },
    ],
    [
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
      { media: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
    ],
    [{ type: 'video_url', video_url: { url: 'https://a.example/b.mp4' } }, { media: 'video' }],
    [
      { type: 'file_url', file_url: { url: 'JVBERi0xLjcK' } },
      { media: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0xLjcK' } },
    ],
    [
      { type: 'file_url', file_url: { url: 'papers/tides' } },
      { media: 'document', source: { kind: 'url', url: 'papers/tides' } },
    ],
    [
      { type: 'text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit' } },
      { kind: 'text', cache: { ttl: undefined } },
    ],
    [
      { type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { kind: 'text', cache: { ttl: '1h' } },
    ],
  ]
  for (const [part, block] of parts)
    test(`hold ${JSON.stringify(part)}`, () => {
      const [turn] = said({ role: 'user', content: [part] }).turns
      expect(turn?.blocks).toMatchObject([{ ...block, native: { format: 'openai-chat', value: part } }])
    })

  test('29 an empty text beside calls is none, and arguments keep their text', () => {
    const args = '{"n":9007199254740993, "x":1.0}'
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: args } }
    const { turns } = said(
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'r' },
    )
    expect(turns[0]?.blocks).toMatchObject([
      { kind: 'tool-call', id: 'c1', name: 'f', form: 'function', arguments: args },
    ])
    expect(turns[1]).toMatchObject({
      role: 'user',
      blocks: [{ kind: 'tool-result', callId: 'c1', name: 'f', content: [{ text: 'r' }] }],
    })
  })

  test('151 legacy results find their calls by name, in order', () => {
    const called = { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } }
    const { turns } = said(called, { role: 'function', name: 'f', content: '1' }, called, {
      role: 'function',
      name: 'f',
      content: '2',
    })
    const ids = turns.map(
      ({ blocks: [block] }) => block && ('callId' in block ? block.callId : 'id' in block && block.id),
    )
    expect(ids).toEqual(['call_legacy_0', 'call_legacy_0', 'call_legacy_1', 'call_legacy_1'])
  })

  test('163 reasoning is read once, its details before its text, and tags in the text are text', () => {
    const read = (fields: JsonObject) =>
      said({ role: 'assistant', content: '<think>a</think>b', ...fields }).turns[0]?.blocks
    const text = { kind: 'text', text: '<think>a</think>b', pointer: '/messages/0/content' }
    const reasoning = (field: string) => ({ kind: 'reasoning', text: field, pointer: `/messages/0/${field}` })
    const details = [{ type: 'reasoning.text', text: 'reasoning_details' }]
    const [reasoning_content, plain] = ['reasoning_content', 'reasoning']
    expect(read({ reasoning_details: details, reasoning_content, reasoning: plain }) as unknown).toEqual([
      reasoning('reasoning_details'),
      text,
    ])
    expect(read({ reasoning_content, reasoning: plain }) as unknown).toEqual([reasoning('reasoning_content'), text])
    expect(read({ reasoning: plain }) as unknown).toEqual([reasoning('reasoning'), text])
  })

  test('7 sealed reasoning comes back where it stood', () => {
    const seal = (signature: string) =>
      CARRIERS.seal({
        family: 'anthropic',
        kind: 'thinking',
        data: JSON.stringify({ thinking: `t${signature}`, signature }),
      })
    const entry = (data: string, at?: JsonObject) => ({ type: 'tollgate.sealed', index: 0, data, ...(at && { at }) })
    const { turns } = said({
      role: 'assistant',
      content: 'one two',
      reasoning_content: 'tA\n\ntB',
      reasoning_details: [entry(seal('A')), entry(seal('B'), { text: 4, calls: 0 })],
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
    })
    expect(turns[0]?.blocks.map((block) => ('text' in block ? `${block.kind} ${block.text}` : block.kind))).toEqual([
      'reasoning tA',
      'text one ',
      'reasoning tB',
      'text two',
      'tool-call',
    ])
  })

  test('4 damaged reasoning is left out whole, and declared', () => {
    const { conversation, losses } = parsed({
      model: 'm',
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: 'y',
          reasoning_content: 't',
          reasoning_details: [{ type: 'tollgate.sealed', data: 'sealed:!' }],
        },
      ],
    })
    expect(conversation.turns[1]?.blocks).toMatchObject([{ kind: 'text', text: 'y' }])
    expect(lossesOf({ losses })).toEqual(['/messages/1/reasoning_details/0;reasoning_damaged'])
  })

  test("16 Google's signature of a call is its state", () => {
    const extra_content = { google: { thought_signature: 'c2ln' } }
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content }
    const [turn] = said({ role: 'assistant', content: null, tool_calls: [call] }).turns
    expect(turn?.blocks).toMatchObject([
      { opaque: { family: 'google', kind: 'thought-signature', data: '{"signature":"c2ln","on":"call"}' } },
    ])
  })
})

test('the numbers of a body keep their spelling', () => {
  const { conversation } = parsed(
    '{"model":"m","temperature":1.0,"messages":[{"role":"user","content":"x"}],"seed":12345678901234567890}',
  )
  expect(conversation.settings.temperature?.value).toBe(1)
  expect(writeJson(conversation.native.value)).toContain('"seed":12345678901234567890')
})
