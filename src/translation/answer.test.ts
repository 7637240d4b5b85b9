import { describe, expect, test } from 'bun:test'
import type { Answer } from '../canon/answer.ts'
import type { Carriers } from '../canon/codec.ts'
import { anthropicMessagesCodec } from '../protocols/anthropic-messages/codec.ts'
import { openAiChatCodec } from '../protocols/openai-chat/codec.ts'
import { gatherAnswer, type Lane, translateAnswer } from './answer.ts'

const CARRIERS: Carriers = { seal: () => 'sealed', open: () => undefined }
const LANE: Lane = {
  upstream: openAiChatCodec,
  client: anthropicMessagesCodec,
  source: { family: 'compatible', requestId: 'req_1' },
  reversal: {
    requestId: 'req_1',
    createdAtMs: 0,
    carriers: CARRIERS,
    clientFormat: 'anthropic-messages',
    model: 'm',
    wishes: { includesUsage: false, legacyFunctions: false, echo: {} },
    showsReasoning: true,
    tools: new Map([['patch', { name: 'patch', form: 'custom', wrapped: true }]]),
  },
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
const STREAM = `${chunk({ role: 'assistant', content: 'Hel' })}${chunk({ content: 'lo' })}${chunk({}, 'stop')}data: ${JSON.stringify({ choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`
const WHOLE = JSON.stringify({
  id: 'c',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: USAGE,
})

describe('a stream that is gathered into one answer', () => {
  test('is the same as the answer in one piece, and is heard', () => {
    const heard: Answer[] = []
    const gathered = gatherAnswer(LANE, bytes(STREAM), 1_000, (answer) => void heard.push(answer))
    const whole = translateAnswer(LANE, bytes(WHOLE))
    expect(gathered.ok && JSON.parse(gathered.value.body)).toEqual(whole.ok && JSON.parse(whole.value.body))
    expect(heard).toMatchObject([{ blocks: [{ kind: 'text', text: 'Hello' }] }])
  })

  const BROKEN: readonly (readonly [string, string, number, string])[] = [
    ['without its end', chunk({ content: 'Hello' }), 1_000, 'stream-broken'],
    ['of nothing', '', 1_000, 'stream-broken'],
    ['with an unreadable event', `${chunk({ content: 'Hello' })}data: {"cho\n\n${STREAM}`, 1_000, 'stream-broken'],
    ['with an event above the limit', chunk({ content: 'x'.repeat(2_000) }) + STREAM, 1_000, 'stream-broken'],
    ['that says it failed', 'data: {"error":{"message":"no"}}\n\n', 1_000, 'upstream-failed'],
  ]
  test.each(BROKEN)('%s is a failure, and nobody hears of it', (_what, stream, eventBytesMax, kind) => {
    const heard: Answer[] = []
    const gathered = gatherAnswer(LANE, bytes(stream), eventBytesMax, (answer) => void heard.push(answer))
    expect([gathered.ok || gathered.error.kind, heard]).toEqual([kind as never, []])
  })

  test('declares what its calls said beside their text, as one in one piece does', () => {
    const call = (index?: number) => ({
      ...(index !== undefined && { index }),
      id: 'call_1',
      type: 'function',
      function: { name: 'patch', arguments: '{"input":"a","more":1}' },
    })
    const stream = `${chunk({ tool_calls: [call(0)] })}${chunk({}, 'tool_calls')}data: [DONE]\n\n`
    const message = { role: 'assistant', content: null, tool_calls: [call()] }
    const whole = JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }] })
    for (const answer of [gatherAnswer(LANE, bytes(stream), 1_000), translateAnswer(LANE, bytes(whole))])
      expect(answer.ok && answer.value.losses).toContainEqual({ pointer: '/response', code: 'unsupported' })
  })
})
