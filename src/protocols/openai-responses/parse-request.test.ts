import { describe, expect, test } from 'bun:test'

import type { JsonObject } from '../../canon/codec.ts'
import { parse, read, say, call } from './test-parse.ts'

describe('settings', () => {
  const cases: readonly (readonly [body: JsonObject, settings: JsonObject])[] = [
    [{ max_output_tokens: 50 }, { outputTokensMax: { value: 50, pointer: '/max_output_tokens' } }],
    [
      { temperature: 0.5, top_p: 0.1 },
      { temperature: { value: 0.5 }, topP: { value: 0.1 } },
    ],
    [{ temperature: null }, {}],
    [{ include: ['message.output_text.logprobs'] }, { logprobs: { value: 0, pointer: '/include/0' } }],
    [{ top_logprobs: 3 }, { logprobs: { value: 3, pointer: '/top_logprobs' } }],
    [{ top_logprobs: 0 }, {}],
    [{ reasoning: { effort: 'low' } }, { reasoning: { value: { mode: 'effort', effort: 'low', visible: false } } }],
    [
      { reasoning: { effort: 'none', summary: null } },
      { reasoning: { value: { mode: 'off', effort: 'none', visible: false } } },
    ],
    [{ reasoning: { generate_summary: 'concise' } }, { reasoning: { value: { mode: 'adaptive', visible: true } } }],
    [{ reasoning: {} }, {}],
    [{ text: { verbosity: 'low' } }, { verbosity: { value: 'low', pointer: '/text/verbosity' } }],
    [{ text: { format: { type: 'text' } } }, { shape: { value: { kind: 'text' } } }],
    [{ text: { format: { type: 'json_object' } } }, { shape: { value: { kind: 'json-object' } } }],
    [
      { text: { format: { type: 'json_schema', name: 'n', strict: true, schema: { type: 'object' } } } },
      { shape: { value: { kind: 'json-schema', name: 'n', strict: true, schema: { type: 'object' } } } },
    ],
    [{ user: 'u' }, { user: { value: 'u', pointer: '/user' } }],
    [{ user: 'u', safety_identifier: 's' }, { user: { value: 's', pointer: '/safety_identifier' } }],
    [{ metadata: { a: 'b' } }, { metadata: { value: { a: 'b' } } }],
    [
      { service_tier: 'flex', store: false },
      { serviceTier: { value: 'flex' }, store: { value: false } },
    ],
    [{ prompt_cache_key: 'k' }, { promptCacheKey: { value: 'k' } }],
  ]
  for (const [body, settings] of cases)
    test(`of ${JSON.stringify(body)} are ${JSON.stringify(settings)}`, () => {
      expect(read(body).settings).toMatchObject(settings)
      if (Object.keys(settings).length === 0) expect(read(body).settings).toEqual({})
    })

  test('74 the parallel flag is kept', () => {
    expect(read({ parallel_tool_calls: false }).parallelTools).toEqual({
      value: false,
      pointer: '/parallel_tool_calls',
    })
  })

  test('the answer repeats what the request said', () => {
    const body = { instructions: 'x', tools: [{ type: 'shell' }], metadata: { a: 'b' }, store: false, temperature: 1 }
    expect(read({ ...body, top_p: null, include: [] }).wishes.echo).toEqual(body)
  })
})

describe('fields without a place', () => {
  const cases: readonly (readonly [body: JsonObject, unmapped: readonly (readonly [string, string])[]])[] = [
    [{ truncation: 'auto' }, [['/truncation', 'drop']]],
    [
      { truncation: 'disabled', background: false },
      [
        ['/truncation', 'ignore'],
        ['/background', 'ignore'],
      ],
    ],
    [{ stream_options: { include_obfuscation: false } }, [['/stream_options', 'ignore']]],
    [{ prompt: { id: 'p' } }, [['/prompt', 'refuse']]],
    [{ conversation: 'c' }, [['/conversation', 'refuse']]],
    [{ moderation: { model: 'x' } }, [['/moderation', 'refuse']]],
    [{ max_tool_calls: 3 }, [['/max_tool_calls', 'drop']]],
    [{ context_management: [] }, [['/context_management', 'drop']]],
    [{ include: ['reasoning.encrypted_content', 'file_search_call.results'] }, [['/include/1', 'drop']]],
    [
      { reasoning: { context: 'auto', mode: 'pro' } },
      [
        ['/reasoning/context', 'ignore'],
        ['/reasoning/mode', 'drop'],
      ],
    ],
    [{ hologram: 1 }, [['/hologram', 'drop']]],
    [{ 'a/b~c': 1 }, [['/a~1b~0c', 'drop']]],
    [{ input: [say('user', 'x', { hologram: 1 })] }, [['/input/0/hologram', 'drop']]],
    [{ hologram: null }, []],
  ]
  for (const [body, expected] of cases)
    test(`130 of ${JSON.stringify(body)} are named`, () => {
      expect(read(body).unmapped.map(({ pointer, effect }) => [pointer, effect])).toEqual(
        expected.map(([pointer, effect]) => [pointer, effect]),
      )
    })
})

describe('mistakes', () => {
  const cases: readonly (readonly [body: JsonObject, param: string])[] = [
    [{ model: 5 }, 'model'],
    [{ input: 5 }, 'input'],
    [{ input: ['x'] }, 'input[0]'],
    [{ input: [{}] }, 'input[0].type'],
    [{ input: [say('critic', 'x')] }, 'input[0].role'],
    [{ input: [say('user', 5)] }, 'input[0].content'],
    [{ input: [say('user', [{ type: 'input_image' }])] }, 'input[0].content[0].image_url'],
    [{ input: [say('user', [{ type: 'input_image', image_url: 'data:nonsense' }])] }, 'input[0].content[0].image_url'],
    [{ input: [{ type: 'function_call', name: 'f', arguments: '' }] }, 'input[0].call_id'],
    [{ input: [call('1', { arguments: {} })] }, 'input[0].arguments'],
    [{ input: [{ type: 'function_call_output', call_id: '1' }] }, 'input[0].output'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ tools: {} }, 'tools'],
    [{ tool_choice: 'any' }, 'tool_choice'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ max_output_tokens: 0 }, 'max_output_tokens'],
    [{ reasoning: { effort: 'huge' } }, 'reasoning.effort'],
    [{ text: { format: { type: 'xml' } } }, 'text.format.type'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
    [{ include: [1] }, 'include[0]'],
  ]
  for (const [body, param] of cases)
    test(`in ${JSON.stringify(body)} are told by name: ${param}`, () => {
      expect(parse(body)).toMatchObject({ ok: false, error: { kind: 'invalid-request', param } })
    })

  test('125 a response that is not kept here is not found, never ignored', () => {
    expect(parse({ previous_response_id: 'resp_1' })).toMatchObject({
      error: { param: 'previous_response_id', issue: 'previous_response_not_found' },
    })
    expect(parse({ input: [{ type: 'item_reference', id: 'msg_1' }] })).toMatchObject({
      error: { param: 'input', issue: 'item_not_found' },
    })
  })

  test('background responses are refused', () => {
    expect(parse({ background: true })).toMatchObject({ error: { param: 'background' } })
  })

  test('only a count may lack its input', () => {
    expect(parse({ input: undefined }).ok).toBe(false)
    expect(parse({ input: undefined }, 'count-tokens').ok).toBe(true)
  })
})
