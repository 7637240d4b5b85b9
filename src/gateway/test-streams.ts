import type { UpstreamFormat } from '../canon/operation.ts'

/// How streams begin, for tests of what holds them back.

const event = (value: { readonly type: string; readonly [name: string]: unknown }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`
const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
export const chunk = (delta: object): string =>
  data({ object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null }] })

export const START = event({
  type: 'message_start',
  message: { type: 'message', role: 'assistant', content: [], usage: { input_tokens: 9, output_tokens: 1 } },
})
const BLOCK = event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
export const PING = event({ type: 'ping' })
const TEXT = event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } })
export const overloaded = event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })
const CREATED = event({
  type: 'response.created',
  response: { status: 'in_progress', output: [], error: null },
})
const IN_PROGRESS = event({
  type: 'response.in_progress',
  response: { status: 'in_progress', output: [], error: null },
})
const failed = (error: unknown): string =>
  event({ type: 'response.failed', response: { status: 'failed', output: [], error } })
const google = (code: number, status: string) => ({ error: { code, message: 'Said by Google.', status } })

/** What begins so is no answer but the HTTP error of this status, with this in its body. */
export const REFUSED: readonly (readonly [string, UpstreamFormat, readonly string[], number, object])[] = [
  [
    'Anthropic’s overload after its start',
    'anthropic-messages',
    [START, BLOCK, PING, overloaded],
    529,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  ],
  [
    'Anthropic’s overload in place of a start',
    'anthropic-messages',
    [overloaded],
    529,
    { error: { type: 'overloaded_error' } },
  ],
  [
    'a limit in Messages',
    'anthropic-messages',
    [event({ type: 'error', error: { type: 'rate_limit_error', message: 'x' } })],
    429,
    { error: { type: 'rate_limit_error' } },
  ],
  [
    'a wrong request in Messages',
    'anthropic-messages',
    [event({ type: 'error', error: { type: 'invalid_request_error', message: 'x' } })],
    400,
    { error: { message: 'x' } },
  ],
  [
    'a fault of the account in Messages',
    'anthropic-messages',
    [event({ type: 'error', error: { type: 'authentication_error', message: 'x' } })],
    403,
    { error: { message: 'x' } },
  ],
  [
    'what no table knows',
    'anthropic-messages',
    [event({ type: 'error', error: { type: 'new_error', message: 'x' } })],
    500,
    { error: { message: 'x' } },
  ],
  [
    'an error that is no JSON',
    'openai-chat',
    ['event: error\ndata: out of order\n\n'],
    500,
    { error: { message: 'out of order' } },
  ],
  [
    'a Chat chunk with a code',
    'openai-chat',
    [
      chunk({ role: 'assistant', content: '' }),
      data({ error: { message: 'm', type: 'server_error', code: 'server_is_overloaded' } }),
    ],
    503,
    { error: { message: 'm', code: 'server_is_overloaded' } },
  ],
  [
    'a Chat chunk with a status',
    'openai-chat',
    [': comment\n\n', data({ error: { message: 'm', code: 429 }, choices: [] })],
    429,
    { error: { message: 'm' } },
  ],
  [
    'a Chat chunk with nothing but words',
    'openai-chat',
    [data({ error: 'Broken.' })],
    500,
    { error: { message: 'Broken.' } },
  ],
  [
    'a failed response',
    'openai-responses',
    [CREATED, IN_PROGRESS, failed({ code: 'rate_limit_exceeded', message: 'Slow down.' })],
    429,
    { error: { message: 'Slow down.', code: 'rate_limit_exceeded', type: 'rate_limit_exceeded', param: null } },
  ],
  [
    'a failed response that says nothing',
    'openai-responses',
    [CREATED, failed(null)],
    500,
    { error: { message: 'The response failed.' } },
  ],
  [
    'a flat error event of Responses',
    'openai-responses',
    [CREATED, event({ type: 'error', code: 'server_is_overloaded', message: 'm', param: null })],
    503,
    { error: { message: 'm', code: 'server_is_overloaded' } },
  ],
  [
    'a nested error event of Responses',
    'openai-responses',
    [event({ type: 'error', error: { code: 'insufficient_quota', message: 'm' } })],
    403,
    { error: { message: 'm' } },
  ],
  ['Google’s error as an event', 'gemini', [data(google(503, 'UNAVAILABLE'))], 503, google(503, 'UNAVAILABLE')],
  [
    'Google’s error as an object',
    'gemini',
    [JSON.stringify(google(429, 'RESOURCE_EXHAUSTED'), undefined, 2)],
    429,
    google(429, 'RESOURCE_EXHAUSTED'),
  ],
  [
    'Google’s error as the first of a list',
    'gemini',
    [JSON.stringify([google(429, 'RESOURCE_EXHAUSTED')])],
    429,
    google(429, 'RESOURCE_EXHAUSTED'),
  ],
  [
    'Google’s error without a number',
    'gemini',
    [data({ error: { message: 'm', status: 'UNAVAILABLE' } })],
    503,
    { error: { message: 'm' } },
  ],
  [
    'an exception of Converse',
    'bedrock-converse',
    [data({ messageStart: { role: 'assistant' } }), data({ throttlingException: { message: 'm' } })],
    429,
    { type: 'error', error: { type: 'rate_limit_error', message: 'm' } },
  ],
  [
    'an error of Completions',
    'openai-completions',
    [data({ error: { message: 'm', code: 'rate_limit_exceeded' } })],
    429,
    { error: { message: 'm' } },
  ],
]

/** What carries no content, and what comes first that does or that ends it. */
export const ANSWERS: readonly (readonly [string, UpstreamFormat, string, string])[] = [
  ['a text of Messages', 'anthropic-messages', START + PING + BLOCK, TEXT + overloaded],
  [
    'a call of Messages',
    'anthropic-messages',
    START,
    event({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'a', name: 'f', input: {} },
    }),
  ],
  [
    'thinking',
    'anthropic-messages',
    START,
    event({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } }),
  ],
  ['a Chat text', 'openai-chat', chunk({ role: 'assistant', content: '' }), chunk({ content: 'Hello' })],
  ['a Chat end without content', 'openai-chat', chunk({ role: 'assistant' }), 'data: [DONE]\n\n'],
  [
    'a Responses text',
    'openai-responses',
    CREATED + IN_PROGRESS,
    event({ type: 'response.output_text.delta', delta: 'Hello' }),
  ],
  [
    'an empty response',
    'openai-responses',
    CREATED,
    event({ type: 'response.completed', response: { status: 'completed', output: [], error: null } }),
  ],
  ['a Gemini text', 'gemini', '', data({ candidates: [{ content: { parts: [{ text: 'Hello' }] } }] })],
  ['a blocked prompt', 'gemini', '', data({ promptFeedback: { blockReason: 'SAFETY' } })],
]
