import { DIALECTS } from '../faults/scripted.ts'
import { STREAM } from './cases.ts'

const { gemini, messages, responses } = DIALECTS

/// Formats whose parts have ends of their own: who leaves at the last of them has all of the content.

const event = (data: { readonly type: string; readonly [member: string]: unknown }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
export const blocks = (index: number, text: string): string =>
  event({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } }) +
  event({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } }) +
  event({ type: 'content_block_stop', index })
export const MESSAGE = event({
  type: 'message_start',
  message: { role: 'assistant', content: [], usage: { input_tokens: 10, output_tokens: 1 } },
})
export const MESSAGE_END =
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }) +
  event({ type: 'message_stop' })
export const AT_LAST_BLOCK = {
  dialect: messages,
  init: { body: { ...STREAM.body, model: 'claude-sonnet-4-6' } },
  after: /content_block_stop/,
}
const item = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Hello world' }],
}
export const items = (output_index: number): string =>
  event({ type: 'response.output_item.added', output_index, item: { ...item, content: [] } }) +
  event({ type: 'response.output_text.delta', output_index, content_index: 0, delta: 'Hello world' }) +
  event({ type: 'response.output_item.done', output_index, item })
export const RESPONSE_END = event({
  type: 'response.completed',
  response: {
    object: 'response',
    status: 'completed',
    output: [item],
    usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  },
})
export const AT_LAST_ITEM = { dialect: responses, init: STREAM, after: /output_item\.done/ }

export const image = 'iVBORw0KGgo'.repeat(20)
export const parts = (...content: readonly object[]): string =>
  `data: ${JSON.stringify({ candidates: [{ index: 0, content: { role: 'model', parts: content } }] })}\r\n\r\n`
export const OF_GEMINI = {
  dialect: gemini,
  init: { path: '/v1beta/models/gem:streamGenerateContent?alt=sse' },
  after: /iVBOR/,
}
export const CHAT_IMAGE = `data: ${JSON.stringify({
  object: 'chat.completion.chunk',
  choices: [
    { index: 0, delta: { images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } }] } },
  ],
})}\n\n`
