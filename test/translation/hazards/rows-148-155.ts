/** Defaults, legacy calls, and items that go back. */
import { ABSENT, type HazardRow } from './row.ts'
import {
  assistant,
  chat,
  chatAnswer,
  claude,
  claudeAnswer,
  claudeEnd,
  claudeStart,
  gemini,
  HI,
  responses,
  text,
} from './said.ts'

const LEGACY = { wishes: { includesUsage: true, legacyFunctions: true, echo: {} } }

export const ROWS_148_TO_155: readonly HazardRow[] = [
  {
    number: 148,
    title: 'an index and counts that are left out are zero',
    kind: 'stream',
    from: 'gemini',
    to: 'openai-chat',
    input: [
      {
        candidates: [{ content: { parts: [{ text: '42' }] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
      },
    ],
    expect: {
      end: 'success',
      contains: ['"prompt_tokens":5,"completion_tokens":0'],
      hears: { blocks: [{ kind: 'text', text: '42' }] },
    },
  },
  {
    number: 149,
    title: 'a Gemini request may be in snake case',
    kind: 'request',
    from: 'gemini',
    to: 'openai-chat',
    input: gemini(
      [
        {
          role: 'user',
          parts: [{ inline_data: { mime_type: 'image/png', data: 'iVBORw0KGgoAAAANSUhEUg==' } }, { text: 'What?' }],
        },
      ],
      {
        system_instruction: { parts: [{ text: 'Be brief.' }] },
        generation_config: { max_output_tokens: 50, response_mime_type: 'application/json' },
        tools: [{ function_declarations: [{ name: 'f', parameters_json_schema: { type: 'object', properties: {} } }] }],
      },
    ),
    expect: {
      body: {
        '/messages/0/role': 'system',
        '/messages/2/content/0/type': 'image_url',
        '/tools/0/function/name': 'f',
        '/response_format/type': 'json_object',
      },
      contains: [':50'],
    },
  },
  {
    number: 149,
    title: 'what goes to Gemini is in camel case',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    input: chat([{ role: 'system', content: 'Be brief.' }, HI], { max_tokens: 50 }),
    expect: { contains: ['"systemInstruction"', '"maxOutputTokens":50'], lacks: ['system_instruction'] },
  },
  {
    number: 151,
    title: 'a client that declared functions is called the legacy way',
    kind: 'answer',
    from: 'anthropic-messages',
    to: 'openai-chat',
    asked: LEGACY,
    input: claudeAnswer([{ type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } }], 'tool_use'),
    expect: {
      body: {
        '/choices/0/message/function_call': { name: 'f', arguments: '{"a":1}' },
        '/choices/0/message/tool_calls': ABSENT,
        '/choices/0/finish_reason': 'function_call',
      },
    },
  },
  {
    number: 151,
    title: 'results under the names of functions belong to their calls in order',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat(
      [
        HI,
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
        { role: 'function', name: 'f', content: 'one' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":2}' } },
        { role: 'function', name: 'f', content: 'two' },
      ],
      { functions: [{ name: 'f', parameters: { type: 'object', properties: {} } }] },
    ),
    expect: {
      body: {
        '/messages/1/content/0/id': 'call_legacy_0',
        '/messages/2/content/0/tool_use_id': 'call_legacy_0',
        '/messages/2/content/0/content': [text('one')],
        '/messages/3/content/0/id': 'call_legacy_1',
        '/messages/4/content/0/tool_use_id': 'call_legacy_1',
        '/tool_choice/disable_parallel_tool_use': true,
      },
    },
  },
  {
    number: 152,
    title: 'what answers have and requests do not is not sent to Claude',
    kind: 'request',
    from: 'openai-responses',
    to: 'anthropic-messages',
    input: responses([
      HI,
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'failed',
        created_by: 'someone',
        content: [{ type: 'output_text', text: '42', annotations: [], logprobs: [], parsed: null }],
      },
      HI,
    ]),
    expect: { body: { '/messages/1/content': [text('42')] } },
  },
  {
    number: 152,
    title: 'a Chat message as it was answered is an ordinary turn',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([
      HI,
      { role: 'assistant', content: '42', refusal: null, annotations: [], audio: null, parsed: null },
      HI,
    ]),
    expect: { body: { '/messages/1/content': [text('42')] }, losses: [] },
  },
  {
    number: 152,
    title: 'citations of nothing on a Messages text are nothing',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claude([HI, assistant({ ...text('42'), citations: null }), HI]),
    expect: { body: { '/messages/1/content': '42' }, losses: [] },
  },
  {
    number: 152,
    title: 'what only answers of Chat have is not in an answer of Messages',
    kind: 'answer',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chatAnswer({ content: '42', refusal: null, annotations: [] }, 'stop', { system_fingerprint: 'fp' }),
    expect: { body: { '/content': [{ type: 'text', text: '42' }] }, lacks: ['fp"', 'refusal', 'annotations'] },
  },
  {
    number: 153,
    title: 'calls of a vendor’s tool and their results go together to a vendor that has functions',
    kind: 'request',
    from: 'openai-responses',
    to: 'anthropic-messages',
    input: responses(
      [
        HI,
        {
          type: 'apply_patch_call',
          call_id: 'c1',
          status: 'completed',
          operation: { type: 'delete_file', path: 'a.txt' },
        },
        { type: 'apply_patch_call_output', call_id: 'c1', status: 'completed', output: 'done' },
      ],
      { tools: [{ type: 'apply_patch' }] },
    ),
    expect: {
      body: {
        '/messages/1/content/0/type': 'tool_use',
        '/messages/1/content/0/id': 'c1',
        '/messages/2/content/0/type': 'tool_result',
        '/messages/2/content/0/tool_use_id': 'c1',
      },
    },
  },
  {
    number: 153,
    title: 'calls of a computer are refused where there is none',
    kind: 'request',
    from: 'openai-responses',
    to: 'anthropic-messages',
    input: responses([HI, { type: 'computer_call', id: 'cu_1', call_id: 'c1', action: { type: 'screenshot' } }]),
    expect: { refused: '/input/1' },
  },
  {
    number: 154,
    title: 'an answer is dated in seconds',
    kind: 'answer',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claudeAnswer([text('42')]),
    expect: { body: { '/created': 1_760_000_000 } },
  },
  {
    number: 155,
    title: 'two answers in one stream are an error, and one that begins twice alike is not',
    kind: 'stream',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: [
      claudeStart(),
      { ...claudeStart(), message: { ...Object(claudeStart().message), id: 'msg_2' } },
      ...claudeEnd(),
    ],
    expect: { end: 'error' },
  },
  {
    number: 155,
    title: 'an answer that begins twice alike is one',
    kind: 'stream',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: [claudeStart(), claudeStart(), ...claudeEnd()],
    expect: { end: 'success' },
  },
]
