import { describe, expect, test } from 'bun:test'

import type { Carriers, JsonObject } from '../../canon/codec.ts'
import { readJson, writeJson } from '../../canon/json-text.ts'
import { parseRequest } from './parse-request.ts'
import { renderRequest } from './render-request.ts'
import { PROFILE } from './test-render.ts'

/** Envelopes are the state itself behind the family's name. */
const carriers: Carriers = {
  seal: ({ family, kind, data }) => `sealed ${family} ${kind} ${data}`,
  open(text) {
    const [mark, family = '', kind, ...data] = text.split(' ')
    if (mark !== 'sealed') return undefined
    return kind === 'reasoning-item' || kind === 'thinking' ? { family, kind, data: data.join(' ') } : 'damaged'
  },
}

const roundTrip = (body: JsonObject, family = 'openai', stream = body.stream === true) => {
  const operation = { format: 'openai-responses', action: 'generate' } as const
  const parsed = parseRequest(readJson(writeJson(body)) as JsonObject, operation, carriers)
  if (!parsed.ok) throw new Error(parsed.error.message)
  const { conversation } = parsed.value
  const profile = { ...PROFILE, family }
  const rendered = renderRequest(conversation, { model: conversation.model, profile, stream })
  if (!rendered.ok) throw new Error(rendered.error.message)
  return { text: writeJson(rendered.value.body), losses: [...parsed.value.losses, ...rendered.value.losses] }
}
const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
const output = { type: 'function_call_output', call_id: 'c', output: '' }
const reasoning = (sealed: string): JsonObject => ({
  type: 'reasoning',
  id: 'rs_1',
  summary: [],
  encrypted_content: sealed,
})

const KEPT: readonly (readonly [title: string, body: JsonObject])[] = [
  ['a string', { model: 'm', input: 'hi', hologram: { x: null } }],
  ['instructions and nulls', { instructions: 'be', input: 'hi', temperature: null, model: 'm', reasoning: {} }],
  ['empty instructions', { model: 'm', instructions: '', input: [] }],
  [
    'messages of every role and form, in their order',
    {
      model: 'm',
      stream: true,
      input: [
        { role: 'system', content: 'a' },
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'b', hologram: 1 }] },
        {
          content: [
            { text: '', type: 'input_text' },
            { type: 'input_image', image_url: 'https://a.test', detail: null },
          ],
          role: 'user',
        },
        { role: 'user', content: [] },
        {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          phase: 'commentary',
          content: [
            { type: 'output_text', text: 'x', annotations: [], logprobs: [] },
            { type: 'refusal', refusal: 'no' },
          ],
        },
        { role: 'assistant', content: [] },
        { role: 'assistant', content: 'y' },
      ],
    },
  ],
  [
    '143 numbers as they were written',
    { model: 'm', input: 'hi', temperature: 1, x: readJson('[1.0, 9007199254740993]') },
  ],
  [
    'calls and results of every kind',
    {
      model: 'm',
      input: [
        reasoning('gAAA'),
        { ...call, id: 'fc_1', status: 'completed', namespace: 'crm', caller: { type: 'direct' } },
        { type: 'custom_tool_call', call_id: 'd', name: 'p', input: '' },
        {
          type: 'local_shell_call',
          id: 'lsh',
          call_id: 'e',
          action: { type: 'exec', command: ['ls'], env: {} },
          status: 'completed',
        },
        { type: 'shell_call', call_id: 'g', action: { commands: ['ls'], timeout_ms: null, max_output_length: null } },
        { type: 'apply_patch_call', call_id: 'h', status: 'completed', operation: { type: 'delete_file', path: 'a' } },
        output,
        { type: 'custom_tool_call_output', call_id: 'd', output: [{ type: 'input_text', text: 'x' }] },
        { type: 'local_shell_call_output', id: 'lsh', output: '{}' },
        { type: 'shell_call_output', call_id: 'g', output: [], max_output_length: 5 },
        { type: 'apply_patch_call_output', call_id: 'h', status: 'failed' },
        reasoning('gBBB'),
      ],
    },
  ],
  ['12 a call without a result', { model: 'm', input: [call] }],
  [
    'reasoning that is an id alone',
    { model: 'm', input: [{ type: 'reasoning', id: 'rs_1', summary: [] }, call, output] },
  ],
  [
    'items of one vendor',
    {
      model: 'm',
      input: [
        { type: 'additional_tools', role: 'developer', tools: [{ type: 'function', name: 'g', parameters: {} }] },
        { type: 'compaction', id: 'cmp', encrypted_content: 'gAAA' },
        { type: 'web_search_call', id: 'ws', status: 'completed', action: { type: 'search', query: 'x' } },
        { type: 'mcp_call', id: 'mcp', name: 'f', arguments: '{}', output: null },
        { type: 'computer_call_output', call_id: 'x', output: {} },
        { type: 'from_the_future', id: 'x' },
      ],
    },
  ],
  [
    'tools of every kind',
    {
      model: 'm',
      input: 'hi',
      tools: [
        { type: 'function', name: 'f', parameters: { oneOf: [] }, defer_loading: true },
        { type: 'namespace', name: 'n', description: 'd', tools: [{ type: 'function', name: 'f' }] },
        { type: 'custom', name: 'c', format: { type: 'text' } },
        { type: 'tool_search' },
        { type: 'shell', environment: { type: 'container_auto' } },
        { type: 'web_search', search_context_size: 'low' },
      ],
      tool_choice: { type: 'file_search' },
      text: { format: { type: 'json_schema', name: 'a b', schema: {} }, verbosity: 'low' },
      prompt: { id: 'pmpt_1' },
      max_output_tokens: 5,
    },
  ],
]

describe('a request that came as Responses', () => {
  for (const [title, body] of KEPT)
    test(`is written as it came: ${title}`, () => {
      expect(roundTrip(body)).toEqual({ text: writeJson(body), losses: [] })
    })

  test('is streamed as the target says', () => {
    expect(JSON.parse(roundTrip({ model: 'm', input: 'hi' }, 'openai', true).text).stream).toBe(true)
    expect(JSON.parse(roundTrip({ model: 'm', input: 'hi', stream: true }, 'openai', false).text).stream).toBe(false)
  })

  const sealed = `sealed xai reasoning-item ${JSON.stringify({ id: 'rs_9', summary: [], encrypted_content: 'zz' })}`
  const opened = { type: 'reasoning', id: 'rs_9', summary: [], encrypted_content: 'zz' }
  test('4 has its envelopes opened for the vendor whose they are', () => {
    const { text, losses } = roundTrip({ model: 'm', input: [reasoning(sealed), call, output] }, 'xai')
    expect(JSON.parse(text).input).toEqual([opened, call, output])
    expect(losses).toEqual([])
  })

  const foreign: readonly (readonly [encrypted: string, family: string, code: string])[] = [
    [sealed, 'openai', 'reasoning_foreign'],
    ['gAAA', 'xai', 'reasoning_foreign'],
    ['sealed anthropic thinking {}', 'openai', 'reasoning_foreign'],
    ['sealed anthropic broken', 'openai', 'reasoning_damaged'],
  ]
  for (const [encrypted, family, code] of foreign)
    test(`4 loses ${encrypted.slice(0, 16)}… whole on its way to ${family}`, () => {
      const { text, losses } = roundTrip({ model: 'm', input: [reasoning(encrypted), call, output] }, family)
      expect(JSON.parse(text).input).toEqual([call, output])
      expect(losses).toEqual([{ pointer: '/input/0', code } as never])
    })
})
