/** Tools that a vendor runs or knows, beside functions and where they are functions. */
import { ABSENT, type HazardRow, type On } from './row.ts'
import {
  chat,
  chatCall,
  chatCalls,
  chatResult,
  chatTool,
  claude,
  claudeTool,
  HI,
  responses,
  responsesTool,
} from './said.ts'

const SEARCH = { type: 'web_search' }
const BOTH = [SEARCH, responsesTool('f')]
const TWO_5: On = ['gemini', 'gemini-2.5-pro']
const THREE: On = ['gemini', 'gemini-3-pro-preview']
const AT_VERTEX: On = ['vertex', 'gemini-3-flash-preview']
const LIMITED = {
  type: 'web_search_20250305',
  name: 'web_search',
  max_uses: 3,
  allowed_domains: ['a.example'],
  user_location: { type: 'approximate', city: 'Rome' },
}
const LOST_LIMITS = ['/tools/0/allowed_domains;unsupported', '/tools/0/max_uses;unsupported']
const patches = [{ type: 'apply_patch' }, { type: 'shell' }]

/** What is sent under a name of its own and belongs to no tool that was declared. */
const odd = chat([HI, chatCalls(chatCall('c1', 'weird.name')), chatResult('c1', 'done')], { tools: [chatTool('f')] })

export const ROWS_77_OF_TOOLS: readonly HazardRow[] = [
  {
    number: 77,
    title: 'a search beside functions is left out where Gemini runs only one of them, and it is said',
    kind: 'request',
    from: 'openai-responses',
    to: 'gemini',
    on: TWO_5,
    input: responses('hi', { tools: BOTH }),
    expect: { lacks: ['googleSearch', 'toolConfig'], contains: ['"name":"f"'], losses: ['/tools/0;unsupported'] },
  },
  {
    number: 77,
    title: 'a search alone is Gemini’s own',
    kind: 'request',
    from: 'openai-responses',
    to: 'gemini',
    on: TWO_5,
    input: responses('hi', { tools: [SEARCH] }),
    expect: { body: { '/tools': [{ googleSearch: {} }], '/toolConfig': ABSENT }, losses: ['/tools/0;approximated'] },
  },
  {
    number: 77,
    title: 'a search that was asked for by name is refused where it cannot stand beside functions',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'gemini',
    on: TWO_5,
    input: claude([HI], { tools: [LIMITED, claudeTool('f')], tool_choice: { type: 'tool', name: 'web_search' } }),
    expect: { refused: '/tools/0' },
  },
  {
    number: 77,
    title: 'a function that was asked for by name needs no search beside it',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'gemini',
    on: TWO_5,
    input: claude([HI], { tools: [LIMITED, claudeTool('f')], tool_choice: { type: 'tool', name: 'f' } }),
    expect: { lacks: ['googleSearch'], losses: ['/tools/0;unsupported'] },
  },
  {
    number: 77,
    title: 'code that Gemini would run beside functions is refused where it runs only one of them',
    kind: 'request',
    from: 'openai-responses',
    to: 'gemini',
    on: TWO_5,
    input: responses('hi', { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }, responsesTool('f')] }),
    expect: { refused: '/tools/0' },
  },
  {
    number: 77,
    title: 'Gemini 3 is asked to tell of its searches where functions stand beside them',
    kind: 'request',
    from: 'openai-responses',
    to: 'gemini',
    on: THREE,
    input: responses('hi', { tools: BOTH }),
    expect: {
      body: {
        '/tools/1': { googleSearch: {} },
        '/toolConfig': { functionCallingConfig: { mode: 'VALIDATED' }, includeServerSideToolInvocations: true },
      },
      losses: ['/tools/0;approximated'],
    },
  },
  {
    number: 77,
    title: 'Gemini 3 is asked so beside a call that it must make',
    kind: 'request',
    from: 'openai-responses',
    to: 'gemini',
    on: THREE,
    input: responses('hi', { tools: BOTH, tool_choice: { type: 'function', name: 'f' } }),
    expect: {
      body: {
        '/toolConfig': {
          functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] },
          includeServerSideToolInvocations: true,
        },
      },
    },
  },
  {
    number: 77,
    title: 'Vertex takes a search beside functions without that word, which it does not know',
    kind: 'request',
    from: 'openai-responses',
    to: 'gemini',
    on: AT_VERTEX,
    input: responses('hi', { tools: BOTH }),
    expect: { body: { '/tools/1': { googleSearch: {} } }, lacks: ['includeServerSideToolInvocations'] },
  },
  {
    number: 77,
    title: 'what a search was limited to is named where Gemini has no word for it',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'gemini',
    input: claude([HI], { tools: [LIMITED] }),
    expect: {
      body: { '/tools/0': { googleSearch: {} } },
      losses: [...LOST_LIMITS, '/tools/0/user_location;unsupported', '/tools/0;approximated'],
    },
  },
  {
    number: 77,
    title: 'what a search was limited to is named where a client of Responses said it',
    kind: 'request',
    from: 'openai-responses',
    to: 'gemini',
    input: responses('hi', { tools: [{ ...SEARCH, filters: { allowed_domains: ['a.example'] } }] }),
    expect: { losses: ['/tools/0/filters/allowed_domains;unsupported', '/tools/0;approximated'] },
  },
  {
    number: 77,
    title: 'what a search was limited to is named where Chat has no word for it',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-chat',
    on: ['openai', 'gpt-4o-search-preview'],
    input: claude([HI], { tools: [LIMITED] }),
    expect: {
      body: { '/web_search_options/user_location/approximate/city': 'Rome' },
      losses: LOST_LIMITS,
    },
  },
  {
    number: 77,
    title: 'what a search was limited to is named where Responses has no word for it',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: claude([HI], { tools: [LIMITED] }),
    expect: {
      body: { '/tools/0/filters': { allowed_domains: ['a.example'] } },
      losses: ['/tools/0/max_uses;unsupported'],
    },
  },
  ...(['anthropic-messages', 'openai-chat', 'gemini'] as const).map(
    (to): HazardRow => ({
      number: 153,
      title: `tools that only OpenAI’s models know are functions in ${to}, and it is said`,
      kind: 'request',
      from: 'openai-responses',
      to,
      input: responses('hi', { tools: patches }),
      expect: {
        contains: ['"name":"apply_patch"', '"name":"shell"'],
        losses: ['/tools/0;emulated', '/tools/1;emulated'],
      },
    }),
  ),
  {
    number: 153,
    title: 'a tool that only Claude knows is a function in Responses, and it is said',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: claude([HI], { tools: [{ type: 'bash_20250124', name: 'bash' }] }),
    expect: { contains: ['"name":"bash"'], losses: ['/tools/0;emulated'] },
  },
  ...(['anthropic-messages', 'openai-responses'] as const).map(
    (to): HazardRow => ({
      number: 68,
      title: `the name of a call that no declared tool has is another in ${to}, and it is said`,
      kind: 'request',
      from: 'openai-chat',
      to,
      input: odd,
      expect: {
        contains: ['weird_name'],
        lacks: ['weird.name'],
        losses: ['/messages/1/tool_calls/0;renamed'],
      },
    }),
  ),
]
