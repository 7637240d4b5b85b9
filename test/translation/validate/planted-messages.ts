import { type Bed, CLOSED, type Planted, SCHEMA } from './planted.ts'

const text = (said: string, more: object = {}) => ({ type: 'text', text: said, ...more })
const user = (...content: readonly object[]) => ({ role: 'user', content })
const claude = (...content: readonly object[]) => ({ role: 'assistant', content })
const call = (id = 'toolu_1', more: object = {}) => ({ type: 'tool_use', id, name: 'weather', input: {}, ...more })
const result = (id = 'toolu_1', more: object = {}) => ({ type: 'tool_result', tool_use_id: id, content: '9', ...more })
const mark = { cache_control: { type: 'ephemeral' } }
const thought = { type: 'thinking', thinking: 'hm', signature: 'c2ln' }
const tool = { name: 'weather', input_schema: SCHEMA }
const tools = [tool]
const enabled = { type: 'enabled', budget_tokens: 1_024 }

const base = { model: 'claude', max_tokens: 2_048, messages: [user(text('Hi'))] }
const said = (...messages: readonly object[]) => ({ ...base, tools, messages })
const asked = user(text('Hi'))
const with_ = (more: object) => ({ ...base, ...more })

const NEWER = { isPassedThrough: true, model: 'claude-opus-4-7' }

const good = [
  base,
  said(asked, claude(thought, call()), user(result(), text('and?'))),
  said(asked, claude(call('a'), call('b')), user(result('b'), result('a'))),
  with_({ thinking: enabled, tools, tool_choice: { type: 'auto' }, system: [text('Be brief', mark)] }),
]

const shapes: readonly Planted[] = [
  ['an unknown field', /^\/max_output_tokens is not known/, with_({ max_output_tokens: 5 })],
  [
    'an unknown field of a block',
    /\/content\/0\/name is not known/,
    with_({ messages: [user(text('Hi', { name: 'x' }))] }),
  ],
  ['no max_tokens', /^\/max_tokens is nothing/, { model: 'claude', messages: base.messages }],
  ['no messages', /^\/messages has 0 members/, with_({ messages: [] })],
  ['a role of Chat', /\/role is "developer"/, with_({ messages: [{ role: 'developer', content: 'Hi' }] })],
  ['a number as words', /^\/temperature is "1"/, with_({ temperature: '1' })],
  ['a temperature of OpenAI’s', /^\/temperature is 1.5/, with_({ temperature: 1.5 })],
  ['a word that is none of those allowed', /^\/service_tier is "flex"/, with_({ service_tier: 'flex' })],
  [
    'an unknown kind of block',
    /\/type is "input_text"/,
    with_({ messages: [user({ type: 'input_text', text: 'Hi' })] }),
  ],
  ['an empty text', /\/text has no visible character/, with_({ messages: [user(text(''))] })],
  ['white space as a text', /\/text has no visible character/, with_({ messages: [user(text(' \n'))] })],
  ['empty words', /\/content has no visible character/, with_({ messages: [{ role: 'user', content: '' }] })],
  ['an empty system', /^\/system has no visible character/, with_({ system: '' })],
  ['a stop sequence of white space', /^\/stop_sequences\/0 has no visible/, with_({ stop_sequences: [' '] })],
  ['a mark on an empty text', /\/text has no visible character/, with_({ messages: [user(text('', mark))] })],
  [
    'a mark on thinking',
    /\/cache_control is not known/,
    said(asked, claude({ ...thought, ...mark }, call()), user(result())),
  ],
  [
    'thinking without a signature',
    /\/signature is nothing/,
    said(asked, claude({ type: 'thinking', thinking: 'hm' }), asked),
  ],
  ['a call id of another grammar', /\/id is "call.1"/, said(asked, claude(call('call.1')), user(result('call.1')))],
  ['a dotted tool name', /\/name is "a.b"/, with_({ tools: [{ ...tool, name: 'a.b' }] })],
  [
    'input that is no object',
    /\/input is "\{\}", no object/,
    said(asked, claude(call('a', { input: '{}' })), user(result('a'))),
  ],
  [
    'an image of no known kind',
    /\/media_type is "image\/bmp"/,
    with_({ messages: [user({ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'aGk=' } })] }),
  ],
  [
    'data that is no base64',
    /\/data is "h!"/,
    with_({ messages: [user({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'h!' } })] }),
  ],
  [
    'a schema with a root combinator',
    /\/oneOf at the root/,
    with_({ tools: [{ ...tool, input_schema: { ...SCHEMA, oneOf: [] } }] }),
  ],
  [
    'a schema whose root is no object',
    /input_schema\/type is undefined/,
    with_({ tools: [{ ...tool, input_schema: {} }] }),
  ],
  [
    'an open schema for the answer',
    /additionalProperties must be false/,
    with_({ output_config: { format: { type: 'json_schema', schema: SCHEMA } } }),
  ],
  [
    'a schema of the answer that contains itself',
    /\/schema has a circular reference/,
    with_({
      output_config: {
        format: { type: 'json_schema', schema: { ...CLOSED, properties: { city: { anyOf: [{ $ref: '#' }] } } } },
      },
    }),
  ],
  [
    'a keyword that no grammar is made of',
    /maxLength is not supported/,
    with_({
      output_config: {
        format: { type: 'json_schema', schema: { ...CLOSED, properties: { city: { type: 'string', maxLength: 3 } } } },
      },
    }),
  ],
]

const rules: readonly Planted[] = [
  ['a first turn of Claude’s', /first message must be the user's/, with_({ messages: [claude(text('Hi')), asked] })],
  ['a call in a user turn', /tool_use in a user turn/, said(user(call()))],
  ['a result in a turn of Claude’s', /tool_result in an assistant turn/, said(asked, claude(result()))],
  [
    'a call that nothing answers',
    /without tool_result blocks immediately after: toolu_1/,
    said(asked, claude(call()), asked),
  ],
  [
    'a call answered a turn too late',
    /without tool_result/,
    said(asked, claude(call()), asked, claude(text('?')), user(result())),
  ],
  [
    'a result of no call',
    /unexpected tool_use_id toolu_2/,
    said(asked, claude(call()), user(result(), result('toolu_2'))),
  ],
  ['two results of one call', /a single result/, said(asked, claude(call()), user(result(), result()))],
  ['a result behind a text', /behind other content/, said(asked, claude(call()), user(text('so'), result()))],
  ['one id for two calls', /ids must be unique: toolu_1/, said(asked, claude(call(), call()), user(result()))],
  ['a prefill that ends in white space', /trailing whitespace/, with_({ messages: [asked, claude(text('So '))] })],
  ['five marks', /maximum of 4 blocks/, with_({ messages: [user(...[1, 2, 3, 4, 5].map((n) => text(`${n}`, mark)))] })],
  [
    'a long cache behind a short one',
    /1h after one of 5m/,
    with_({ messages: [user(text('a', mark), text('b', { cache_control: { type: 'ephemeral', ttl: '1h' } }))] }),
  ],
  [
    'a budget as large as the answer',
    /must be greater than thinking.budget_tokens/,
    with_({ max_tokens: 1_024, thinking: enabled }),
  ],
  ['a budget below the least', /budget_tokens is 10/, with_({ thinking: { type: 'enabled', budget_tokens: 10 } })],
  ['a temperature with thinking', /temperature may only be 1/, with_({ thinking: enabled, temperature: 0.5 })],
  ['top_k with thinking', /top_k must be unset/, with_({ thinking: enabled, top_k: 5 })],
  ['a low top_p with thinking', /top_p must be at least/, with_({ thinking: enabled, top_p: 0.5 })],
  [
    'forced calls with a budget',
    /may not force tool use/,
    with_({ thinking: enabled, tools, tool_choice: { type: 'any' } }),
  ],
  [
    'a prefill with thinking',
    /no prefill with thinking/,
    with_({ thinking: enabled, messages: [asked, claude(thought, text('So'))] }),
  ],
  [
    'a loop under a budget that lost its thought',
    /expected thinking or redacted_thinking/,
    { ...said(asked, claude(call()), user(result())), thinking: enabled },
  ],
  ['one name for two tools', /names must be unique/, with_({ tools: [tool, tool] })],
  ['a choice without tools', /tool_choice without tools/, with_({ tool_choice: { type: 'auto' } })],
  ['a choice of no tool', /other is no tool/, with_({ tools, tool_choice: { type: 'tool', name: 'other' } })],
  [
    'twenty-one strict tools',
    /Too many strict tools/,
    with_({ tools: Array.from({ length: 21 }, (_, n) => ({ ...tool, name: `t${n}`, strict: true })) }),
  ],
  [
    'a shape for the answer, and a prefill',
    /format with a prefill/,
    with_({ messages: [asked, claude(text('{'))], output_config: { format: { type: 'json_schema', schema: CLOSED } } }),
  ],
  ['a temperature for a newer model', /temperature may only be 1 for this model/, with_({ temperature: 0.5 }), NEWER],
  ['a low top_p for a newer model', /top_p must be at least 0.99/, with_({ top_p: 0.9 }), NEWER],
  ['top_k for a newer model', /top_k is not supported by this model/, with_({ top_k: 5 }), NEWER],
]

export const MESSAGES: Bed = { format: 'anthropic-messages', good, planted: [...shapes, ...rules] }
