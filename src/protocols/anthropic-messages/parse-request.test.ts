import { describe, expect, test } from 'bun:test'
import type { JsonObject, ParsedRequest } from '../../canon/codec.ts'
import { readJson, writeJson } from '../../canon/json-text.ts'
import type { Operation } from '../../canon/operation.ts'
import { parseRequest } from './parse-request.ts'
import { renderRequest } from './render-request.ts'
import { CARRIERS, targetWith } from './test-parts.ts'

const GENERATE: Operation = { format: 'anthropic-messages', action: 'generate' }
const LEAST = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }

const parse = (body: JsonObject, operation = GENERATE): ParsedRequest => {
  const result = parseRequest(body, operation, CARRIERS)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const settingsOf = (more: JsonObject) => parse({ ...LEAST, ...more }).conversation.settings
const blocksOf = (content: unknown, role = 'assistant') =>
  parse({ ...LEAST, messages: [{ role, content }] }).conversation.turns[0]?.blocks

describe('settings', () => {
  const ROWS: readonly [more: JsonObject, settings: object][] = [
    [{}, { outputTokensMax: { value: 9, pointer: '/max_tokens' } }],
    [
      { temperature: 0.5, top_p: 0.9, top_k: -1 },
      { temperature: { value: 0.5 }, topP: { value: 0.9 }, topK: { value: -1 } },
    ],
    [{ stop_sequences: ['a'] }, { stop: { value: ['a'], pointer: '/stop_sequences' } }],
    [{ metadata: { user_id: 'u' } }, { user: { value: 'u', pointer: '/metadata/user_id' } }],
    [{ service_tier: 'standard_only' }, { serviceTier: { value: 'default' } }],
    [
      { cache_control: { type: 'ephemeral', ttl: '1h' } },
      { cache: { value: { ttl: '1h' }, pointer: '/cache_control' } },
    ],
    [{ thinking: { type: 'disabled' } }, { reasoning: { value: { mode: 'off' }, pointer: '/thinking' } }],
    [
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      { reasoning: { value: { mode: 'budget', budgetTokens: 1024, visible: true } } },
    ],
    [
      { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'xhigh' } },
      { reasoning: { value: { mode: 'adaptive', effort: 'xhigh', visible: false } } },
    ],
    [{ output_config: { effort: 'low' } }, { reasoning: { value: { mode: 'effort', effort: 'low' } } }],
    [
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      { shape: { value: { kind: 'json-schema', schema: { type: 'object' } }, pointer: '/output_config/format' } },
    ],
    [
      { output_format: { type: 'json_schema', schema: {} } },
      { shape: { value: { kind: 'json-schema', schema: {} }, pointer: '/output_format' } },
    ],
  ]
  test.each(ROWS)('of %j are %j', (more, settings) => {
    expect(settingsOf(more)).toMatchObject(settings)
  })

  test('21 do not take the absence of thinking for a wish', () => {
    expect(settingsOf({}).reasoning).toBeUndefined()
  })
})

describe('fields without a place', () => {
  const ROWS: readonly [more: JsonObject, unmapped: readonly object[]][] = [
    [{ container: 'c' }, [{ pointer: '/container', effect: 'refuse' }]],
    [{ container: null }, []],
    [{ mcp_servers: [] }, [{ pointer: '/mcp_servers', effect: 'refuse' }]],
    [{ inference_geo: 'us' }, [{ pointer: '/inference_geo', effect: 'refuse' }]],
    [{ max_tokens: 0 }, [{ pointer: '/max_tokens', effect: 'refuse' }]],
    [{ thread: { type: 'continue' } }, [{ pointer: '/thread', effect: 'refuse' }]],
    [{ thread: { type: 'create' } }, [{ pointer: '/thread', effect: 'drop' }]],
    [{ context_management: {} }, [{ pointer: '/context_management', effect: 'drop' }]],
    [{ speed: 'fast' }, [{ pointer: '/speed', effect: 'drop' }]],
    [{ speed: 'standard' }, [{ pointer: '/speed', effect: 'ignore' }]],
    [{ 'new/field': 1 }, [{ pointer: '/new~1field', effect: 'drop' }]],
    [{ output_config: { task_budget: {} } }, [{ pointer: '/output_config/task_budget', effect: 'drop' }]],
    [{ metadata: { other: 'x' } }, [{ pointer: '/metadata/other', effect: 'drop' }]],
    [
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a', new: 1 }] }] },
      [{ pointer: '/messages/0/content/0/new', effect: 'drop' }],
    ],
    [
      { system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', scope: 'x' } }] },
      [{ pointer: '/system/0/cache_control/scope', effect: 'drop' }],
    ],
    [{ tools: [{ type: 'tool_search_tool_bm25', name: 't' }] }, [{ pointer: '/tools/0', effect: 'drop' }]],
  ]
  test.each(ROWS)('of %j are listed: %j', (more, unmapped) => {
    expect(parse({ ...LEAST, ...more }).conversation.unmapped).toEqual(unmapped as never)
  })
})

describe('what cannot be read', () => {
  const ROWS: readonly [more: JsonObject, param: string][] = [
    [{ model: undefined }, 'model'],
    [{ messages: 'hi' }, 'messages'],
    [{ messages: ['hi'] }, 'messages.0'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user' }] }, 'messages.0.content'],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages.0.content.0.type'],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, 'messages.0.content.0.text'],
    [{ messages: [{ role: 'user', content: [{ type: 'image' }] }] }, 'messages.0.content.0.source'],
    [{ messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }, 'messages.0.content.0.tool_use_id'],
    [{ temperature: 'x' }, 'temperature'],
    [{ max_tokens: 1.5 }, 'max_tokens'],
    [{ stop_sequences: [1] }, 'stop_sequences'],
    [{ tools: [{}] }, 'tools.0.name'],
    [{ tool_choice: { type: 'required' } }, 'tool_choice.type'],
    [{ thinking: { type: 'on' } }, 'thinking.type'],
    [{ output_config: { effort: 'minimal' } }, 'output_config.effort'],
  ]
  test.each(ROWS)('in %j is named: %s', (more, param) => {
    const result = parseRequest({ ...LEAST, ...more }, GENERATE, CARRIERS)
    expect(result).toMatchObject({ ok: false, error: { kind: 'invalid-request', param } })
  })
})

describe('tools', () => {
  const toolOf = (tool: JsonObject) => parse({ ...LEAST, tools: [tool] }).conversation.tools[0]

  test('77 with a type become functions with a schema that a model can follow', () => {
    expect(toolOf({ type: 'bash_20250124', name: 'bash' })).toMatchObject({
      kind: 'function',
      name: 'bash',
      typed: 'bash_20250124',
      schema: { properties: { command: { type: 'string' }, restart: { type: 'boolean' } } },
    })
    const screen = { type: 'computer_20250124', name: 'computer', display_width_px: 1024, display_height_px: 768 }
    expect(toolOf(screen)?.description).toContain('display_width_px: 1024.')
    expect(toolOf({ type: 'text_editor_20250728', name: 'e', max_characters: 9 })).toMatchObject({
      unmapped: ['max_characters'],
    })
  })

  test('name the members that another format has no word for', () => {
    const tool = { name: 'f', input_schema: {}, input_examples: [], allowed_callers: ['direct'], defer_loading: false }
    expect(toolOf(tool)).toMatchObject({ unmapped: ['input_examples'] })
  })

  test('that Anthropic runs are hosted', () => {
    const location = { type: 'approximate', city: 'Paris' }
    const tool = { type: 'web_search_20250305', name: 'web_search', max_uses: 3, user_location: location }
    expect(toolOf(tool)).toMatchObject({
      kind: 'hosted',
      hosted: 'web-search',
      usesMax: 3,
      userLocation: { city: 'Paris' },
    })
    expect(toolOf({ type: 'browser_toolset_20260801', name: 'b' })).toMatchObject({ kind: 'hosted', hosted: 'other' })
  })

  const CHOICES: readonly [choice: JsonObject, read: object][] = [
    [{ type: 'auto' }, { toolChoice: { value: { kind: 'auto' } } }],
    [{ type: 'any' }, { toolChoice: { value: { kind: 'required' } } }],
    [{ type: 'none' }, { toolChoice: { value: { kind: 'none' } } }],
    [{ type: 'tool', name: 'f' }, { toolChoice: { value: { kind: 'tool', name: 'f' } } }],
    [{ type: 'auto', disable_parallel_tool_use: true }, { parallelTools: { value: false } }],
  ]
  test.each(CHOICES)('are chosen by %j', (choice, read) => {
    expect(parse({ ...LEAST, tool_choice: choice }).conversation).toMatchObject(read)
  })
})

describe('blocks', () => {
  test('2, 3 of thinking keep what Anthropic needs back, with text or without', () => {
    const thinking = { type: 'thinking', thinking: '', signature: 'Eq==' }
    expect(blocksOf([thinking, { type: 'redacted_thinking', data: 'd' }])).toMatchObject([
      { kind: 'reasoning', text: '', opaque: { family: 'anthropic', data: '{"thinking":"","signature":"Eq=="}' } },
      { kind: 'reasoning', opaque: { kind: 'redacted-thinking', data: 'd' } },
    ])
  })

  test('of thinking give back what was sealed in them', () => {
    const thinking = { type: 'thinking', thinking: 'shown', signature: 'sealed:openai:reasoning-item:{"id":"rs_1"}' }
    expect(blocksOf([thinking])).toMatchObject([
      { kind: 'reasoning', text: 'shown', opaque: { family: 'openai', kind: 'reasoning-item', data: '{"id":"rs_1"}' } },
    ])
  })

  test('4 of damaged thinking are dropped whole, and declared', () => {
    const content = [
      { type: 'thinking', thinking: 'x', signature: 'sealed:' },
      { type: 'redacted_thinking', data: 'sealed:x' },
    ]
    const { conversation, losses } = parse({ ...LEAST, messages: [{ role: 'assistant', content }] })
    expect(conversation.turns[0]?.blocks).toEqual([])
    expect(losses.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/messages/0/content/0 reasoning_damaged',
      '/messages/0/content/1 reasoning_damaged',
    ])
  })

  test('18 that carried a signature beside a text or a call put it back there', () => {
    const carrier = (on: string) => ({
      type: 'thinking',
      thinking: '',
      signature: `sealed:google:thought-signature:{"signature":"s","on":"${on}"}`,
    })
    const call = { type: 'tool_use', id: 'c', name: 'f', input: {} }
    expect(blocksOf([{ type: 'text', text: 'a' }, carrier('text'), carrier('call'), call])).toMatchObject([
      { kind: 'text', text: 'a', opaque: { family: 'google' } },
      { kind: 'tool-call', id: 'c', opaque: { family: 'google' } },
    ])
    expect(blocksOf([carrier('call')])).toMatchObject([{ kind: 'reasoning', opaque: { family: 'google' } }])
  })

  test('143 of calls keep the spelling of their numbers', () => {
    const input = readJson('{"id":9007199254740993,"x":1.0}')
    const [block] = blocksOf([{ type: 'tool_use', id: 'c', name: 'f', input }]) ?? []
    expect(block).toMatchObject({ arguments: '{"id":9007199254740993,"x":1.0}' })
  })

  test('45 of results keep their failure, their pictures and the name of what was called', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '/9j/4AAQSkZJRg==' } }
    const result = {
      type: 'tool_result',
      tool_use_id: 'c',
      is_error: true,
      content: [{ type: 'text', text: 'no' }, image],
    }
    const messages = [
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }] },
      { role: 'user', content: [result] },
    ]
    expect(parse({ ...LEAST, messages }).conversation.turns[1]?.blocks).toMatchObject([
      {
        kind: 'tool-result',
        callId: 'c',
        name: 'f',
        isError: true,
        // 53: the bytes are a JPEG, whatever the client says.
        content: [{ text: 'no' }, { kind: 'media', source: { mediaType: 'image/jpeg' } }],
      },
    ])
  })

  test('of documents keep how they are given', () => {
    const document = (source: JsonObject) => blocksOf([{ type: 'document', source, title: 't' }], 'user')?.[0]
    expect(document({ type: 'text', media_type: 'text/plain', data: 'x' })).toMatchObject({
      media: 'document',
      title: 't',
      source: { kind: 'text', text: 'x' },
    })
    expect(document({ type: 'url', url: 'https://a.example/a.pdf' })).toMatchObject({ source: { kind: 'url' } })
    expect(document({ type: 'file', file_id: 'f' })).toMatchObject({ source: { family: 'anthropic', id: 'f' } })
    expect(document({ type: 'content', content: [{ type: 'text', text: 'x' }] })).toMatchObject({
      source: { kind: 'text', text: 'x' },
    })
  })

  test('8, 78 that only Anthropic understands are kept whole', () => {
    const fallback = { type: 'fallback', from: 'a', to: 'b' }
    expect(blocksOf([fallback])).toMatchObject([
      { kind: 'vendor', type: 'fallback', opaque: { family: 'anthropic', data: JSON.stringify(fallback) } },
    ])
  })
})

describe('written for its own format again', () => {
  const SAME: readonly string[] = [
    '{"model":"m","messages":[{"role":"user","content":"hi"}]}',
    '{"messages":[{"content":[{"text":"","type":"text"}],"role":"user","new":1}],"model":"m","max_tokens":0,"new":{"x":1.0}}',
    '{"model":"m","max_tokens":1,"thinking":{"type":"enabled","budget_tokens":5},"temperature":1.70,"messages":[{"role":"assistant","content":[{"signature":"Eq","type":"thinking","thinking":""},{"type":"redacted_thinking","data":"d"},{"type":"tool_use","id":"a:b","name":"f.g","input":{"n":1e3}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a:b"}]}]}',
    '{"model":"m","max_tokens":1,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","scope":"g"}}],"messages":[{"role":"user","content":"a"},{"role":"system","content":"b"},{"role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"fallback"}]}],"tools":[{"type":"web_search_20250305","name":"web_search"}],"stream":false}',
  ]
  test.each(SAME)('a request is what it was: %s', (text) => {
    const { conversation } = parse(readJson(text) as JsonObject)
    const rendered = renderRequest(conversation, {
      ...targetWith({ temperature: 'fixed', prefill: false }),
      model: 'm',
    })
    expect(rendered.ok && writeJson(rendered.value.body)).toBe(text)
    expect(rendered.ok && rendered.value.losses).toEqual([])
  })

  test('4, 6 loses another vendor’s reasoning whole, and thinks no more where Anthropic would refuse', () => {
    const call = { type: 'tool_use', id: 'c', name: 'f', input: {} }
    const result = { type: 'tool_result', tool_use_id: 'c' }
    const body = {
      ...LEAST,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: [{ type: 'thinking', thinking: 'x', signature: 'sealed:openai:reasoning-item:{}' }, call],
        },
        { role: 'user', content: [result] },
      ],
    }
    const rendered = renderRequest(parse(body).conversation, targetWith())
    expect(rendered).toMatchObject({
      value: {
        body: {
          model: 'upstream-model',
          thinking: { type: 'disabled' },
          messages: [{}, { content: [call] }, { content: [result] }],
        },
        losses: [
          { pointer: '/messages/1/content/0', code: 'reasoning_foreign' },
          { pointer: '/thinking', code: 'unsupported' },
        ],
      },
    })
  })

  test('opens what was sealed for Anthropic itself, byte for byte', () => {
    const sealed = `sealed:anthropic:thinking:${JSON.stringify({ thinking: 'héllo', signature: 'Eq==' })}`
    const content = [{ type: 'thinking', thinking: '', signature: sealed }]
    const { conversation } = parse({ ...LEAST, messages: [{ role: 'assistant', content }] })
    expect(renderRequest(conversation, targetWith())).toMatchObject({
      value: { body: { messages: [{ content: [{ type: 'thinking', thinking: 'héllo', signature: 'Eq==' }] }] } },
    })
  })
})

test('150 a count needs no output limit', () => {
  const { max_tokens: _, ...counted } = LEAST
  const { settings } = parse(counted, { format: 'anthropic-messages', action: 'count-tokens' }).conversation
  expect(settings.outputTokensMax).toBeUndefined()
})
