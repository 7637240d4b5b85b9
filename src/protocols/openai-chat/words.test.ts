import { describe, expect, test } from 'bun:test'
import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Settings } from '../../canon/conversation.ts'
import { tierWord } from './answer-head.ts'
import { addDetails } from './read-details.ts'
import { chunk, conversationOf, eventsOf, lossesOf, parsed, type ProfilePatch, rendered } from './test-parts.ts'

/** Every word of Chat's and of its likes that means something in other formats, row by row. */

const MESSAGES = [{ role: 'user', content: 'hi' }]
const parse = (more: JsonObject) => parsed({ model: 'm', messages: MESSAGES, ...more }).conversation

describe('the end of an answer', () => {
  const reasonOf = (word: string) =>
    eventsOf([chunk({ content: 'x' }, word)]).find(
      (event): event is AnswerEvent & { type: 'stop' } => event.type === 'stop',
    )?.stop.reason

  test.each([
    ['stop', 'natural'],
    ['eos', 'natural'],
    ['end_turn', 'natural'],
    ['complete', 'natural'],
    ['COMPLETE', 'natural'],
    ['stop_sequence', 'stop-sequence'],
    ['tool_calls', 'tool-calls'],
    ['tool_call', 'tool-calls'],
    ['tool_use', 'tool-calls'],
    ['function_call', 'tool-calls'],
    ['length', 'output-limit'],
    ['max_tokens', 'output-limit'],
    ['max_output_tokens', 'output-limit'],
    ['model_length', 'context-full'],
    ['content_filter', 'filter'],
    ['sensitive', 'filter'],
    ['safety', 'filter'],
    ['recitation', 'filter'],
    ['refusal', 'refusal'],
    ['something_new', 'other'],
  ])('%s means %s', (word, reason) => {
    expect(reasonOf(word)).toBe(reason as 'natural')
  })

  test.each(['error', 'abort', 'aborted', 'network_error', 'insufficient_system_resource'])(
    '%s is a failure',
    (word) => {
      expect(eventsOf([chunk({ content: 'x' }, word)]).at(-1)?.type).toBe('error')
    },
  )
})

describe('the tier of service', () => {
  test.each(['auto', 'default', 'flex', 'scale', 'priority', 'fast'])('%s is told, and can be asked for', (tier) => {
    expect(tierWord(tier)).toBe(tier)
    expect(written({ serviceTier: { value: tier, pointer: '/t' } }).body).toMatchObject({ service_tier: tier })
  })

  test('of Anthropic is told in OpenAI’s words, and what nobody knows is not told', () => {
    expect([tierWord('standard'), tierWord('best'), tierWord(undefined)]).toEqual(['default', undefined, undefined])
  })
})

const written = (settings: Settings, patch: ProfilePatch = {}) => {
  const made = rendered(conversationOf([{ role: 'user', blocks: [{ kind: 'text', text: 'hi' }] }], { settings }), patch)
  return { body: made.body, losses: lossesOf(made) }
}
const sourced = <Value>(value: Value) => ({ value, pointer: '/s' })

describe('a setting of another format', () => {
  test.each([
    [{ outputTokensMax: sourced(9) }, { max_completion_tokens: 9 }],
    [{ temperature: sourced(0.5) }, { temperature: 0.5 }],
    [{ topP: sourced(0.5) }, { top_p: 0.5 }],
    [{ stop: sourced(['a']) }, { stop: ['a'] }],
    [{ seed: sourced(3) }, { seed: 3 }],
    [{ frequencyPenalty: sourced(1) }, { frequency_penalty: 1 }],
    [{ presencePenalty: sourced(1) }, { presence_penalty: 1 }],
    [{ logprobs: sourced(2) }, { logprobs: true, top_logprobs: 2 }],
    [{ verbosity: sourced('low') }, { verbosity: 'low' }],
    [{ user: sourced('u') }, { user: 'u' }],
    [{ metadata: sourced({ a: 'b' }) }, { metadata: { a: 'b' } }],
    [{ store: sourced(true) }, { store: true }],
    [{ promptCacheKey: sourced('k') }, { prompt_cache_key: 'k' }],
  ] as const)('%j is %j', (settings, fields) => {
    const { body, losses } = written(settings)
    expect(body).toMatchObject(fields)
    expect(losses).toEqual([])
  })

  test('a mark for the cache is written where the server takes it, for as long as it takes it', () => {
    const cache = sourced({ ttl: '1h' } as const)
    const marks = { cacheMarks: 'cache_control' } as const
    expect(written({ cache }, { ...marks, cacheTtlHour: true }).body.cache_control).toEqual({
      type: 'ephemeral',
      ttl: '1h',
    })
    expect(written({ cache }, marks)).toMatchObject({
      body: { cache_control: { type: 'ephemeral' } },
      losses: ['/s;approximated'],
    })
  })
})

describe('a field of a request', () => {
  test.each([
    [{ max_completion_tokens: 9 }, 'outputTokensMax', 9],
    [{ max_tokens: 9 }, 'outputTokensMax', 9],
    [{ temperature: 0.5 }, 'temperature', 0.5],
    [{ top_p: 0.5 }, 'topP', 0.5],
    [{ top_k: 5 }, 'topK', 5],
    [{ seed: 3 }, 'seed', 3],
    [{ random_seed: 3 }, 'seed', 3],
    [{ frequency_penalty: 1 }, 'frequencyPenalty', 1],
    [{ presence_penalty: 1 }, 'presencePenalty', 1],
    [{ n: 2 }, 'choices', 2],
    [{ stop: 'a' }, 'stop', ['a']],
    [{ logprobs: true }, 'logprobs', 0],
    [{ verbosity: 'low' }, 'verbosity', 'low'],
    [{ user: 'u' }, 'user', 'u'],
    [{ safety_identifier: 'u' }, 'user', 'u'],
    [{ metadata: { a: 'b' } }, 'metadata', { a: 'b' }],
    [{ store: true }, 'store', true],
    [{ service_tier: 'flex' }, 'serviceTier', 'flex'],
    [{ prompt_cache_key: 'k' }, 'promptCacheKey', 'k'],
  ] as const)('%j is a setting', (field, name, value) => {
    const { settings, unmapped } = parse(field)
    expect(settings[name]?.value).toEqual(value as never)
    expect(unmapped).toEqual([])
  })

  test.each([
    [{ top_logprobs: 2 }, 'top_logprobs', 'drop'],
    [{ top_logprobs: 2, logprobs: true }, 'top_logprobs', 'ignore'],
    [{ prompt_cache_options: { mode: 'auto' } }, undefined, undefined],
    [{ prompt_cache_options: { mode: 'auto', other: 1 } }, 'prompt_cache_options/other', 'drop'],
    [{ usage: { include: true } }, 'usage', 'ignore'],
    [{ modalities: ['text'] }, 'modalities', 'ignore'],
    [{ modalities: ['audio'] }, 'modalities', 'refuse'],
    [{ audio: { voice: 'v' }, modalities: ['text', 'audio'] }, 'audio', 'refuse'],
    [{ logit_bias: { 1: 2 } }, 'logit_bias', 'refuse'],
    [{ moderation: {} }, 'moderation', 'refuse'],
    [{ prediction: {} }, 'prediction', 'drop'],
    [{ something_new: 1 }, 'something_new', 'drop'],
  ] as const)('%j is left by its effect', (field, pointer, effect) => {
    const { unmapped } = parse(field)
    if (pointer === undefined) expect(unmapped).toEqual([])
    else expect(unmapped).toContainEqual({ pointer: `/${pointer}`, effect } as never)
  })

  const TOOL = { name: 'f', parameters: { type: 'object' } }
  test.each([
    [{ stream: true, stream_options: { include_usage: true } }],
    [{ functions: [TOOL], function_call: 'auto' }],
    [{ tools: [{ type: 'function', function: TOOL }], tool_choice: 'auto', parallel_tool_calls: true }],
    [{ web_search_options: {} }],
    [{ reasoning_effort: 'low' }],
    [{ reasoning: { effort: 'low' } }],
    [{ thinking: { type: 'enabled' } }],
    [{ enable_thinking: true }],
    [{ thinking_budget: 100 }],
    [{ include_reasoning: true, reasoning_effort: 'low' }],
  ])('%j is read, and nothing of it left', (fields) => {
    expect(parse(fields).unmapped).toEqual([])
  })

  test.each(['minimal', 'low', 'medium', 'high', 'xhigh', 'max'])('asks for effort %s', (effort) => {
    expect(parse({ reasoning_effort: effort }).settings.reasoning?.value).toMatchObject({ mode: 'effort', effort })
  })
})

describe('a turn', () => {
  const CALL = { id: 'c1', type: 'function', index: 0, function: { name: 'f', arguments: '{}' } }
  const CUSTOM = { id: 'c2', type: 'custom', custom: { name: 'g', input: 'x' } }
  const mark = { cache_control: { type: 'ephemeral', ttl: '5m' } }

  test.each([
    [{ role: 'user', content: 'hi', name: 'n', ...mark }],
    [{ role: 'user', content: 'hi', prompt_cache_breakpoint: {} }],
    [{ role: 'user', content: [{ type: 'text', text: 'hi', prompt_cache_breakpoint: {} }] }],
    [{ role: 'assistant', content: null, refusal: 'No.' }],
    [{ role: 'assistant', content: 'x', reasoning: 'Hm.' }],
    [{ role: 'assistant', content: 'x', reasoning_content: 'Hm.' }],
    [{ role: 'assistant', content: 'x', annotations: [], parsed: {}, prefix: false }],
    [{ role: 'assistant', tool_calls: [CALL, CUSTOM] }],
    [{ role: 'assistant', tool_calls: [{ ...CALL, extra_content: { google: { thought_signature: 's' } } }] }],
    [{ role: 'assistant', function_call: { name: 'f', arguments: '{}' } }],
  ])('%j is read, and nothing of it left', (message) => {
    expect(parse({ messages: [...MESSAGES, message] }).unmapped).toEqual([])
  })

  const FUNCTION = { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true }
  test.each([
    [{ type: 'function', function: FUNCTION, ...mark }],
    [{ type: 'function', function: { ...FUNCTION, ...mark } }],
    [{ type: 'function', function: FUNCTION, prompt_cache_breakpoint: {} }],
    [{ type: 'custom', custom: { name: 'g' } }],
  ])('a tool %j is read, and nothing of it left', (tool) => {
    expect(parse({ tools: [tool] }).unmapped).toEqual([])
  })
})

describe('a mark for the cache on a tool', () => {
  const FUNCTION = { name: 'f', parameters: { type: 'object' } }
  const marked = { cache_control: { type: 'ephemeral', ttl: '1h' } }

  test.each([
    ['beside its function', { tools: [{ type: 'function', function: FUNCTION, ...marked }] }],
    ['in its function', { tools: [{ type: 'function', function: { ...FUNCTION, ...marked } }] }],
    ['on a legacy function', { functions: [{ ...FUNCTION, ...marked }] }],
  ])('is read where it stands: %s', (_where, fields) => {
    expect(parse(fields).tools).toMatchObject([{ name: 'f', cache: { ttl: '1h' } }])
  })
})

describe('a part', () => {
  const url = 'https://example.com/a'
  const blocksOf = (part: JsonObject) => parse({ messages: [{ role: 'assistant', content: [part] }] }).turns[0]?.blocks

  test.each([
    [
      { type: 'text', text: 'x' },
      { kind: 'text', text: 'x' },
    ],
    [
      { type: 'refusal', refusal: 'No.' },
      { kind: 'refusal', text: 'No.' },
    ],
    [
      { type: 'thinking', thinking: 'Hm.' },
      { kind: 'reasoning', text: 'Hm.' },
    ],
    [
      { type: 'image_url', image_url: { url } },
      { media: 'image', source: { kind: 'url', url } },
    ],
    [
      { type: 'video_url', video_url: { url } },
      { media: 'video', source: { kind: 'url', url } },
    ],
    [
      { type: 'audio_url', audio_url: { url } },
      { media: 'audio', source: { kind: 'url', url } },
    ],
    [
      { type: 'file_url', file_url: { url } },
      { media: 'document', source: { kind: 'url', url } },
    ],
    [
      { type: 'document_url', document_url: { url } },
      { media: 'document', source: { kind: 'url', url } },
    ],
  ])('%j is read', (part, block) => {
    expect(blocksOf(part)).toMatchObject([block])
  })

  test.each(['low', 'high', 'original', 'auto'])('has images of detail %s', (detail) => {
    expect(blocksOf({ type: 'image_url', image_url: { url, detail } })).toMatchObject([{ kind: 'media', detail }])
  })

  test.each([
    ['audio/wav', 'wav'],
    ['audio/x-wav', 'wav'],
    ['audio/wave', 'wav'],
    ['audio/mpeg', 'mp3'],
    ['audio/mp3', 'mp3'],
  ])('of %s is written as %s', (mediaType, format) => {
    const source = { kind: 'base64', mediaType, data: 'AA==' } as const
    const { body } = rendered(conversationOf([{ role: 'user', blocks: [{ kind: 'media', media: 'audio', source }] }]))
    expect(body.messages).toEqual([
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AA==', format } }] },
    ])
  })
})

describe('thinking that is turned on and off', () => {
  test.each([
    ['thinking', { thinking: { type: 'enabled' } }, { thinking: { type: 'disabled' } }],
    ['enable_thinking', { enable_thinking: true }, { enable_thinking: false }],
    [
      'chat_template_kwargs',
      { chat_template_kwargs: { enable_thinking: true } },
      { chat_template_kwargs: { enable_thinking: false } },
    ],
  ] as const)('by %s is written so', (switchField, on, off) => {
    const patch = { reasoning: { style: 'switch', switchField, canBeOff: true, efforts: [] } } as const
    expect(written({ reasoning: sourced({ mode: 'adaptive' } as const) }, patch).body).toMatchObject(on)
    expect(written({ reasoning: sourced({ mode: 'off' } as const) }, patch).body).toMatchObject(off)
  })
})

describe('pieces of reasoning', () => {
  test.each(['text', 'summary', 'data'])('of one entry grow by their %s', (name) => {
    const details: JsonObject[] = []
    addDetails(details, [
      { type: 'a', index: 0, [name]: 'on' },
      { type: 'a', index: 0, [name]: 'ly' },
    ])
    expect(details).toEqual([{ type: 'a', index: 0, [name]: 'only' }])
  })
})

describe('a turn of another format', () => {
  const vendor = { kind: 'vendor', type: 'x', opaque: { family: 'v', kind: 'native-block', data: '{}' } } as const

  test('of a user has what only models say as text, and what it cannot have is left out, said to be', () => {
    const made = rendered(
      conversationOf([
        {
          role: 'user',
          blocks: [
            { kind: 'text', text: 'hi' },
            { kind: 'refusal', text: 'No.' },
            { ...vendor, text: 'seen', pointer: '/a' },
            { ...vendor, text: '', pointer: '/b' },
            { kind: 'reasoning', text: 'Hm.', pointer: '/c' },
          ],
        },
      ]),
    )
    const said = ['hi', 'No.', 'seen'].map((text) => ({ type: 'text', text }))
    expect(made.body.messages).toEqual([{ role: 'user', content: said }])
    expect(lossesOf(made)).toEqual(['/a;approximated', '/b;unsupported', '/c;unsupported'])
  })

  test('of a model has its refusal in its place, and no media', () => {
    const source = { kind: 'base64', mediaType: 'image/png', data: 'AA==' } as const
    const blocks = [
      { kind: 'refusal', text: 'No' },
      { kind: 'refusal', text: '.' },
      { kind: 'media', media: 'image', source, pointer: '/m' },
    ] as const
    const made = rendered(
      conversationOf([
        { role: 'user', blocks: [{ kind: 'text', text: 'hi' }] },
        { role: 'assistant', blocks },
      ]),
    )
    expect(made.body.messages).toContainEqual({ role: 'assistant', content: null, refusal: 'No.' })
    expect(lossesOf(made)).toContain('/m;unsupported')
  })
})
