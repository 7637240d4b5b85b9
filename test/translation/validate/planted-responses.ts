import { type Bed, type Planted, SCHEMA } from './planted.ts'

const user = { role: 'user', content: 'Hi' }
const call = (call_id: string, more: object = {}) => ({
  type: 'function_call',
  call_id,
  name: 'weather',
  arguments: '{}',
  ...more,
})
const output = (call_id: string, more: object = {}) => ({ type: 'function_call_output', call_id, output: '9', ...more })
const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
const answer = { role: 'assistant', content: [{ type: 'output_text', text: 'Hi', annotations: [] }] }
const tool = { type: 'function', name: 'weather', parameters: SCHEMA, strict: false }
const tools = [tool]

const base = { model: 'gpt', store: false, input: 'Hi' }
const with_ = (more: object) => ({ ...base, ...more })
const said = (...input: readonly object[]) => ({ ...base, tools, input })
const part = (content: object) => with_({ input: [{ role: 'user', content: [content] }] })

const SEARCH = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } }
const SHELL = { type: 'local_shell_call', id: 'lsh_1', call_id: 'a', status: 'completed', action: { type: 'exec' } }
const PATCH = {
  type: 'apply_patch_call',
  call_id: 'a',
  status: 'completed',
  operation: { type: 'delete_file', path: 'a' },
}
const CODE = {
  type: 'code_interpreter_call',
  id: 'ci_1',
  status: 'completed',
  code: '1',
  container_id: 'c',
  outputs: null,
}
const MCP = { type: 'mcp_call', id: 'mcp_1', name: 'f', arguments: '{}', server_label: 's' }
const IMAGE = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'aGk=' }
const without = (item: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> =>
  said(user, Object.fromEntries(Object.entries(item).filter(([member]) => member !== name)), answer)

const good = [
  base,
  said(user, thought, call('a'), call('b'), output('b'), output('a'), thought, answer, user),
  said(user, SEARCH, CODE, MCP, IMAGE, answer, user),
  said(user, PATCH, { type: 'apply_patch_call_output', call_id: 'a', status: 'completed' }, answer, user),
  with_({ tools, tool_choice: { type: 'function', name: 'weather' }, include: ['reasoning.encrypted_content'] }),
  { store: false, prompt: { id: 'pmpt_1' } },
]

const planted: readonly Planted[] = [
  ['a web search without its id', /\/input\/1\/id is/, without(SEARCH, 'id')],
  ['a web search without its status', /\/input\/1\/status is/, without(SEARCH, 'status')],
  ['a web search without its action', /\/input\/1\/action is/, without(SEARCH, 'action')],
  ['a shell call without its id', /\/input\/1\/id is/, without(SHELL, 'id')],
  ['a patch without its status', /\/input\/1\/status is/, without(PATCH, 'status')],
  ['a patch in other words', /\/operation\/type is/, said(user, { ...PATCH, operation: { type: 'patch' } }, answer)],
  ['code that was run, without its id', /\/input\/1\/id is/, without(CODE, 'id')],
  ['code that was run, without its outputs', /\/input\/1\/outputs is/, without(CODE, 'outputs')],
  ['a call of a server’s without its id', /\/input\/1\/id is/, without(MCP, 'id')],
  ['an image without its id', /\/input\/1\/id is/, without(IMAGE, 'id')],
  ['an image without its status', /\/input\/1\/status is/, without(IMAGE, 'status')],
  ['an unknown field', /^\/messages is not known/, with_({ messages: [user] })],
  ['an unknown field of an item', /\/input\/0\/name is not known/, with_({ input: [{ ...user, name: 'x' }] })],
  ['no model and no stored prompt', /^\/model is missing/, { store: false, input: 'Hi' }],
  ['no input and no stored prompt', /^\/input is missing/, { store: false, model: 'gpt' }],
  ['an empty input', /^\/input/, with_({ input: [] })],
  ['an unknown kind of item', /\/type is "tool_result"/, with_({ input: [{ type: 'tool_result' }] })],
  ['a part of Chat', /\/type is "image_url"/, part({ type: 'image_url', image_url: { url: 'https://a.example/' } })],
  [
    'a part of the user’s said by the model',
    /\/type is "input_text"/,
    with_({ input: [user, { role: 'assistant', content: [{ type: 'input_text', text: 'a' }] }] }),
  ],
  ['an answer of fewer tokens than the least', /^\/max_output_tokens is 8/, with_({ max_output_tokens: 8 })],
  ['an effort that is none', /^\/reasoning\/effort is "huge"/, with_({ reasoning: { effort: 'huge' } })],
  ['an include that is none', /^\/include\/0 is "usage"/, with_({ include: ['usage'] })],
  [
    'a tool as Chat says it',
    /\/function is not known/,
    with_({ tools: [{ type: 'function', function: { name: 'w', parameters: SCHEMA } }] }),
  ],
  ['a strict schema that is open', /additionalProperties must be false/, with_({ tools: [{ ...tool, strict: true }] })],
  ['reasoning with an id of another', /\/id is "think_1"/, said(user, { ...thought, id: 'think_1' }, answer)],
  ['an id of a call that is none', /\/id is "call_1"/, said(user, call('a', { id: 'call_1' }), output('a'))],
  ['a call id of 65 characters', /call_id is longer than 64/, said(user, call('x'.repeat(65)), output('x'.repeat(65)))],
  ['a call that nothing answers', /No tool output found for function call a/, said(user, call('a'), user)],
  [
    'an output of no call',
    /No tool call found for function_call output with call_id b/,
    said(user, call('a'), output('a'), output('b')),
  ],
  ['an output before its call', /No tool call found/, said(user, output('a'), call('a'), output('a'))],
  [
    'an output of another kind of call',
    /No tool call found for custom_tool_call/,
    said(user, call('a'), output('a', { type: 'custom_tool_call_output' }), output('a')),
  ],
  ['one id for two calls', /call_id a twice/, said(user, call('a'), output('a'), call('a'), output('a'))],
  ['reasoning that nothing follows', /without its required following item/, said(user, thought)],
  ['reasoning before the user speaks', /without its required following item/, said(user, thought, user)],
  ['reasoning that was kept nowhere', /nothing is stored/, said(user, { ...thought, encrypted_content: null }, answer)],
  ['a picture with no source', /input_image with 0 sources/, part({ type: 'input_image' })],
  [
    'a file with two sources',
    /input_file with 2 sources/,
    part({ type: 'input_file', file_id: 'file-1', file_url: 'https://a.example/' }),
  ],
  [
    'data of a file without a name',
    /file_data without a filename/,
    part({ type: 'input_file', file_data: 'data:application/pdf;base64,aGk=' }),
  ],
  ['one name for two tools', /names must be unique/, with_({ tools: [tool, tool] })],
  ['a choice without tools', /^\/tool_choice without/, with_({ tool_choice: 'auto' })],
  ['a choice of no tool', /which is no tool/, with_({ tools, tool_choice: { type: 'function', name: 'other' } })],
  ['logprobs that are not included', /top_logprobs without/, with_({ top_logprobs: 2 })],
  [
    'an answer that is an object or nothing',
    /\/schema\/anyOf at the root/,
    with_({
      text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object', anyOf: [{ type: 'object' }] } } },
    }),
  ],
  ['JSON that nobody speaks of', /the word 'json'/, with_({ text: { format: { type: 'json_object' } } })],
  ['a translation that leaves the store to its default', /^\/store is nothing/, { model: 'gpt', input: 'Hi' }],
]

export const RESPONSES: Bed = { format: 'openai-responses', good, planted }
