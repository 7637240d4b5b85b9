import { type Bed, type Planted, SCHEMA } from './planted.ts'

const user = { role: 'user', content: 'Hi' }
const call = (id: string, more: object = {}) => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: '{}', ...more },
})
const calling = (...tool_calls: readonly object[]) => ({ role: 'assistant', content: null, tool_calls })
const result = (tool_call_id: string) => ({ role: 'tool', tool_call_id, content: '9' })
const tool = { type: 'function', function: { name: 'weather', parameters: SCHEMA } }
const tools = [tool]

const base = { model: 'gpt', messages: [user] }
const with_ = (more: object) => ({ ...base, ...more })
const said = (...messages: readonly object[]) => ({ ...base, tools, messages })
const part = (content: object) => with_({ messages: [{ role: 'user', content: [content] }] })

const good = [
  base,
  said(user, calling(call('a'), call('b')), result('b'), result('a'), user),
  with_({
    tools,
    tool_choice: { type: 'function', function: { name: 'weather' } },
    stream: true,
    stream_options: { include_usage: true },
  }),
]

const planted: readonly Planted[] = [
  ['an unknown field', /^\/top_k is not known/, with_({ top_k: 5 })],
  [
    'an unknown field of a message',
    /\/reasoning_content is not known/,
    with_({ messages: [{ ...user, reasoning_content: 'hm' }] }),
  ],
  ['no model', /^\/model is nothing/, { messages: [user] }],
  ['no messages', /^\/messages has 0 members/, with_({ messages: [] })],
  ['an unknown role', /\/role is "model"/, with_({ messages: [{ role: 'model', content: 'Hi' }] })],
  ['a number as words', /^\/temperature is "1"/, with_({ temperature: '1' })],
  ['an effort that is none', /^\/reasoning_effort is "huge"/, with_({ reasoning_effort: 'huge' })],
  ['a part of Messages', /\/type is "image"/, part({ type: 'image', source: {} })],
  ['a picture that is no address', /image_url\/url is "aGk="/, part({ type: 'image_url', image_url: { url: 'aGk=' } })],
  [
    'a picture for a system message',
    /\/type is "image_url", none of text/,
    with_({
      messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'https://a.example/' } }] }],
    }),
  ],
  ['an empty list of parts', /\/content has 0 members/, with_({ messages: [{ role: 'user', content: [] }] })],
  ['an empty list of tools', /^\/tools has 0 members/, with_({ tools: [] })],
  [
    '129 tools',
    /^\/tools has 129 members/,
    with_({ tools: Array.from({ length: 129 }, (_, n) => ({ ...tool, function: { name: `t${n}` } })) }),
  ],
  ['five stop words', /^\/stop has 5 members/, with_({ stop: ['a', 'b', 'c', 'd', 'e'] })],
  ['a dotted tool name', /\/name is "a.b"/, with_({ tools: [{ type: 'function', function: { name: 'a.b' } }] })],
  [
    'a strict schema that is open',
    /additionalProperties must be false/,
    with_({ tools: [{ type: 'function', function: { name: 'w', strict: true, parameters: SCHEMA } }] }),
  ],
  ['arguments that are no text', /\/arguments is \{\}/, said(user, calling(call('a', { arguments: {} })), result('a'))],
  [
    'a call id of 41 characters',
    /\/id is longer than 40/,
    said(user, calling(call('x'.repeat(41))), result('x'.repeat(41))),
  ],
  ['both limits of the answer', /cannot both be set/, with_({ max_tokens: 5, max_completion_tokens: 5 })],
  ['options of a stream without one', /stream_options without/, with_({ stream_options: { include_usage: true } })],
  ['top_logprobs alone', /top_logprobs without/, with_({ top_logprobs: 2 })],
  ['one name for two tools', /names must be unique/, with_({ tools: [tool, tool] })],
  ['a choice without tools', /^\/tool_choice without/, with_({ tool_choice: 'auto' })],
  ['parallel calls without tools', /^\/parallel_tool_calls without/, with_({ parallel_tool_calls: false })],
  [
    'a choice of no tool',
    /which is no tool/,
    with_({ tools, tool_choice: { type: 'function', function: { name: 'other' } } }),
  ],
  [
    'an answer that is a list',
    /\/schema\/type is "array", not object/,
    with_({ response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'array' } } } }),
  ],
  ['JSON that nobody speaks of', /the word 'json'/, with_({ response_format: { type: 'json_object' } })],
  ['a tool message after no call', /must be a response to a preceding message/, said(user, result('a'))],
  ['a tool message of another call', /must be a response/, said(user, calling(call('a')), result('a'), result('b'))],
  ['a call that nothing answers', /did not have response messages: a/, said(user, calling(call('a')), user)],
  ['a last call that nothing answers', /did not have response messages: a/, said(user, calling(call('a')))],
  ['one id for two calls', /call ids must be unique/, said(user, calling(call('a'), call('a')), result('a'))],
  ['an answer that says nothing', /content is required/, said(user, { role: 'assistant' }, user)],
  [
    'a refusal beside a text',
    /a refusal is the only part/,
    said(
      user,
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'a' },
          { type: 'refusal', refusal: 'b' },
        ],
      },
      user,
    ),
  ],
  [
    'a picture for DeepSeek',
    /unknown variant image_url/,
    part({ type: 'image_url', image_url: { url: 'https://a.example/' } }),
    { vendor: 'deepseek', isPassedThrough: true },
  ],
  [
    'a forced call while DeepSeek thinks',
    /does not support this tool_choice/,
    with_({ tools, tool_choice: 'required', thinking: { type: 'enabled' } }),
    { vendor: 'deepseek', isPassedThrough: true },
  ],
]

export const CHAT: Bed = { format: 'openai-chat', good, planted }
