/** What the stand-in says, in the shapes in which Claude Code 2.1 says it. The words are our own. */
export type Said = { readonly type: string } & Readonly<Record<string, unknown>>

export interface Play {
  readonly lines: readonly (Said | string)[]
  /** What it does when it has said that; by default, it ends. */
  readonly ends?: 'hang' | 'crash'
}

interface Scene {
  readonly model: string
  readonly turns: number
  readonly system: string
}

export const USAGE = {
  input_tokens: 31,
  cache_creation_input_tokens: 12,
  cache_read_input_tokens: 20,
  output_tokens: 9,
  output_tokens_details: { thinking_tokens: 0 },
  server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
  service_tier: 'standard',
  cache_creation: { ephemeral_1h_input_tokens: 4, ephemeral_5m_input_tokens: 8 },
  inference_geo: '',
  iterations: [],
}

const START_USAGE = {
  input_tokens: 31,
  cache_creation_input_tokens: 12,
  cache_read_input_tokens: 20,
  cache_creation: { ephemeral_1h_input_tokens: 4, ephemeral_5m_input_tokens: 8 },
  output_tokens: 1,
  service_tier: 'standard',
}

const event = (inner: Said, more: object = {}): Said => ({
  type: 'stream_event',
  event: inner,
  session_id: 's',
  parent_tool_use_id: null,
  uuid: 'u',
  ...more,
})

const start = (model: string, id = 'msg_stand_in_1'): Said =>
  event({
    type: 'message_start',
    message: {
      ...{ id, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null },
      usage: START_USAGE,
    },
  })

const block = (index: number, content: Said, deltas: readonly Said[]): readonly Said[] => [
  event({ type: 'content_block_start', index, content_block: content }),
  ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta })),
  event({ type: 'content_block_stop', index }),
]

const text = (index: number, pieces: readonly string[]): readonly Said[] =>
  block(
    index,
    { type: 'text', text: '' },
    pieces.map((piece) => ({ type: 'text_delta', text: piece })),
  )

const stop = (reason: string): readonly Said[] => [
  event({
    type: 'message_delta',
    delta: { stop_reason: reason, stop_sequence: null },
    usage: { input_tokens: 31, cache_creation_input_tokens: 12, cache_read_input_tokens: 20, output_tokens: 9 },
  }),
  event({ type: 'message_stop' }),
]

const result = (more: object = {}): Said => ({
  ...{ type: 'result', subtype: 'success', is_error: false, api_error_status: null, num_turns: 1, duration_ms: 5 },
  ...{ stop_reason: 'end_turn', result: 'as above', total_cost_usd: 0.001, usage: USAGE, modelUsage: {} },
  ...more,
})

const status: Said = { type: 'system', subtype: 'status', status: 'requesting' }

/** Words of the command's own in place of an answer. */
const refusal = (error: string, words: string, more: object = {}): readonly Said[] => [
  status,
  {
    type: 'assistant',
    message: { id: 'x', model: '<synthetic>', role: 'assistant', content: [{ type: 'text', text: words }] },
    parent_tool_use_id: null,
    ...{ error, is_api_error_message: true, ...more },
  },
  result({ ...more, is_error: true, result: words, usage: { input_tokens: 0, output_tokens: 0 } }),
]

/** What is said in the end: a summary of what was heard, so that a test sees it arrive. */
const summary = (said: string, { turns, system }: Scene): readonly string[] => [
  `Heard ${turns} `,
  'turns; ',
  `instructions: ${system === '' ? 'none' : system}; `,
  `last: ${said}`,
]

const answer = (said: string, scene: Scene): readonly Said[] => [
  status,
  start(scene.model),
  ...text(0, summary(said, scene)),
  ...stop('end_turn'),
  result(),
]

/** Lines of a plain answer, for cutting it anywhere. */
export const ANSWER_LINES = answer('', { model: 'm', turns: 1, system: '' }).length

type Script = (scene: Scene, argument: string) => Play

const thinking: Script = ({ model }) => ({
  lines: [
    start(model),
    ...block(0, { type: 'thinking', thinking: '', signature: '' }, [
      { type: 'thinking_delta', thinking: 'Ports are ' },
      { type: 'thinking_delta', thinking: 'by the sea.' },
      { type: 'signature_delta', signature: 'c3RhbmQtaW4=' },
    ]),
    { type: 'system', subtype: 'thinking_tokens', estimated_tokens: 5 },
    ...text(1, ['By the ', 'sea.']),
    ...stop('end_turn'),
    result(),
  ],
})

/** Tools of its own: asks, runs one, asks again. An agent that it started speaks in between. */
const tools: Script = ({ model }) => ({
  lines: [
    start(model),
    ...text(0, ['Let me look. ']),
    ...block(1, { type: 'tool_use', id: 'toolu_1', name: 'WebSearch', input: {} }, [
      { type: 'input_json_delta', partial_json: '{"query":"harbour"}' },
    ]),
    ...stop('tool_use'),
    event({ type: 'message_start', message: { id: 'other' } }, { parent_tool_use_id: 'toolu_1' }),
    { type: 'user', message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }] } },
    start(model, 'msg_stand_in_2'),
    ...text(0, ['Found it.']),
    ...stop('end_turn'),
    result({ num_turns: 2, usage: { ...USAGE, input_tokens: 70, output_tokens: 25 } }),
  ],
})

const continued =
  (reason: string): Script =>
  ({ model }) => ({
    lines: [
      start(model),
      ...text(0, ['As far as ', 'it goes']),
      ...stop(reason),
      { type: 'user', message: { role: 'user', content: [{ type: 'text', text: 'Go on.' }] }, isSynthetic: true },
    ],
    ends: 'hang',
  })

const HALF = (model: string): readonly Said[] => [start(model), ...text(0, ['Half of ', 'it']).slice(0, -1)]

const SCRIPTS: Readonly<Record<string, Script>> = {
  thinking,
  tools,
  max: continued('max_tokens'),
  refusal: continued('refusal'),
  abandoned: ({ model }) => ({
    lines: [...HALF(model), event({ type: 'message_stop' }, { abandoned_blocks: { from_block_index: 0 } })],
    ends: 'hang',
  }),
  login: () => ({ lines: refusal('authentication_failed', 'Not logged in · Please run /login') }),
  limit: (_, resetsAt) => ({
    lines: [
      { type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt: Number(resetsAt) } },
      ...refusal('rate_limit', "You've hit your 5-hour limit", { api_error_status: 429 }),
    ],
  }),
  'old-limit': (_, resetsAt) => ({
    lines: [result({ is_error: true, result: `Claude AI usage limit reached|${resetsAt}` })],
  }),
  billing: () => ({ lines: refusal('billing_error', 'Credit balance is too low', { api_error_status: 402 }) }),
  model: () => ({ lines: refusal('model_not_found', 'No such model. Run --model.', { api_error_status: 404 }) }),
  request: () => ({
    lines: refusal('invalid_request', 'API Error: Prompt is too long (127.0.0.1:8123)', { api_error_status: 400 }),
  }),
  overloaded: () => ({ lines: refusal('server_error', 'API Error: 529', { api_error_status: 529 }) }),
  itself: () => ({ lines: [result({ result: "/x isn't available", usage: {} })] }),
  crash: ({ model }) => ({ lines: HALF(model), ends: 'crash' }),
  'crash-first': () => ({ lines: [status], ends: 'crash' }),
  garbage: ({ model }) => ({ lines: [...HALF(model), '{"type": "stream_ev', result()] }),
  'garbage-first': () => ({ lines: ['Warning: something is old'] }),
  long: (_, bytes) => ({ lines: [JSON.stringify({ type: 'system', text: 'x'.repeat(Number(bytes)) }), result()] }),
  hang: () => ({ lines: [status], ends: 'hang' }),
  'hang-half': ({ model }) => ({ lines: HALF(model), ends: 'hang' }),
  cut: (scene, lines) => ({ lines: answer('cut', scene).slice(0, Number(lines)) }),
}

/** The play for a prompt such as `play: limit 1767225600`; any other prompt is answered plainly. */
export const playOf = (prompt: string, scene: Scene): Play => {
  const [, name = '', argument = ''] = /^play: ([a-z-]+) ?(\S*)$/m.exec(prompt) ?? []
  return SCRIPTS[name]?.(scene, argument) ?? { lines: answer(prompt, scene) }
}
