/** Usage, and where citations stand. */
import { ABSENT, type HazardRow } from './row.ts'
import {
  chatAnswer,
  chunk,
  chunkUsage,
  claudeAnswer,
  claudeEnd,
  claudeStart,
  claudeText,
  geminiAnswer,
  geminiChunk,
  responsesAnswer,
  text,
} from './said.ts'

const SAID = [{ type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: '42' }] }]
const includesUsage = { wishes: { includesUsage: true, legacyFunctions: false, echo: {} } }
const withoutUsage = { wishes: { includesUsage: false, legacyFunctions: false, echo: {} } }

export const ROWS_89_TO_99: readonly HazardRow[] = [
  {
    number: 89,
    title: 'OpenAI’s cached tokens are not counted twice for a Messages client',
    kind: 'answer',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chatAnswer({ content: '42' }, 'stop', {
      usage: {
        prompt_tokens: 10_000,
        completion_tokens: 2,
        total_tokens: 10_002,
        prompt_tokens_details: { cached_tokens: 9_000 },
      },
    }),
    expect: { body: { '/usage/input_tokens': 1_000, '/usage/cache_read_input_tokens': 9_000 } },
  },
  {
    number: 90,
    title: 'Anthropic’s cached tokens are part of an OpenAI client’s prompt',
    kind: 'answer',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claudeAnswer([text('42')], 'end_turn', {
      usage: {
        input_tokens: 4,
        cache_read_input_tokens: 9_000,
        cache_creation_input_tokens: 1_000,
        output_tokens: 2,
      },
    }),
    expect: {
      body: {
        '/usage/prompt_tokens': 10_004,
        '/usage/completion_tokens': 2,
        '/usage/total_tokens': 10_006,
        '/usage/prompt_tokens_details/cached_tokens': 9_000,
        '/usage/prompt_tokens_details/cache_write_tokens': 1_000,
      },
    },
  },
  {
    number: 91,
    title: 'what OpenAI wrote to a cache is no fresh input',
    kind: 'answer',
    from: 'openai-responses',
    to: 'anthropic-messages',
    input: responsesAnswer(SAID, {
      usage: {
        input_tokens: 10_000,
        input_tokens_details: { cached_tokens: 8_000, cache_write_tokens: 1_500 },
        output_tokens: 2,
        total_tokens: 10_002,
      },
    }),
    expect: {
      body: {
        '/usage/input_tokens': 500,
        '/usage/cache_read_input_tokens': 8_000,
        '/usage/cache_creation_input_tokens': 1_500,
      },
    },
  },
  {
    number: 91,
    title: 'cached tokens that a vendor tells beside its prompt never make the input negative',
    kind: 'answer',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chatAnswer({ content: '42' }, 'stop', {
      usage: {
        prompt_tokens: 100,
        completion_tokens: 2,
        prompt_tokens_details: { cached_tokens: 90, cache_write_tokens: 50 },
      },
    }),
    expect: { lacks: ['"input_tokens":-'] },
  },
  {
    number: 92,
    title: 'a total is the sum, where the upstream says less',
    kind: 'answer',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chatAnswer({ content: '42' }, 'stop', {
      usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 7 },
    }),
    expect: { body: { '/usage/input_tokens': 10, '/usage/output_tokens': 2, '/usage/total_tokens': 12 } },
  },
  {
    number: 92,
    title: 'a total is the sum, where the upstream says more: what it does not name was thought',
    kind: 'answer',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chatAnswer({ content: '42' }, 'stop', {
      usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 99 },
    }),
    expect: {
      body: {
        '/usage/input_tokens': 10,
        '/usage/output_tokens': 89,
        '/usage/output_tokens_details/reasoning_tokens': 87,
        '/usage/total_tokens': 99,
      },
    },
  },
  {
    number: 93,
    title: 'details that the upstream leaves out are zeros to a Responses client',
    kind: 'answer',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chatAnswer({ content: '42' }),
    expect: {
      body: {
        '/usage/input_tokens_details/cached_tokens': 0,
        '/usage/output_tokens_details/reasoning_tokens': 0,
      },
    },
  },
  {
    number: 93,
    title: 'an answer without usage has none to a Chat client',
    kind: 'answer',
    from: 'gemini',
    to: 'openai-chat',
    input: { candidates: [{ content: { parts: [{ text: '42' }] }, finishReason: 'STOP' }] },
    expect: { body: { '/usage': ABSENT, '/choices/0/message/content': '42' } },
  },
  {
    number: 94,
    title: 'what Gemini thought is part of the output',
    kind: 'answer',
    from: 'gemini',
    to: 'openai-chat',
    input: geminiAnswer([{ text: '42' }], 'STOP', {
      usageMetadata: {
        promptTokenCount: 5,
        candidatesTokenCount: 2,
        thoughtsTokenCount: 40,
        totalTokenCount: 47,
      },
    }),
    expect: {
      body: {
        '/usage/prompt_tokens': 5,
        '/usage/completion_tokens': 42,
        '/usage/completion_tokens_details/reasoning_tokens': 40,
        '/usage/total_tokens': 47,
      },
    },
  },
  {
    number: 94,
    title: 'the output of an OpenAI upstream is shown to a Gemini client without what was thought',
    kind: 'answer',
    from: 'openai-chat',
    to: 'gemini',
    input: chatAnswer({ content: '42' }, 'stop', {
      usage: {
        prompt_tokens: 5,
        completion_tokens: 42,
        total_tokens: 47,
        completion_tokens_details: { reasoning_tokens: 40 },
      },
    }),
    expect: {
      body: {
        '/usageMetadata/candidatesTokenCount': 2,
        '/usageMetadata/thoughtsTokenCount': 40,
        '/usageMetadata/totalTokenCount': 47,
      },
    },
  },
  {
    number: 95,
    title: 'usage that grows from event to event is not added up, and null is not zero',
    kind: 'stream',
    from: 'anthropic-messages',
    to: 'openai-chat',
    asked: includesUsage,
    input: [
      claudeStart({ input_tokens: 100, cache_read_input_tokens: 50, output_tokens: 1 }),
      ...claudeText(0, '42'),
      { type: 'message_delta', delta: {}, usage: { output_tokens: 5 } },
      ...claudeEnd('end_turn', { input_tokens: null, cache_read_input_tokens: null, output_tokens: 9 }),
    ],
    expect: {
      end: 'success',
      contains: ['"prompt_tokens":150', '"completion_tokens":9', '"total_tokens":159', '"cached_tokens":50'],
    },
  },
  {
    number: 95,
    title: 'usage in every chunk of Gemini’s is that of the last',
    kind: 'stream',
    from: 'gemini',
    to: 'openai-chat',
    asked: includesUsage,
    input: [
      geminiChunk([{ text: 'a' }], undefined, { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1 } }),
      geminiChunk([{ text: 'b' }], 'STOP', { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2 } }),
    ],
    expect: { end: 'success', contains: ['"prompt_tokens":5,"completion_tokens":2,"total_tokens":7'] },
  },
  {
    number: 96,
    title: 'Gemini’s citations in bytes are in characters to a Responses client',
    kind: 'answer',
    from: 'gemini',
    to: 'openai-responses',
    input: {
      candidates: [
        {
          index: 0,
          content: { role: 'model', parts: [{ text: 'A 😀 café☕ is' }] },
          finishReason: 'STOP',
          groundingMetadata: {
            groundingChunks: [{ web: { uri: 'https://x', title: 'X' } }],
            groundingSupports: [
              { segment: { startIndex: 7, endIndex: 15, text: 'café☕' }, groundingChunkIndices: [0] },
            ],
          },
        },
      ],
    },
    expect: {
      body: {
        '/output/0/content/0/annotations/0/url': 'https://x',
        '/output/0/content/0/annotations/0/start_index': 4,
        '/output/0/content/0/annotations/0/end_index': 9,
      },
    },
  },
  {
    number: 97,
    title: 'the tokens of a client’s answer are those of its context, not of what was summed up on the way',
    kind: 'answer',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claudeAnswer([text('42')], 'end_turn', {
      usage: {
        input_tokens: 10,
        output_tokens: 2,
        iterations: [
          { type: 'compaction', input_tokens: 1_000, output_tokens: 100 },
          { type: 'message', input_tokens: 10, output_tokens: 2 },
        ],
      },
    }),
    expect: { body: { '/usage/prompt_tokens': 10, '/usage/completion_tokens': 2 } },
  },
  {
    number: 98,
    title: 'input that is only known at the end is zero at the start, and whole at the end',
    kind: 'stream',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: [chunk({ content: '42' }), chunk({}, 'stop'), chunkUsage(10, 2), '[DONE]'],
    expect: {
      end: 'success',
      contains: ['message_start', '"input_tokens":0', 'message_delta', '"input_tokens":10', '"output_tokens":2'],
    },
  },
  {
    number: 99,
    title: 'usage is sent in a chunk of its own to a client that asked for it, and is null before',
    kind: 'stream',
    from: 'anthropic-messages',
    to: 'openai-chat',
    asked: includesUsage,
    input: [claudeStart(), ...claudeText(0, '42'), ...claudeEnd()],
    expect: { end: 'success', contains: ['"usage":null', '"finish_reason":"stop"', '"choices":[],', '"usage":{'] },
  },
  {
    number: 99,
    title: 'no chunk is without a choice to a client that did not ask for usage',
    kind: 'stream',
    from: 'anthropic-messages',
    to: 'openai-chat',
    asked: withoutUsage,
    input: [claudeStart(), ...claudeText(0, '42'), ...claudeEnd()],
    expect: { end: 'success', lacks: ['"choices":[]', '"usage":{'] },
  },
]
