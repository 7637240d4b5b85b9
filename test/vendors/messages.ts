/** Answers of Claude, for the vendors that host it. */
export const MESSAGE = {
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [{ type: 'text', text: 'Hello there' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 12, cache_read_input_tokens: 100, cache_creation_input_tokens: 0, output_tokens: 7 },
}

const { usage, content: _, ...head } = MESSAGE

export const MESSAGE_EVENTS: readonly { readonly type: string }[] = [
  {
    type: 'message_start',
    message: { ...head, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello ' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'there' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 7 } },
  { type: 'message_stop' },
] as readonly { readonly type: string }[]

/** What that costs at the prices of the stage: 12 × $3 + 100 × $0.30 + 7 × $15, a million tokens. */
export const MESSAGE_COST_USD = '0.000171000'

/** Names and data of the events of an SSE text. */
export const eventsIn = (text: string): readonly (readonly [string, unknown])[] =>
  text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const name = /^event: (.*)$/m.exec(event)?.[1] ?? ''
      return [name, JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? 'null')] as const
    })
