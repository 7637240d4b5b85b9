import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../canon/codec.ts'
import type { Opaque } from '../../canon/blocks.ts'
import type { Profile } from '../../canon/profile.ts'
import { DEFAULT_PROFILES } from '../../providers/profiles/defaults.ts'
import { type ProfilePatch, patched } from '../../providers/profiles/row.ts'
import { CODECS } from '../codecs.ts'
import { bedrockConverseCodec } from './codec.ts'

const profile = (patch: ProfilePatch = {}): Profile => patched(DEFAULT_PROFILES['bedrock-converse'], patch)
const CACHING: ProfilePatch = { cacheMarks: 'cache_control', cacheTtlHour: true, tools: { choice: 'all' } }

const carriers = {
  seal: (opaque: Opaque) => JSON.stringify(opaque),
  open: (text: string) => (text.startsWith('{') ? (JSON.parse(text) as Opaque) : undefined),
}

/** What a request of a client becomes; `lost`: what was declared, `refused`: the pointer of a refusal. */
const render = (format: 'anthropic-messages' | 'openai-chat', body: JsonObject, patch?: ProfilePatch) => {
  const parsed = CODECS[format]?.parseRequest({ model: 'm', ...body }, { format, action: 'generate' }, carriers)
  if (!parsed?.ok) throw new Error(parsed?.error.message ?? 'no codec')
  const target = { model: 'meta.llama', profile: profile(patch), stream: true }
  const rendered = bedrockConverseCodec.renderRequest(parsed.value.conversation, target)
  if (!rendered.ok) return { refused: rendered.error.param }
  const { losses, answerTool } = rendered.value
  return {
    body: rendered.value.body,
    lost: losses.map(({ pointer, code }) => `${pointer};${code}`),
    answerTool,
  }
}

const toolConfigOf = (body: JsonObject | undefined): JsonObject => (body?.toolConfig ?? {}) as JsonObject
const said = (text: string) => ({ role: 'user', content: text })
const WEATHER = { name: 'weather', description: 'Tells it', input_schema: { type: 'object', properties: {} } }

test('model and streaming are in the path, and settings stand where every model takes them', () => {
  const { body, lost } = render(
    'anthropic-messages',
    {
      max_tokens: 9,
      stream: true,
      temperature: 0.5,
      top_p: 0.9,
      stop_sequences: ['END'],
      system: 'Be brief.',
      messages: [said('Hi'), { role: 'assistant', content: 'Hello' }, said('Bye')],
    },
    { topP: 'any' },
  )
  expect(body).toEqual({
    messages: [
      { role: 'user', content: [{ text: 'Hi' }] },
      { role: 'assistant', content: [{ text: 'Hello' }] },
      { role: 'user', content: [{ text: 'Bye' }] },
    ],
    system: [{ text: 'Be brief.' }],
    inferenceConfig: { maxTokens: 9, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
  })
  expect(lost).toEqual([])
})

describe('content', () => {
  test('calls and their results, pictures and errors', () => {
    const { body, lost } = render('anthropic-messages', {
      max_tokens: 9,
      tools: [WEATHER],
      messages: [
        said('Hi'),
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 't1', name: 'weather', input: { at: 1 } },
            { type: 'tool_use', id: 't2', name: 'weather', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't1',
              content: [
                { type: 'text', text: 'sun' },
                { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/AAAA' } },
              ],
            },
            { type: 'tool_result', tool_use_id: 't2', is_error: true },
          ],
        },
      ],
    })
    // Converse takes no result without content.
    expect(lost).toEqual(['/messages/2/content/1;added'])
    expect(body?.messages).toEqual([
      { role: 'user', content: [{ text: 'Hi' }] },
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 't1', name: 'weather', input: { at: 1 } } },
          { toolUse: { toolUseId: 't2', name: 'weather', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            toolResult: {
              toolUseId: 't1',
              content: [{ text: 'sun' }, { image: { format: 'jpeg', source: { bytes: '/9j/AAAA' } } }],
            },
          },
          { toolResult: { toolUseId: 't2', content: [{ text: '(no output)' }], status: 'error' } },
        ],
      },
    ])
    expect(body?.toolConfig).toEqual({
      tools: [{ toolSpec: { name: 'weather', description: 'Tells it', inputSchema: { json: WEATHER.input_schema } } }],
    })
  })

  test('documents have names of their own, and a text beside them', () => {
    const pdf = (title?: string) => ({
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
      ...(title !== undefined && { title }),
    })
    const { body, lost } = render('anthropic-messages', {
      max_tokens: 9,
      messages: [{ role: 'user', content: [pdf('a_b.pdf'), pdf('a_b.pdf'), pdf()] }],
    })
    const source = { bytes: 'JVBERi0=' }
    expect(body?.messages).toEqual([
      {
        role: 'user',
        content: [
          { text: 'See the document.' },
          { document: { format: 'pdf', name: 'a b pdf', source } },
          { document: { format: 'pdf', name: 'a b pdf 2', source } },
          { document: { format: 'pdf', name: 'document', source } },
        ],
      },
    ])
    expect(lost).toEqual(['/messages;added'])
  })

  test('what is only an address is refused', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }
    const body = { max_tokens: 9, messages: [{ role: 'user', content: [image] }] }
    expect(render('anthropic-messages', body)).toEqual({ refused: '/messages/0/content/0' })
  })
})

describe('cache marks', () => {
  const cache_control = { type: 'ephemeral', ttl: '1h' }
  const request = {
    max_tokens: 9,
    cache_control: { type: 'ephemeral' },
    tools: [{ ...WEATHER, cache_control }],
    system: [{ type: 'text', text: 'Long.', cache_control }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  }

  test('are cache points behind what they stood on', () => {
    const { body, lost } = render('anthropic-messages', request, CACHING)
    const hour = { cachePoint: { type: 'default', ttl: '1h' } }
    expect(toolConfigOf(body).tools).toEqual([
      { toolSpec: { name: 'weather', description: 'Tells it', inputSchema: { json: WEATHER.input_schema } } },
      hour,
    ])
    expect(body?.system).toEqual([{ text: 'Long.' }, hour])
    expect(body?.messages).toEqual([{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }])
    expect(lost).toEqual([])
  })

  test('are declared where the model takes none on tools and their results', () => {
    const messages = [
      said('Hi'),
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'weather', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'sun', cache_control }] },
    ]
    const { body, lost } = render(
      'anthropic-messages',
      { ...request, messages },
      { ...CACHING, cacheMarksOnTools: false },
    )
    expect(JSON.stringify(body).match(/cachePoint/g)).toHaveLength(1)
    expect(body?.system).toEqual([{ text: 'Long.' }, { cachePoint: { type: 'default', ttl: '1h' } }])
    expect(lost).toEqual([
      '/tools/0/cache_control;unsupported',
      '/messages/2/content/0/cache_control;unsupported',
      '/cache_control;unsupported',
    ])
  })

  test('are declared where the model has no cache', () => {
    const { body, lost } = render('anthropic-messages', request)
    expect(JSON.stringify(body)).not.toContain('cachePoint')
    expect(lost).toContain('/system/0/cache_control;unsupported')
  })
})

describe('tools', () => {
  const chat = (more: JsonObject) => ({
    messages: [said('Hi')],
    tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
    ...more,
  })
  const choiceOf = ({ body }: { readonly body?: JsonObject }): unknown =>
    body && (body.toolConfig as JsonObject | undefined)?.toolChoice

  test.each([
    ['auto', { auto: {} }],
    ['required', { any: {} }],
    [{ type: 'function', function: { name: 'weather' } }, { tool: { name: 'weather' } }],
  ] as const)('the choice %j', (tool_choice, expected) => {
    expect(choiceOf(render('openai-chat', chat({ tool_choice }), CACHING))).toEqual(expected)
  })

  test('a choice the model does not take is loosened and declared', () => {
    const rendered = render('openai-chat', chat({ tool_choice: 'required' }))
    expect(choiceOf(rendered)).toEqual({ auto: {} })
    expect(rendered.lost).toContain('/tool_choice;approximated')
  })

  test('called by nobody, they are left out', () => {
    const { body, lost } = render('openai-chat', chat({ tool_choice: 'none' }))
    expect(body).not.toHaveProperty('toolConfig')
    expect(lost?.filter((loss) => loss.startsWith('/tool'))).toEqual([])
  })
})

describe('thinking', () => {
  const request = { max_tokens: 9_000, messages: [said('Hi')] }
  const thinking = { type: 'enabled', budget_tokens: 2_000 }

  test.each([
    ['Claude’s by budget', { style: 'budget', budgetMin: 1_024 }, { thinking }],
    [
      'an open model’s by degree',
      { style: 'effort', efforts: ['low', 'medium', 'high'] },
      { reasoning_effort: 'medium' },
    ],
    [
      'Nova’s by degree',
      { style: 'level', efforts: ['low', 'medium', 'high'] },
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
    ],
  ] as const)('%s', (_, reasoning, expected) => {
    const { body } = render('anthropic-messages', { ...request, thinking }, { reasoning: { ...reasoning } })
    expect(body?.additionalModelRequestFields).toEqual(expected)
  })

  test('its state goes back byte for byte, and another vendor’s does not', () => {
    const own = (data: object, kind: Opaque['kind'], family = 'bedrock') => ({
      type: 'thinking',
      thinking: 'Hm',
      signature: JSON.stringify({ family, kind, data: JSON.stringify(data) }),
    })
    const signed = { thinking: 'Hm', signature: 'c2ln' }
    const { body, lost } = render('anthropic-messages', {
      ...request,
      messages: [
        said('Hi'),
        { role: 'assistant', content: [own(signed, 'thinking'), { type: 'text', text: 'Hello' }] },
        said('And?'),
        { role: 'assistant', content: [own({}, 'thinking', 'openai'), { type: 'text', text: 'So' }] },
        said('Bye'),
      ],
    })
    const messages = body?.messages as readonly JsonObject[]
    expect(messages[1]?.content).toEqual([
      { reasoningContent: { reasoningText: { text: 'Hm', signature: 'c2ln' } } },
      { text: 'Hello' },
    ])
    expect(messages[3]?.content).toEqual([{ text: 'So' }])
    expect(lost).toEqual(['/messages/3/content/0;reasoning_foreign'])
  })
})

describe('the shape of the answer', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  const request = {
    max_tokens: 9,
    messages: [said('Hi')],
    response_format: { type: 'json_schema', json_schema: { name: 'thing', strict: true, schema } },
  }

  test('is the schema as text, where the model follows it', () => {
    const { body } = render('openai-chat', request, { structured: 'json-schema' })
    expect(body?.outputConfig).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { name: 'thing', schema: JSON.stringify(schema) } },
      },
    })
  })

  test('is the input of a tool that must be called, or asked for in words', () => {
    const forced = render('openai-chat', request, { tools: { choice: 'all' } })
    expect([forced.answerTool, forced.lost]).toEqual(['json', ['/response_format;emulated']])
    expect(toolConfigOf(forced.body).toolChoice).toEqual({ tool: { name: 'json' } })
    const asked = render('openai-chat', request)
    expect(JSON.stringify(asked.body?.system)).toContain('JSON schema')
  })
})
