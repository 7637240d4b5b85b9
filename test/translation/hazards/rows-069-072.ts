/** Names that collide, tools of free text, and choices among tools. */
import type { Format } from '../conformance.ts'
import type { HazardRow, On } from './row.ts'
import {
  chat,
  chatAnswer,
  chatCall,
  chatCalls,
  chatResult,
  chatTool,
  claude,
  claudeAnswer,
  claudeBlock,
  claudeEnd,
  claudeStart,
  claudeTool,
  gemini,
  GEMINI_HI,
  HI,
  responses,
  responsesTool,
} from './said.ts'

const PATCH = { name: 'apply_patch', form: 'custom', wrapped: true } as const
const PATCHED = { tools: new Map([['apply_patch', PATCH]]) }
const CUSTOM = { type: 'custom', name: 'apply_patch', description: 'Applies a patch.' }
/** A choice of one format, and its word in another. */
const choice = (
  number: number,
  from: 'anthropic-messages' | 'openai-chat',
  to: 'anthropic-messages' | 'openai-chat' | 'openai-responses' | 'gemini',
  said: unknown,
  pointer: string,
  written: unknown,
): HazardRow => ({
  number,
  title: `the choice ${JSON.stringify(said)} of ${from} is ${JSON.stringify(written)} in ${to}`,
  kind: 'request',
  from,
  to,
  input:
    from === 'openai-chat'
      ? chat([HI], { tools: [chatTool('f')], tool_choice: said })
      : claude([HI], { tools: [claudeTool('f')], tool_choice: said }),
  expect: { body: { [pointer]: written } },
})

/** Where there are no custom tools, a grammar can only be told. */
const GRAMMAR_TOLD: readonly (readonly [Format, On?])[] = [
  ['anthropic-messages'],
  ['gemini'],
  ['openai-chat', ['openai-compatible', 'some-local-model']],
]
const grammarTold = ([to, on]: readonly [Format, On?]): HazardRow => ({
  number: 70,
  title: `its grammar is told to a model of ${to} that knows no such tools`,
  kind: 'request',
  from: 'openai-responses',
  to,
  ...(on && { on }),
  input: responses('hi', {
    tools: [{ ...CUSTOM, format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } }],
  }),
  expect: {
    contains: ['Applies a patch.\\n\\n`input` follows this grammar (lark):\\nstart: \\"x\\"'],
    losses: ['/tools/0;emulated'],
  },
})

export const ROWS_69_TO_72: readonly HazardRow[] = [
  {
    number: 69,
    title: 'two names that would become one stay two',
    kind: 'request',
    from: 'gemini',
    to: 'openai-chat',
    input: gemini([GEMINI_HI], { tools: [{ functionDeclarations: [{ name: 'a.b' }, { name: 'a_b' }] }] }),
    expect: { body: { '/tools/1/function/name': 'a_b' }, lacks: ['a.b'], contains: ['"name":"a_b'] },
  },
  {
    number: 69,
    title: 'tools of one name in two namespaces stay two, and their calls too',
    kind: 'request',
    from: 'openai-responses',
    to: 'openai-chat',
    input: responses([HI], {
      tools: [
        responsesTool('read'),
        { type: 'namespace', name: 'files', description: 'Files.', tools: [responsesTool('read')] },
      ],
    }),
    expect: { body: { '/tools/0/function/name': 'read', '/tools/1/function/name': 'files__read' } },
  },
  {
    number: 70,
    title: 'a tool of free text is a function of one string where there is no such thing, and it is said',
    kind: 'request',
    from: 'openai-responses',
    to: 'anthropic-messages',
    input: responses([HI], { tools: [CUSTOM] }),
    expect: {
      body: {
        '/tools/0/name': 'apply_patch',
        '/tools/0/input_schema/properties/input/type': 'string',
        '/tools/0/input_schema/required': ['input'],
      },
      losses: ['/tools/0;emulated'],
    },
  },
  {
    number: 70,
    title: 'its earlier calls are wrapped',
    kind: 'request',
    from: 'openai-responses',
    to: 'anthropic-messages',
    input: responses(
      [
        HI,
        { type: 'custom_tool_call', call_id: 'c1', name: 'apply_patch', input: '*** "Begin"\n' },
        { type: 'custom_tool_call_output', call_id: 'c1', output: 'done' },
      ],
      { tools: [CUSTOM] },
    ),
    expect: { body: { '/messages/1/content/0/input': { input: '*** "Begin"\n' } } },
  },
  {
    number: 70,
    title: 'its calls are unwrapped while they stream, escapes and halves of characters too',
    kind: 'stream',
    from: 'anthropic-messages',
    to: 'openai-responses',
    asked: PATCHED,
    input: [
      claudeStart(),
      ...claudeBlock(
        0,
        { type: 'tool_use', id: 't1', name: 'apply_patch', input: {} },
        { type: 'input_json_delta', partial_json: '{"inp' },
        { type: 'input_json_delta', partial_json: 'ut": "a\\n\\u00' },
        { type: 'input_json_delta', partial_json: 'e9 \\uD83D' },
        { type: 'input_json_delta', partial_json: '\\uDE00 \\"q\\""}' },
      ),
      ...claudeEnd('tool_use'),
    ],
    expect: {
      end: 'success',
      contains: ['response.custom_tool_call_input.delta'],
      lacks: ['function_call', '\\ufffd'],
      hears: { blocks: [{ kind: 'tool-call', form: 'custom', name: 'apply_patch', arguments: 'a\né 😀 "q"' }] },
    },
  },
  {
    number: 70,
    title: 'its call with an empty text is the same whole and streamed',
    kind: 'stream',
    from: 'anthropic-messages',
    to: 'openai-responses',
    asked: PATCHED,
    input: [
      claudeStart(),
      ...claudeBlock(
        0,
        { type: 'tool_use', id: 't1', name: 'apply_patch', input: {} },
        { type: 'input_json_delta', partial_json: '{"input":""}' },
      ),
      ...claudeEnd('tool_use'),
    ],
    expect: { end: 'success', hears: { blocks: [{ kind: 'tool-call', form: 'custom', arguments: '' }] } },
  },
  {
    number: 70,
    title: 'its call with an empty text is the same streamed and whole',
    kind: 'answer',
    from: 'anthropic-messages',
    to: 'openai-responses',
    asked: PATCHED,
    input: claudeAnswer([{ type: 'tool_use', id: 't1', name: 'apply_patch', input: { input: '' } }], 'tool_use'),
    expect: { body: { '/output/0/type': 'custom_tool_call', '/output/0/input': '' } },
  },
  {
    number: 70,
    title: 'its call is a call of the custom kind to a Chat client that declared one',
    kind: 'answer',
    from: 'openai-chat',
    to: 'openai-chat',
    asked: PATCHED,
    input: chatAnswer({ content: null, tool_calls: [chatCall('c1', 'apply_patch', '{"input":"text"}')] }, 'tool_calls'),
    expect: { body: { '/choices/0/message/tool_calls/0/custom': { name: 'apply_patch', input: 'text' } } },
  },
  ...GRAMMAR_TOLD.map(grammarTold),
  choice(71, 'anthropic-messages', 'openai-chat', { type: 'any' }, '/tool_choice', 'required'),
  choice(71, 'anthropic-messages', 'openai-responses', { type: 'any' }, '/tool_choice', 'required'),
  choice(72, 'openai-chat', 'anthropic-messages', 'none', '/tool_choice', { type: 'none' }),
  choice(72, 'openai-chat', 'gemini', 'none', '/toolConfig/functionCallingConfig/mode', 'NONE'),
  {
    number: 72,
    title: 'calls in the history keep their tools though the client declares none any more',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([HI, chatCalls(chatCall('c1', 'f')), chatResult('c1', 'done')]),
    expect: {
      body: { '/tools/0/name': 'f', '/tool_choice': { type: 'none' } },
      losses: ['/tools;added'],
    },
  },
]
