import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import type {
  ChatCompletion,
  ChatCompletionFunctionTool,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import { startStand } from './stand.ts'

/**
 * Reasoning state through the official Chat SDK, which knows no slot for it: a conversation with tools, as its users
 * write it, reaches the vendor with the state that the vendor gave, byte for byte.
 */
const stand = await startStand({}, { oneFormat: true })
afterAll(() => stand.stop())
beforeEach(() => stand.replay.forget())

const CELLS = [
  ['own-anthropic-messages-thinking-tools', false, ['b3duLXRvb2wtc2lnbmF0dXJl', 'Both harbours face the swell.']],
  ['own-anthropic-messages-stream-thinking-tools', true, ['b3duLXRvb2wtc2lnbmF0dXJl', 'Both harbours face the swell.']],
  ['own-openai-responses-reasoning-tools', false, ['b3duLXRvb2wtcmVhc29uaW5n', 'rs_own_tu']],
  ['own-openai-responses-stream-reasoning-tools', true, ['b3duLXRvb2wtcmVhc29uaW5n', 'rs_own_ts']],
] as const

const TOOL: ChatCompletionFunctionTool = {
  type: 'function',
  function: { name: 'tide_at', parameters: { type: 'object', properties: { harbour: { type: 'string' } } } },
}
const QUESTION: ChatCompletionMessageParam = { role: 'user', content: 'Is Roscoff or Brest safer tonight?' }

const clientOf = (key: string): OpenAI => new OpenAI({ apiKey: key, baseURL: `${stand.url}/v1`, maxRetries: 0 })

const ask = async (
  client: OpenAI,
  model: string,
  messages: ChatCompletionMessageParam[],
  streamed: boolean,
): Promise<ChatCompletion['choices'][number]['message']> => {
  const body = { model, messages, tools: [TOOL] }
  const answer = streamed
    ? await client.chat.completions.stream(body).finalChatCompletion()
    : await client.chat.completions.create(body)
  const message = answer.choices[0]?.message
  if (!message) throw new Error('there was no choice')
  return message
}

/** A history in the fields of the documentation, as most clients write it down. */
const documented = ({ content, tool_calls }: ChatCompletion['choices'][number]['message']) => ({
  role: 'assistant' as const,
  content,
  ...(tool_calls && { tool_calls }),
})
const resultsOf = ({ tool_calls }: ChatCompletion['choices'][number]['message']): ChatCompletionMessageParam[] =>
  (tool_calls ?? []).map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'High water at 21:04.' }))

const lastSeen = (): string => new TextDecoder().decode(stand.replay.requests().at(-1)?.body)

describe('a Chat client that brings back the documented fields only', () => {
  test.each(CELLS)('gives %s its reasoning back (streamed: %p)', async (model, streamed, state) => {
    const client = clientOf((await stand.customer()).key)
    const first = await ask(client, model, [QUESTION], streamed)
    expect(first.tool_calls).toHaveLength(2)
    const history = [QUESTION, documented(first), ...resultsOf(first)]
    await ask(client, model, history, streamed)
    for (const part of state) expect(lastSeen()).toContain(part)
    // Twice in the same words: a prefix that differs between two turns would be read anew, at ten times the price.
    const before = lastSeen()
    await ask(client, model, history, streamed)
    expect(lastSeen()).toBe(before)
    expect(stand.replay.complaints()).toEqual([])
  })

  test('is never given the state of another customer', async () => {
    const [model, streamed, state] = CELLS[0]
    const first = await ask(clientOf((await stand.customer()).key), model, [QUESTION], streamed)
    const other = clientOf((await stand.customer()).key)
    await ask(other, model, [QUESTION, documented(first), ...resultsOf(first)], streamed)
    for (const part of state) expect(lastSeen()).not.toContain(part)
  })
})
