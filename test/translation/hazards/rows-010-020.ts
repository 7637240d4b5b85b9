/** Reasoning of OpenAI, Gemini and others, and what nobody signed. */
import { ABSENT, type HazardRow } from './row.ts'
import {
  assistant,
  chat,
  chatAnswer,
  chatCall,
  chatCalls,
  chatResult,
  claude,
  claudeBlock,
  claudeEnd,
  claudeStart,
  claudeTool,
  geminiAnswer,
  geminiChunk,
  HI,
  responses,
  responsesAnswer,
  responsesStream,
  responsesTool,
  text,
  toolResult,
  user,
} from './said.ts'
import {
  chatGoesOn,
  claudeGivesResult,
  claudeGoesOn,
  FUNCTION_CALL,
  type Message,
  RESULT_ITEM,
  SIGNED_CALL,
  THOUGHT_ITEM,
  TOOLS,
} from './turns.ts'

export const ROWS_10_TO_20: readonly HazardRow[] = [
  {
    number: 10,
    title: 'of two signatures the later counts, written once and before the block ends',
    kind: 'stream',
    from: 'anthropic-messages',
    to: 'anthropic-messages',
    input: [
      claudeStart(),
      ...claudeBlock(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'A' },
        { type: 'signature_delta', signature: 'EqFirst' },
        { type: 'signature_delta', signature: 'EqSecond' },
      ),
      ...claudeEnd(),
    ],
    expect: {
      end: 'success',
      contains: ['thinking_delta', '{"type":"signature_delta","signature":"EqSecond"}', 'content_block_stop'],
      lacks: ['EqFirst'],
    },
  },
  {
    number: 11,
    title: 'encrypted reasoning is taken from the finished item, not from its announcement',
    kind: 'stream',
    from: 'openai-responses',
    to: 'openai-responses',
    input: responsesStream([{ ...THOUGHT_ITEM, encrypted_content: 'gAAAAwhole' }]).map((event) =>
      event.type === 'response.output_item.added'
        ? { ...event, item: { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAApart' } }
        : event,
    ),
    expect: { end: 'success', contains: ['gAAAAwhole'], lacks: ['gAAAApart"'] },
  },
  {
    number: 12,
    title: 'a reasoning item stays right before the call it led to, through a Messages client',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: responsesAnswer([THOUGHT_ITEM, FUNCTION_CALL]),
    asksAgain: claudeGivesResult,
    expect: {
      body: {
        '/input/1/type': 'reasoning',
        '/input/1/encrypted_content': 'gAAAAsealed',
        '/input/2/type': 'function_call',
        '/input/2/call_id': 'call_1',
        '/input/3/type': 'function_call_output',
      },
    },
  },
  {
    number: 12,
    title: 'a reasoning item that nothing follows is left out, and said',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: responsesAnswer([THOUGHT_ITEM, FUNCTION_CALL]),
    asksAgain: ({ content }) =>
      claude([HI, assistant(...(content as readonly Message[]).slice(0, 1)), user(text('go on'))]),
    expect: { lacks: ['"type":"reasoning"'], losses: ['/messages/1/content/0;unsupported'] },
  },
  {
    number: 13,
    title: 'a reasoning item without a summary has an empty one',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: responsesAnswer([{ ...THOUGHT_ITEM, summary: [] }, FUNCTION_CALL]),
    asksAgain: claudeGivesResult,
    expect: { body: { '/input/1/type': 'reasoning', '/input/1/summary': [] } },
  },
  {
    number: 14,
    title: 'reasoning of which nothing is known but an id is not sent back to OpenAI',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: responsesAnswer([{ type: 'reasoning', id: 'rs_1', summary: [] }, FUNCTION_CALL]),
    asksAgain: claudeGivesResult,
    expect: { body: { '/store': false }, lacks: ['rs_1', '"type":"reasoning"'] },
  },
  {
    number: 14,
    title: 'reasoning of which nothing is known but an id is not sent to Claude, and it is said',
    kind: 'request',
    from: 'openai-responses',
    to: 'anthropic-messages',
    input: responses(
      [{ role: 'user', content: 'hi' }, { type: 'reasoning', id: 'rs_1', summary: [] }, FUNCTION_CALL, RESULT_ITEM],
      { tools: [responsesTool('f')] },
    ),
    expect: { lacks: ['rs_1', '"type":"thinking"'], losses: ['/input/1;reasoning_unsigned'] },
  },
  {
    number: 15,
    title: 'DeepSeek gets back the reasoning that led to its calls',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'openai-chat',
    on: ['deepseek', 'deepseek-reasoner'],
    input: chatAnswer(
      { content: null, reasoning_content: 'Let me see.', tool_calls: [chatCall('call_1', 'f', '{"a":1}')] },
      'tool_calls',
    ),
    asksAgain: claudeGivesResult,
    expect: { body: { '/messages/1/reasoning_content': 'Let me see.', '/messages/1/tool_calls/0/id': 'call_1' } },
  },
  {
    number: 16,
    title: 'the signature of a Gemini call comes back on the call of a Chat client',
    kind: 'conversation',
    from: 'openai-chat',
    to: 'gemini',
    input: geminiAnswer([SIGNED_CALL]),
    asksAgain: chatGoesOn,
    expect: {
      body: { '/contents/1/parts/0/thoughtSignature': 'U2lnbmVk', '/contents/1/parts/0/functionCall/name': 'f' },
    },
  },
  {
    number: 16,
    title: 'a Gemini call that lost its signature gets the word for none, and it is said',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    input: chat([HI, chatCalls(chatCall('c1', 'f')), chatResult('c1', 'done')], { tools: TOOLS }),
    expect: {
      body: { '/contents/1/parts/0/thoughtSignature': 'skip_thought_signature_validator' },
      losses: ['/messages/1/tool_calls/0;added'],
    },
  },
  {
    number: 17,
    title: 'of parallel calls only the first gets that word',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    input: chat(
      [HI, chatCalls(chatCall('c1', 'f'), chatCall('c2', 'f')), chatResult('c1', '1'), chatResult('c2', '2')],
      { tools: TOOLS },
    ),
    expect: {
      body: {
        '/contents/1/parts/0/thoughtSignature': 'skip_thought_signature_validator',
        '/contents/1/parts/1/thoughtSignature': ABSENT,
      },
    },
  },
  {
    number: 17,
    title: 'the signature of parallel calls stands on the first, though a Messages client has it behind that',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'gemini',
    input: geminiAnswer([SIGNED_CALL, { functionCall: { id: 'c2', name: 'f', args: {} } }]),
    asksAgain: ({ content }) => {
      const [signature, first, second] = content as readonly Message[]
      const results = [first, second].map((call) => toolResult(String(call?.id), 'done'))
      return claude([HI, assistant(first ?? {}, signature ?? {}, second ?? {}), user(...results)], {
        tools: [claudeTool('f')],
      })
    },
    expect: {
      body: { '/contents/1/parts/0/thoughtSignature': 'U2lnbmVk', '/contents/1/parts/1/thoughtSignature': ABSENT },
      losses: [],
    },
  },
  {
    number: 17,
    title: 'the signature of parallel calls stands on the first, though a Responses client has it behind that',
    kind: 'conversation',
    from: 'openai-responses',
    to: 'gemini',
    input: geminiAnswer([SIGNED_CALL, { functionCall: { id: 'c2', name: 'f', args: {} } }]),
    asksAgain: ({ output }) => {
      const [signature, first, second] = output as readonly Message[]
      const results = [first, second].map((call) => ({ ...RESULT_ITEM, call_id: call?.call_id }))
      return responses([{ role: 'user', content: 'hi' }, first ?? {}, signature ?? {}, second ?? {}, ...results], {
        tools: [responsesTool('f')],
      })
    },
    expect: {
      body: { '/contents/1/parts/0/thoughtSignature': 'U2lnbmVk', '/contents/1/parts/1/thoughtSignature': ABSENT },
    },
  },
  {
    number: 18,
    title: 'a text that Gemini signed is text, and its signature is carried beside it',
    kind: 'answer',
    from: 'gemini',
    to: 'anthropic-messages',
    input: geminiAnswer([{ text: '42', thoughtSignature: 'U2lnbmVk' }]),
    expect: { contains: ['{"type":"text","text":"42"'], lacks: ['"thinking":"42"'] },
  },
  {
    number: 18,
    title: 'the signature of a text comes back on the text',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'gemini',
    input: geminiAnswer([{ text: '42', thoughtSignature: 'U2lnbmVk' }]),
    asksAgain: claudeGoesOn,
    expect: { body: { '/contents/1/parts': [{ text: '42', thoughtSignature: 'U2lnbmVk' }] } },
  },
  {
    number: 19,
    title: 'a signature that comes alone in the last piece is kept',
    kind: 'stream',
    from: 'gemini',
    to: 'gemini',
    input: [geminiChunk([{ text: '42' }]), geminiChunk([{ text: '', thoughtSignature: 'U2lnbmVk' }], 'STOP')],
    expect: { end: 'success', contains: ['"text":"42"', 'U2lnbmVk'] },
  },
  {
    number: 19,
    title: 'a signature that comes alone comes back on the text before it',
    kind: 'conversation',
    from: 'anthropic-messages',
    to: 'gemini',
    input: geminiAnswer([{ text: '42' }, { text: '', thoughtSignature: 'U2lnbmVk' }]),
    asksAgain: claudeGoesOn,
    expect: { body: { '/contents/1/parts': [{ text: '42', thoughtSignature: 'U2lnbmVk' }] } },
  },
  {
    number: 20,
    title: 'reasoning that nobody signed is not sent to Claude',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([HI, { role: 'assistant', content: '42', reasoning_content: 'Hm.' }, HI]),
    expect: {
      body: { '/messages/1/content': [text('42')] },
      lacks: ['Hm.'],
      losses: ['/messages/1/reasoning_content;reasoning_unsigned'],
    },
  },
]
