/** Identity and state, and what is passed on. */
import { ABSENT, type HazardRow } from './row.ts'
import {
  chat,
  chatTool,
  claude,
  claudeAnswer,
  claudeEnd,
  claudeStart,
  claudeText,
  claudeTool,
  HI,
  responses,
  responsesAnswer,
  text,
  user,
  responsesStream,
} from './said.ts'

const MARK = { cache_control: { type: 'ephemeral' } }
const marked = (value: string) => ({ ...text(value), ...MARK })
const said = (id: string, value: string, more = {}) => ({
  type: 'message',
  id,
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: value, annotations: [] }],
  ...more,
})
/** What a client is given of it stands in one message, or in blocks of one. */
const PHASES = [
  said('msg_1', 'Looking.', { phase: 'commentary' }),
  said('msg_2', '42', { phase: 'final_answer' }),
  { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}', status: 'completed' },
]
const PHASES_COME_BACK = {
  '/input/1/phase': 'commentary',
  '/input/1/content/0/text': 'Looking.',
  '/input/2/phase': 'final_answer',
  '/input/2/content/0/text': '42',
  '/input/3/type': 'function_call',
}
const RESULT = { role: 'tool', tool_call_id: 'call_1', content: 'done' }
const called = (id: string, call_id: string) => ({
  type: 'function_call',
  id,
  call_id,
  name: 'f',
  arguments: '{}',
  status: 'completed',
})
export const ROWS_125_TO_132: readonly HazardRow[] = [
  {
    number: 125,
    title: 'an earlier response that nobody put in place is refused, never passed over',
    kind: 'request',
    from: 'openai-responses',
    to: 'anthropic-messages',
    input: responses('and now?', { previous_response_id: 'resp_1' }),
    expect: { refused: 'previous_response_id' },
  },
  {
    number: 126,
    title: 'OpenAI is told to keep nothing unless the client asks for it',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chat([HI]),
    expect: { body: { '/store': false } },
  },
  {
    number: 127,
    title: 'items that an upstream gives one id have two',
    kind: 'answer',
    from: 'openai-responses',
    to: 'openai-responses',
    input: responsesAnswer([called('fc_same', 'call_1'), called('fc_same', 'call_1')]),
    expect: {
      body: {
        '/output/0/id': 'fc_conformance_0',
        '/output/0/call_id': 'call_1',
        '/output/1/id': 'fc_conformance_1',
        '/output/1/call_id': 'call_1_2',
      },
    },
  },
  {
    number: 127,
    title: 'items are never of one id with those of an earlier answer',
    kind: 'answer',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: claudeAnswer([text('42')]),
    expect: { body: { '/output/0/id': 'msg_conformance_0', '/id': 'resp_conformance' } },
  },
  {
    number: 128,
    title: 'the phase of what was said is kept and comes back',
    kind: 'conversation',
    from: 'openai-responses',
    to: 'openai-responses',
    input: responsesAnswer([
      said('msg_1', 'Looking.', { phase: 'commentary' }),
      said('msg_2', '42', { phase: 'final_answer' }),
    ]),
    asksAgain: ({ output }) => responses([HI, ...(output as readonly Readonly<Record<string, unknown>>[]), HI]),
    expect: { body: { '/input/1/phase': 'commentary', '/input/2/phase': 'final_answer' } },
  },
  {
    number: 128,
    title: 'the phase of what was said comes back through a Messages client',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: responsesAnswer(PHASES),
    asksAgain: ({ content }) =>
      claude(
        [HI, { role: 'assistant', content }, user({ type: 'tool_result', tool_use_id: 'call_1', content: 'done' })],
        {
          tools: [claudeTool('f')],
        },
      ),
    expect: { body: PHASES_COME_BACK, losses: [] },
  },
  {
    number: 128,
    title: 'the phase of what was said comes back through a Chat client',
    kind: 'conversation',
    from: 'openai-chat',
    to: 'openai-responses',
    input: responsesAnswer(PHASES),
    asksAgain: ({ choices }) =>
      chat([HI, (choices as readonly { message: Readonly<Record<string, unknown>> }[])[0]?.message ?? {}, RESULT], {
        tools: [chatTool('f')],
      }),
    expect: { body: PHASES_COME_BACK, losses: [] },
  },
  {
    number: 128,
    title: 'the phase of what was said is known before it streams to a Messages client',
    kind: 'stream',
    from: 'openai-responses',
    to: 'anthropic-messages',
    input: responsesStream(PHASES),
    expect: {
      end: 'success',
      contains: ['"type":"thinking"', 'signature_delta', 'Looking.', '"type":"thinking"', 'signature_delta', '42'],
      losses: [],
    },
  },
  {
    number: 128,
    title: 'the phase of what was said is left out with the thinking that nobody asked for, and it is said',
    kind: 'answer',
    from: 'openai-responses',
    to: 'anthropic-messages',
    asked: { wishes: { includesUsage: true, legacyFunctions: false, echo: {}, omitsReasoning: true } },
    input: responsesAnswer([said('msg_1', '42', { phase: 'final_answer' })]),
    expect: { body: { '/content': [text('42')] }, losses: ['/response/content/0;unsupported'] },
  },
  {
    number: 128,
    title: 'the phase of what GPT said is not sent to Claude, and it is said',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'openai-responses',
    next: { to: 'anthropic-messages', on: ['anthropic', 'claude-sonnet-4-5'] },
    input: responsesAnswer([said('msg_1', '42', { phase: 'final_answer' })]),
    asksAgain: ({ content }) => claude([HI, { role: 'assistant', content }, HI]),
    expect: { body: { '/messages/1/content': [text('42')] }, losses: ['/messages/1/content/1;unsupported'] },
  },
  {
    number: 128,
    title: 'the phase of what was said has no place in Chat, and it is said',
    kind: 'request',
    from: 'openai-responses',
    to: 'openai-chat',
    input: responses([
      HI,
      { role: 'assistant', content: [{ type: 'output_text', text: '42' }], phase: 'final_answer' },
      HI,
    ]),
    expect: { body: { '/messages/1/content': '42' }, losses: ['/input/1/content/0;unsupported'] },
  },
  {
    number: 129,
    title: 'an answer is of the model that the client named',
    kind: 'answer',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claudeAnswer([text('42')]),
    expect: { body: { '/model': 'the-client-says' }, lacks: ['upstream-model'] },
  },
  {
    number: 129,
    title: 'a streamed answer is of the model that the client named',
    kind: 'stream',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: [claudeStart(), ...claudeText(0, '42'), ...claudeEnd()],
    expect: { end: 'success', contains: ['"model":"the-client-says"'], lacks: ['upstream-model'] },
  },
  {
    number: 130,
    title: 'fields that nobody else knows are left out at every depth, and each is said',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([{ role: 'user', content: 'hi', mood: 'good' }], {
      tools: [chatTool('f', { type: 'object', properties: {} }, { eager: true })],
      made_up: 1,
    }),
    expect: {
      lacks: ['mood', 'eager', 'made_up'],
      losses: ['/tools/0/function/eager;unsupported', '/messages/0/mood;unsupported', '/made_up;unsupported'],
    },
  },
  {
    number: 130,
    title: 'fields of Anthropic’s betas are not sent to OpenAI, and each is said',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claude([user({ ...text('hi'), cache_control: { type: 'ephemeral', scope: 'global' } })], {
      tools: [claudeTool('f', { eager_input_streaming: true })],
      context_management: { edits: [] },
    }),
    expect: { lacks: ['eager_input_streaming', 'context_management', 'scope'] },
  },
  {
    number: 130,
    title: 'a request goes to its own format as it came, unknown fields and all',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'anthropic-messages',
    input: claude([user({ ...text('hi'), cache_control: { type: 'ephemeral', scope: 'global' } })], {
      made_up: { a: [1] },
    }),
    expect: {
      body: {
        '/made_up': { a: [1] },
        '/messages/0/content/0/cache_control': { type: 'ephemeral', scope: 'global' },
      },
      losses: [],
    },
  },
  {
    number: 131,
    title: 'a cache mark keeps its hour, and only what nobody knows of it goes',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([user({ ...text('hi'), cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } })]),
    expect: { body: { '/messages/0/content/0/cache_control': { type: 'ephemeral', ttl: '1h' } } },
  },
  {
    number: 132,
    title: 'of more than four cache marks the last four stay, and the others are said',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([
      { role: 'system', content: [marked('0')] },
      { role: 'user', content: [marked('1'), marked('2'), marked('3'), marked('4')] },
    ]),
    expect: {
      body: { '/system/0/cache_control': ABSENT, '/messages/0/content/3/cache_control': { type: 'ephemeral' } },
      losses: ['/messages/0/content/0/cache_control;unsupported'],
    },
  },
  {
    number: 132,
    title: 'a breakpoint that Gemini has no word for is said under its own name',
    kind: 'request',
    from: 'openai-responses',
    to: 'gemini',
    input: responses([
      {
        role: 'user',
        content: [{ type: 'input_text', text: 'hi', prompt_cache_breakpoint: { mode: 'explicit' } }],
      },
    ]),
    expect: { losses: ['/input/0/content/0/prompt_cache_breakpoint;unsupported'] },
  },
  {
    number: 132,
    title: 'a cache mark on a whole message is said where it stands',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chat([{ role: 'user', content: 'hi', ...MARK }]),
    expect: { losses: ['/messages/0/cache_control;unsupported'] },
  },
  {
    number: 132,
    title: 'a cache mark does not stand on thinking',
    kind: 'conversation',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: claudeAnswer([{ type: 'thinking', thinking: 'A', signature: 'EqA' }, text('42')]),
    asksAgain: ({ choices }) => {
      const [{ message }] = choices as [{ message: Readonly<Record<string, unknown>> }]
      return chat([HI, { ...message, ...MARK }, HI])
    },
    expect: {
      body: {
        '/messages/1/content/0/cache_control': ABSENT,
        '/messages/1/content/1/cache_control': { type: 'ephemeral' },
      },
    },
  },
]
