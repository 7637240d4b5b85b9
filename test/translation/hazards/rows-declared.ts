import type { HazardRow } from './row.ts'
import {
  chat,
  chatAnswer,
  chatCall,
  chatCalls,
  chatResult,
  chunk,
  claude,
  claudeTool,
  gemini,
  HI,
  responses,
  responsesTool,
  toolResult,
  user,
} from './said.ts'
import { TOOLS } from './turns.ts'

const PNG = 'iVBORw0KGgo='
const PDF = 'JVBERi0='
const KIMI_ID = 'functions.get_weather:0'
const CUT_CALL = chatCall('c1', 'f', '{"path":"/etc","n":1')
const pdf = (more: object) => ({
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data: PDF },
  ...more,
})
const named = (name: string) => chat([{ role: 'system', content: 's', name }, HI])
const retained = { prompt_cache_retention: '24h' }
const searching = { web_search_options: { search_context_size: 'high' } }
const imageBy = (url: string) => chat([user({ type: 'image_url', image_url: { url } })])
const fileCited = {
  id: 'resp_1',
  object: 'response',
  model: 'm',
  status: 'completed',
  output: [
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [
        {
          type: 'output_text',
          text: 'It says so.',
          annotations: [{ type: 'file_citation', file_id: 'file-1', filename: 'a.pdf', index: 3 }],
        },
      ],
    },
  ],
  usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
}
const twoOfOneId = chatAnswer(
  { content: null, tool_calls: [chatCall('call_0', 'f'), chatCall('call_0', 'f')] },
  'tool_calls',
)

/** Losses that are said where they are, and what is no loss at all. */
export const ROWS_OF_LOSSES: readonly HazardRow[] = [
  {
    number: 110,
    title: 'a call that the limit cut is left out of a whole answer to a Messages client, as of a stream',
    kind: 'answer',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chatAnswer({ content: null, tool_calls: [CUT_CALL] }, 'length'),
    expect: {
      body: { '/content': [], '/stop_reason': 'max_tokens' },
      losses: ['/response/content/0;unsupported'],
    },
  },
  {
    number: 110,
    title: 'a call that the limit cut is left out of a stream to a Messages client, which is said',
    kind: 'stream',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: [
      chunk({ role: 'assistant', tool_calls: [{ index: 0, ...CUT_CALL }] }),
      chunk({}, 'length'),
      { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } },
      '[DONE]',
    ],
    expect: { end: 'success', lacks: ['tool_use', '/etc'], losses: ['/response/content/0;unsupported'] },
  },
  ...(['openai-chat', 'gemini'] as const).map(
    (to): HazardRow => ({
      number: 50,
      title: `an id of other signs is no other to ${to}`,
      kind: 'request',
      from: 'openai-responses',
      to,
      input: responses(
        [
          { role: 'user', content: 'hi' },
          { type: 'function_call', call_id: KIMI_ID, name: 'f', arguments: '{}' },
          { type: 'function_call_output', call_id: KIMI_ID, output: 'done' },
        ],
        { tools: [responsesTool('f')] },
      ),
      expect: {
        contains: [`"${KIMI_ID}"`],
        losses: to === 'gemini' ? ['/input/1;added'] : [],
      },
    }),
  ),
  {
    number: 50,
    title: 'an id of other signs is given to a Messages client in plain ones, and goes back as it was',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'openai-chat',
    on: ['moonshot', 'kimi-k2.5'],
    input: chatAnswer({ content: null, tool_calls: [chatCall(KIMI_ID, 'f')] }, 'tool_calls'),
    asksAgain: ({ content }) => {
      const [call] = content as readonly [{ id: string }]
      return claude([HI, { role: 'assistant', content }, user(toolResult(call.id, 'done'))], {
        tools: [claudeTool('f')],
      })
    },
    expect: {
      body: { '/messages/1/tool_calls/0/id': KIMI_ID, '/messages/2/tool_call_id': KIMI_ID },
      losses: [],
    },
  },
  {
    number: 43,
    title: 'two calls of one id have two to a Gemini client',
    kind: 'answer',
    from: 'openai-chat',
    to: 'gemini',
    input: twoOfOneId,
    expect: {
      body: {
        '/candidates/0/content/parts/0/functionCall/id': 'call_0',
        '/candidates/0/content/parts/1/functionCall/id': 'call_0_2',
      },
    },
  },
  {
    number: 43,
    title: 'an id that comes again is named as renamed',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat(
      [
        HI,
        chatCalls(chatCall('call_0', 'f')),
        chatResult('call_0', 'a'),
        chatCalls(chatCall('call_0', 'f')),
        chatResult('call_0', 'b'),
      ],
      { tools: TOOLS },
    ),
    expect: { losses: ['/messages/3/tool_calls/0;renamed'] },
  },
  ...(['anthropic-messages', 'gemini'] as const).map(
    (to): HazardRow => ({
      number: 37,
      title: `the name of who gives instructions is lost to ${to}, and it is said`,
      kind: 'request',
      from: 'openai-chat',
      to,
      input: named('ops'),
      expect: { losses: ['/messages/0/name;unsupported'] },
    }),
  ),
  ...(['openai-chat', 'openai-responses', 'anthropic-messages'] as const).map(
    (to): HazardRow => ({
      number: 55,
      title: `the name of a picture is lost to ${to}, and it is said`,
      kind: 'request',
      from: 'gemini',
      to,
      input: gemini([
        { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: PNG, displayName: 'cat' } }] },
      ]),
      expect: { losses: ['/contents/0/parts/0/inlineData/displayName;unsupported'] },
    }),
  ),
  {
    number: 96,
    title: 'a citation of a file is none of an address to a Chat client, and it is said',
    kind: 'answer',
    from: 'openai-responses',
    to: 'openai-chat',
    input: fileCited,
    expect: { lacks: ['annotations'], losses: ['/response/choices/0/message/annotations;unsupported'] },
  },
  {
    number: 96,
    title: 'a citation of a file has no id to a Gemini client, and it is said',
    kind: 'answer',
    from: 'openai-responses',
    to: 'gemini',
    input: fileCited,
    expect: { contains: ['a.pdf'], losses: ['/response/candidates/0/groundingMetadata;approximated'] },
  },
  {
    number: 88,
    title: 'likelihoods beside a stop sequence that is looked for here may lack a token, which is said',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    on: ['openai', 'gpt-4.1'],
    input: chat([HI], { stop: 'END', logprobs: true, top_logprobs: 2 }),
    expect: { losses: ['/stop;emulated', '/logprobs;approximated'] },
  },
  {
    number: 61,
    title: 'how long OpenAI keeps its cache goes from Chat to Responses',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chat([HI], retained),
    expect: { body: { '/prompt_cache_retention': '24h' }, losses: [] },
  },
  {
    number: 61,
    title: 'how long OpenAI keeps its cache goes from Responses to Chat',
    kind: 'request',
    from: 'openai-responses',
    to: 'openai-chat',
    input: responses('hi', retained),
    expect: { body: { '/prompt_cache_retention': '24h' }, losses: [] },
  },
  ...(['anthropic-messages', 'gemini'] as const).map(
    (to): HazardRow => ({
      number: 61,
      title: `how long OpenAI keeps its cache is nothing to ${to}`,
      kind: 'request',
      from: 'openai-chat',
      to,
      input: chat([HI], retained),
      expect: { lacks: ['24h'], losses: ['/prompt_cache_retention;unsupported'] },
    }),
  ),
  {
    number: 77,
    title: 'how much of a search is read goes from Chat to Responses',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chat([HI], searching),
    expect: { body: { '/tools/0/search_context_size': 'high' }, losses: [] },
  },
  {
    number: 77,
    title: 'how much of a search is read is nothing to Claude, and is named',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([HI], searching),
    expect: {
      losses: ['/web_search_options;approximated', '/web_search_options/search_context_size;unsupported'],
    },
  },
  {
    number: 60,
    title: 'what a document is not asked for at OpenAI is named by itself',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: claude([user(pdf({ citations: { enabled: true }, context: 'c', title: 't' }))]),
    expect: {
      losses: [
        '/messages/0/content/0;added',
        '/messages/0/content/0/context;unsupported',
        '/messages/0/content/0/citations;unsupported',
      ],
    },
  },
  ...(['openai-chat', 'gemini'] as const).map(
    (to): HazardRow => ({
      number: 60,
      title: `citations of a document are refused by their own name where ${to} cannot give them`,
      kind: 'request',
      from: 'anthropic-messages',
      to,
      input: claude([user(pdf({ citations: { enabled: true } }))]),
      expect: { refused: '/messages/0/content/0/citations' },
    }),
  ),
  {
    number: 60,
    title: 'what Gemini cannot be told of a document is named by itself',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'gemini',
    input: claude([user(pdf({ context: 'c', title: 't' }))]),
    expect: {
      losses: ['/messages/0/content/0/title;unsupported', '/messages/0/content/0/context;unsupported'],
    },
  },
  {
    number: 74,
    title: 'functions of the older kind are sent to Gemini, and nothing of them is called lost',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    input: chat([HI], { functions: [{ name: 'f', parameters: { type: 'object', properties: {} } }] }),
    expect: { body: { '/tools/0/functionDeclarations/0/name': 'f' }, losses: [] },
  },
  ...(['gemini', 'anthropic-messages', 'openai-responses'] as const).map(
    (to): HazardRow => ({
      number: 54,
      title: `a data URL that cannot be read is refused before ${to} sees it`,
      kind: 'request',
      from: 'openai-chat',
      to,
      input: imageBy('data:image/png;base64,@@@@'),
      expect: { refused: 'messages.0.content.0.image_url.url' },
    }),
  ),
]
