import { describe, expect, test } from 'bun:test'

import type { Block, Opaque, ToolCallBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Conversation, Settings, Tool } from '../../canon/conversation.ts'
import { writeJson } from '../../canon/json-text.ts'
import { renderRequest } from './render-request.ts'
import { CARRIERS, conversationOf, lossesOf, parsed, type ProfilePatch, rendered, targetWith } from './test-parts.ts'

const text = (said: string, more: JsonObject = {}): Block => ({ kind: 'text', text: said, pointer: '/t', ...more })
const call = (id: string, more: Partial<ToolCallBlock> = {}): Block => ({
  kind: 'tool-call',
  id,
  name: 'f',
  form: 'function',
  arguments: '{"a":1}',
  pointer: '/c',
  ...more,
})
const result = (callId: string, content: readonly Block[], more: JsonObject = {}): Block =>
  ({ kind: 'tool-result', callId, form: 'function', content, pointer: '/r', ...more }) as Block
const user = (...blocks: Block[]) => ({ role: 'user', blocks }) as const
const assistant = (...blocks: Block[]) => ({ role: 'assistant', blocks }) as const
const _messagesOf = (turns: Parameters<typeof conversationOf>[0], patch: ProfilePatch = {}) =>
  rendered(conversationOf(turns), patch).body.messages

describe('a request that came as Chat', () => {
  const bodies: string[] = [
    '{"model":"m","messages":[{"role":"user","content":"x","mood":1}],"seed":12345678901234567890,"temperature":1.0,"zzz":{"b":1,"a":2}}',
    '{"messages":[{"content":[{"text":"a","type":"text","cache_control":{"type":"ephemeral"}}],"role":"user"}],"stream":true,"model":"m"}',
    '{"model":"m","functions":[{"name":"f"}],"function_call":"auto","messages":[{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"1"}]}',
    '{"model":"m","messages":[{"role":"assistant","content":"x","reasoning_content":"r","reasoning_details":[{"type":"reasoning.text","text":"r"}]}],"modalities":["audio"],"logit_bias":{"1":2}}',
  ]
  for (const body of bodies)
    test(`is written as it came: ${body.slice(0, 60)}`, () => {
      const { conversation } = parsed(body)
      const written = renderRequest(conversation, { ...targetWith(), model: 'm', stream: conversation.stream })
      expect(written.ok && writeJson(written.value.body)).toBe(body)
      expect(written.ok && written.value.losses).toEqual([])
    })

  const sealed = (opaque: Opaque): JsonObject => ({
    model: 'm',
    messages: [
      {
        role: 'assistant',
        content: 'x',
        reasoning_content: 'shown',
        reasoning_details: [{ type: 'tollgate.sealed', index: 0, data: CARRIERS.seal(opaque) }],
      },
    ],
  })
  test('has its envelopes opened for the vendor whose they are', () => {
    const details = '[{"type":"reasoning.text","text":"r","signature":"s"}]'
    const { conversation } = parsed(sealed({ family: 'vendor', kind: 'reasoning-details', data: details }))
    const { body, losses } = rendered(conversation, { reasoning: { replay: 'reasoning_details' } })
    expect(body.messages).toEqual([{ role: 'assistant', content: 'x', reasoning_details: JSON.parse(details) }])
    expect(losses).toEqual([])
  })
  test("4 has another vendor's reasoning left out whole", () => {
    const { conversation } = parsed(sealed({ family: 'anthropic', kind: 'thinking', data: '{}' }))
    const written = rendered(conversation)
    expect(written.body.messages).toEqual([{ role: 'assistant', content: 'x' }])
    expect(lossesOf(written)).toEqual(['/messages/0/reasoning_details/0;reasoning_foreign'])
  })
  test('is streamed, usage and all, where the answer must be', () => {
    const { conversation } = parsed({ model: 'm', messages: [] })
    expect(rendered(conversation, {}, true).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    })
  })
})

describe('settings', () => {
  const at = <Value>(value: Value) => ({ value, pointer: '/p' })
  const rows: [title: string, settings: Settings, patch: ProfilePatch, fields: JsonObject, losses: string[]][] = [
    [
      '80 the limit has the name the server knows',
      { outputTokensMax: at(9) },
      { outputLimitField: 'max_tokens' },
      { max_tokens: 9 },
      [],
    ],
    [
      'the limit is cut to the most',
      { outputTokensMax: at(9_999) },
      {},
      { max_completion_tokens: 8_192 },
      ['/p;clamped'],
    ],
    [
      '82 the temperature is cut, not scaled',
      { temperature: at(1.7) },
      { temperature: 'unit' },
      { temperature: 1 },
      ['/p;clamped'],
    ],
    ['a fixed temperature is left out', { temperature: at(0) }, { temperature: 'fixed' }, {}, ['/p;unsupported']],
    ['a temperature of 1 is what a fixed one is', { temperature: at(1) }, { temperature: 'fixed' }, {}, []],
    [
      'a model that does not think takes a temperature',
      { temperature: at(0) },
      { temperature: 'fixed', reasoning: { samplesWhenOff: true, offByDefault: true } },
      { temperature: 0 },
      [],
    ],
    [
      '84 of two that exclude each other the temperature stays',
      { temperature: at(0.5), topP: at(0.5) },
      { topP: 'exclusive' },
      { temperature: 0.5 },
      ['/p;unsupported'],
    ],
    ['top_k is for those who know it', { topK: at(4) }, {}, {}, ['/p;unsupported']],
    ['a seed may have another name', { seed: at(4) }, { seedField: 'random_seed' }, { random_seed: 4 }, []],
    ['a penalty of nothing is no loss', { presencePenalty: at(0) }, { penalties: false }, {}, []],
    ['stop is a list', { stop: at(['a']) }, {}, { stop: ['a'] }, []],
    ['likelihoods are asked for', { logprobs: at(2) }, {}, { logprobs: true, top_logprobs: 2 }, []],
    [
      '27 a degree between is moved to the nearest',
      { reasoning: at({ mode: 'effort', effort: 'max' }) },
      {},
      { reasoning_effort: 'high' },
      ['/p;approximated'],
    ],
    [
      'a budget becomes a degree',
      { reasoning: at({ mode: 'budget', budgetTokens: 5_000 }) },
      {},
      { reasoning_effort: 'medium' },
      ['/p;approximated'],
    ],
    ['21 not to think is said', { reasoning: at({ mode: 'off' }) }, {}, { reasoning_effort: 'none' }, []],
    ['as it sees fit is not said', { reasoning: at({ mode: 'adaptive' }) }, {}, {}, []],
    [
      'a switch is switched',
      { reasoning: at({ mode: 'off' }) },
      { reasoning: { style: 'switch' } },
      { thinking: { type: 'disabled' } },
      [],
    ],
    [
      'a switch with degrees has both',
      { reasoning: at({ mode: 'effort', effort: 'high' }) },
      { reasoning: { style: 'switch', switchField: 'enable_thinking' } },
      { enable_thinking: true, reasoning_effort: 'high' },
      [],
    ],
    [
      'a model that does not think cannot be asked to',
      { reasoning: at({ mode: 'adaptive' }) },
      { reasoning: { style: 'none' } },
      {},
      ['/p;unsupported'],
    ],
    [
      '135 a long user is hashed',
      { user: at('u'.repeat(65)) },
      {},
      { user: '9c7c3568af8c6e3d4cf5c24bdfb2ce8eb9a23dab2a1a1a5c40a34a3a1c6fa1c2' },
      ['/p;approximated'],
    ],
    [
      'ultrafast is the nearest paid tier',
      { serviceTier: at('ultrafast') },
      {},
      { service_tier: 'priority' },
      ['/p;approximated'],
    ],
    ['not to be stored needs no word', { store: at(false) }, { store: false }, {}, []],
    ['to be stored does', { store: at(true) }, { store: false }, {}, ['/p;unsupported']],
  ]
  for (const [title, settings, patch, fields, losses] of rows)
    test(title, () => {
      const written = rendered(conversationOf([user(text('x'))], { settings }), patch)
      const { model: _, messages: __, ...rest } = written.body
      if (title.startsWith('135')) expect(rest.user).toHaveLength(64)
      else expect(rest).toEqual(fields)
      expect(lossesOf(written)).toEqual(losses)
    })

  const refused: [title: string, settings: Settings, patch: ProfilePatch][] = [
    ['87 several answers', { choices: at(2) }, {}],
    ['88 likelihoods where none are told', { logprobs: at(0) }, { logprobs: false }],
    ['an answer of no tokens', { outputTokensMax: at(0) }, {}],
  ]
  for (const [title, settings, patch] of refused)
    test(`${title} are refused`, () => {
      const written = renderRequest(conversationOf([user(text('x'))], { settings }), targetWith(patch))
      expect(written).toMatchObject({ ok: false, error: { kind: 'unsupported-parameter', param: '/p' } })
    })

  test('fields without a place are declared or refused as they were marked', () => {
    const unmapped = [
      { pointer: '/a', effect: 'drop' },
      { pointer: '/b', effect: 'ignore' },
    ] as const
    expect(lossesOf(rendered(conversationOf([user(text('x'))], { unmapped })))).toEqual(['/a;unsupported'])
    const refusing = conversationOf([], { unmapped: [{ pointer: '/c', effect: 'refuse' }] })
    expect(renderRequest(refusing, targetWith())).toMatchObject({ ok: false, error: { param: '/c' } })
  })
})

describe('the shape of the answer', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  const asked = (value: NonNullable<Settings['shape']>['value'], patch: ProfilePatch = {}) =>
    rendered(conversationOf([user(text('x'))], { settings: { shape: { value, pointer: '/s' } } }), patch)

  test('76 is a schema under a name the target takes', () => {
    const written = asked({ kind: 'json-schema', strict: true, schema })
    expect(written.body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'response', schema, strict: true },
    })
    expect(written.losses).toEqual([])
  })
  test('is said where it cannot be enforced', () => {
    const written = asked({ kind: 'json-schema', schema }, { structured: 'json-object' })
    expect(written.body.response_format).toEqual({ type: 'json_object' })
    expect(written.body.messages).toMatchObject([{ role: 'system' }, { role: 'user' }])
    expect(lossesOf(written)).toEqual(['/s;emulated'])
  })
  test('75 is the arguments of a call where nothing else is known', () => {
    const written = asked({ kind: 'json-schema', schema }, { structured: 'none' })
    expect(written.answerTool).toBe('json_answer')
    expect(written.body.tool_choice).toEqual({ type: 'function', function: { name: 'json_answer' } })
    expect(lossesOf(written)).toEqual(['/s;emulated'])
  })
})

describe('tools', () => {
  const f: Tool = { kind: 'function', name: 'f', schema: { type: 'object', properties: {} }, pointer: '/tools/0' }
  const custom: Tool = {
    kind: 'custom',
    name: 'c',
    grammar: { type: 'grammar', syntax: 'lark', definition: 'd' },
    pointer: '/tools/1',
  }
  const withTools = (more: Partial<Conversation>, patch: ProfilePatch = {}) =>
    rendered(conversationOf([user(text('x'))], more), patch)

  test('66 without a schema take nothing', () => {
    const { body } = withTools({ tools: [{ ...f, schema: undefined }] })
    expect(body.tools).toEqual([
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    ])
  })
  const BRANCHES = {
    oneOf: [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      { type: 'object', properties: { b: { type: 'string' } }, required: ['b'] },
    ],
  }
  test('59 a root that is no object is made one, and declared', () => {
    const written = withTools({ tools: [{ ...f, schema: BRANCHES }] })
    expect(lossesOf(written)).toEqual(['/tools/0;simplified'])
  })
  test('62 strict is only said of a schema that it takes', () => {
    const loose = { type: 'object', properties: { a: { type: 'string' } } }
    const written = withTools({ tools: [{ ...f, strict: true, schema: loose }] })
    expect(written.body.tools).toMatchObject([{ function: { name: 'f', parameters: loose } }])
    expect(lossesOf(written)).toEqual(['/tools/0/strict;unsupported'])
  })
  test('70 of free text are wrapped where they are unknown, and remembered', () => {
    const written = withTools({ tools: [custom] }, { tools: { custom: false } })
    expect(written.body.tools).toMatchObject([{ type: 'function', function: { name: 'c' } }])
    expect(written.tools.get('c')).toEqual({ name: 'c', form: 'custom', wrapped: true })
    expect(lossesOf(written)).toEqual(['/tools/1;emulated'])
  })
  test('of free text have their grammar one level deeper', () => {
    const { body } = withTools({ tools: [custom] })
    expect(body.tools).toEqual([
      {
        type: 'custom',
        custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'd' } } },
      },
    ])
  })
  test('68 69 names that do not fit are changed everywhere and remembered', () => {
    const long = 'n'.repeat(90)
    const written = rendered(
      conversationOf([user(text('x')), assistant(call('c1', { name: long })), user(result('c1', [text('r')]))], {
        tools: [{ ...f, name: long }],
        toolChoice: { value: { kind: 'tool', name: long }, pointer: '/tool_choice' },
      }),
    )
    const [sent] = written.tools.keys()
    expect(sent).toHaveLength(64)
    expect(written.body).toMatchObject({
      tools: [{ function: { name: sent } }],
      tool_choice: { function: { name: sent } },
      messages: [{}, { tool_calls: [{ function: { name: sent } }] }, {}],
    })
    expect(lossesOf(written)).toEqual(['/tools/0/name;renamed'])
  })
  test('73 none of them, no choice and no flag', () => {
    const choice = {
      toolChoice: { value: { kind: 'auto' }, pointer: '/a' },
      parallelTools: { value: false, pointer: '/b' },
    } as const
    expect(Object.keys(withTools(choice).body)).toEqual(['model', 'messages'])
  })

  const choices: [
    title: string,
    choice: NonNullable<Conversation['toolChoice']>['value'],
    patch: ProfilePatch,
    written: unknown,
    losses: string[],
  ][] = [
    ['71 one of them is required', { kind: 'required' }, {}, 'required', []],
    ['72 none of them is said', { kind: 'none' }, {}, 'none', []],
    ['158 one is named', { kind: 'tool', name: 'f' }, {}, { type: 'function', function: { name: 'f' } }, []],
    [
      'some are allowed',
      { kind: 'allowed', required: false, names: ['f'] },
      {},
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
      [],
    ],
    [
      'some are the only ones sent',
      { kind: 'allowed', required: true, names: ['f'] },
      { tools: { custom: false } },
      'required',
      ['/tc;approximated'],
    ],
    [
      'a server that is not told leaves it open',
      { kind: 'required' },
      { tools: { choice: 'auto' } },
      'auto',
      ['/tc;approximated'],
    ],
  ]
  for (const [title, value, patch, written, losses] of choices)
    test(title, () => {
      const sent = withTools({ tools: [f], toolChoice: { value, pointer: '/tc' } }, patch)
      expect(sent.body.tool_choice).toEqual(written)
      expect(lossesOf(sent)).toEqual(losses)
    })

  test('74 the parallel flag is written, or declared', () => {
    const parallelTools = { value: false, pointer: '/p' }
    expect(withTools({ tools: [f], parallelTools }).body.parallel_tool_calls).toBe(false)
    expect(lossesOf(withTools({ tools: [f], parallelTools }, { tools: { parallelFlag: false } }))).toEqual([
      '/p;unsupported',
    ])
  })
  test('77 that only their vendor runs are refused, a web search where there is none and it stands alone too', () => {
    const hosted: Tool = {
      kind: 'hosted',
      hosted: 'web-search',
      name: 'w',
      userLocation: { city: 'Rome' },
      pointer: '/tools/0',
    }
    const conversation = conversationOf([user(text('x'))], { tools: [hosted] })
    expect(renderRequest(conversation, targetWith())).toMatchObject({ ok: false, error: { param: '/tools/0' } })
    expect(rendered(conversation, { webSearch: true }).body.web_search_options).toEqual({
      user_location: { type: 'approximate', approximate: { city: 'Rome' } },
    })
    const beside = conversationOf([user(text('x'))], { tools: [hosted, f] })
    expect(lossesOf(rendered(beside))).toEqual(['/tools/0;unsupported'])
    const forced = { value: { kind: 'required' as const }, pointer: '/tool_choice' }
    const needed = conversationOf([user(text('x'))], { tools: [hosted, f], toolChoice: forced })
    expect(renderRequest(needed, targetWith())).toMatchObject({ ok: false, error: { param: '/tools/0' } })
  })
  test('that are only called without thinking turn thinking off', () => {
    const written = withTools({ tools: [f] }, { tools: { onlyWithoutReasoning: true } })
    expect(written.body.reasoning_effort).toBe('none')
    expect(lossesOf(written)).toEqual(['/tools;added'])
  })
})

test('a stream is asked for with its usage', () => {
  expect(rendered(conversationOf([user(text('x'))]), {}, true).body).toMatchObject({
    stream: true,
    stream_options: { include_usage: true },
  })
})
