import { describe, expect, test } from 'bun:test'
import type { JsonObject, Reversal } from '../canon/codec.ts'
import { geminiCodec } from '../protocols/gemini/codec.ts'
import { openAiChatCodec } from '../protocols/openai-chat/codec.ts'
import type { Lane } from './answer.ts'
import { createCarriers } from './carriers.ts'
import { createChoicesTranslation } from './choices.ts'

type Json = Record<string, unknown>

const laneOf = (client: 'chat' | 'gemini', wishes: Partial<Reversal['wishes']> = {}): Lane => {
  const [upstream, asked] = client === 'chat' ? [geminiCodec, openAiChatCodec] : [openAiChatCodec, geminiCodec]
  return {
    upstream,
    client: asked,
    source: { family: 'google', requestId: 'req_1' },
    reversal: {
      clientFormat: asked.format,
      requestId: 'req_1',
      createdAtMs: 0,
      model: 'm',
      wishes: { includesUsage: true, legacyFunctions: false, echo: {}, ...wishes },
      showsReasoning: true,
      tools: new Map(),
      choices: 2,
      carriers: createCarriers(Buffer.from('choices')),
    },
  }
}
const manyOf = (...asked: Parameters<typeof laneOf>) => createChoicesTranslation(laneOf(...asked), 100_000)
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const sse = (...events: readonly (Json | '[DONE]')[]) =>
  Buffer.from(events.map((event) => `data: ${event === '[DONE]' ? event : JSON.stringify(event)}\n\n`).join(''))

const candidate = (index: number, text: string, finishReason?: string): Json => ({
  ...(index > 0 && { index }),
  content: { role: 'model', parts: [{ text }] },
  ...(finishReason && { finishReason }),
})
const calling = (index: number): Json => ({
  index,
  content: { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
  finishReason: 'STOP',
})
const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 4, totalTokenCount: 9 }
const usage = { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 }
const choice = (index: number, content: string, finish_reason = 'stop') => ({
  index,
  message: { role: 'assistant', content },
  finish_reason,
})
const chunk = (index: number, delta: Json, finish_reason: string | null = null): Json => ({
  id: 'c',
  choices: [{ index, delta, finish_reason }],
})

const WHOLE = { client: false, upstream: false }

/** Two answers that come in pieces between each other. */
const INTERLEAVED = {
  chat: sse(
    { candidates: [candidate(0, 'a'), candidate(1, 'x')] },
    { candidates: [candidate(1, 'y', 'MAX_TOKENS')] },
    { candidates: [candidate(0, 'b', 'STOP')], usageMetadata },
  ),
  gemini: sse(
    chunk(0, { role: 'assistant', content: 'a' }),
    chunk(1, { role: 'assistant', content: 'x' }),
    chunk(1, { content: 'y' }, 'length'),
    chunk(0, { content: 'b' }, 'stop'),
    { id: 'c', choices: [], usage },
    '[DONE]',
  ),
}

const eventsOf = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6))

/** What each answer says and how it ends, by its number. */
const heard = (events: readonly JsonObject[]): Readonly<Record<string, string>> => {
  const said: Record<string, string> = {}
  const add = (index: unknown, text: unknown): void => {
    said[String(index)] = (said[String(index)] ?? '') + String(text ?? '')
  }
  for (const event of events) {
    for (const one of (event.choices ?? []) as { index: number; delta: Json; finish_reason: string | null }[])
      add(one.index, `${one.delta.content ?? ''}${one.finish_reason ? ` ${one.finish_reason}` : ''}`)
    for (const one of (event.candidates ?? []) as {
      index: number
      content: { parts: Json[] }
      finishReason?: string
    }[])
      add(
        one.index,
        one.content.parts.map(({ text }) => text ?? '').join('') + (one.finishReason ? ` ${one.finishReason}` : ''),
      )
  }
  return said
}

describe('87 several answers in one', () => {
  test('go from Gemini to Chat, each with its own end and calls of their own', () => {
    const result = manyOf('chat').whole(
      bytes({ candidates: [candidate(0, 'a', 'STOP'), calling(1), calling(2)], usageMetadata }),
      WHOLE,
    )
    if (!result.ok) throw new Error(result.error.message)
    const body = JSON.parse(result.value.body)
    expect(body).toMatchObject({
      choices: [
        { index: 0, message: { content: 'a' }, finish_reason: 'stop' },
        { index: 1, finish_reason: 'tool_calls' },
        { index: 2, finish_reason: 'tool_calls' },
      ],
      usage,
    })
    const ids = body.choices.slice(1).map((one: { message: { tool_calls: Json[] } }) => one.message.tool_calls[0]?.id)
    expect(new Set(ids).size).toBe(2)
  })

  test('go from Chat to Gemini', () => {
    const result = manyOf('gemini').whole(bytes({ choices: [choice(1, 'x', 'length'), choice(0, 'a')], usage }), WHOLE)
    expect(result.ok && JSON.parse(result.value.body)).toMatchObject({
      candidates: [
        { index: 0, content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' },
        { index: 1, content: { parts: [{ text: 'x' }] }, finishReason: 'MAX_TOKENS' },
      ],
      usageMetadata,
    })
  })

  const EXPECTED = {
    chat: { '0': 'ab stop', '1': 'xy length' },
    gemini: { '0': 'ab STOP', '1': 'xy MAX_TOKENS' },
  }
  test.each(['chat', 'gemini'] as const)('go in pieces to %s, however the bytes are cut, with one end', (client) => {
    for (const size of [1, 7, 10_000]) {
      const stream = manyOf(client).stream()
      let text = ''
      for (let at = 0; at < INTERLEAVED[client].length; at += size)
        text += Buffer.from(stream.push(INTERLEAVED[client].subarray(at, at + size)))
      text += Buffer.from(stream.end())
      const events = eventsOf(text)
      expect(heard(events.filter((data) => data !== '[DONE]').map((data) => JSON.parse(data)))).toEqual(
        EXPECTED[client],
      )
      expect(stream.failure).toBeUndefined()
      expect(events.filter((data) => data === '[DONE]')).toHaveLength(client === 'chat' ? 1 : 0)
      if (client === 'chat') expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({ choices: [], usage })
    }
  })

  test('go in one array to a client of Gemini that did not ask for events', () => {
    const stream = manyOf('gemini', { streamsArray: true }).stream()
    const text = `${Buffer.from(stream.push(INTERLEAVED.gemini))}${Buffer.from(stream.end())}`
    expect(heard(JSON.parse(text))).toEqual(EXPECTED.gemini)
  })

  test.each(['chat', 'gemini'] as const)('that break off anywhere are an error to %s, never a success', (client) => {
    const all = INTERLEAVED[client].toString().split('\n\n')
    for (let count = 1; count < all.length - (client === 'chat' ? 1 : 3); count += 1) {
      const stream = manyOf(client).stream()
      const text = `${Buffer.from(stream.push(Buffer.from(`${all.slice(0, count).join('\n\n')}\n\n`)))}${Buffer.from(stream.end())}`
      expect([count, stream.failure?.kind, text.includes('[DONE]')]).toEqual([count, 'stream-broken', false])
      expect(text.match(/"error":/g)).toHaveLength(1)
    }
  })

  test('are one error where the upstream fails', () => {
    const stream = manyOf('chat').stream()
    const failing = sse(
      { candidates: [candidate(0, 'a'), candidate(1, 'x')] },
      { error: { code: 503, status: 'UNAVAILABLE', message: 'no' } },
    )
    const text = `${Buffer.from(stream.push(failing))}${Buffer.from(stream.end())}`
    expect(text.match(/"error":/g)).toHaveLength(1)
    expect(text).not.toContain('[DONE]')
  })

  test('are the same where only one side streams', () => {
    const body = bytes({ candidates: [candidate(0, 'ab', 'STOP'), candidate(1, 'xy', 'MAX_TOKENS')], usageMetadata })
    const streamed = manyOf('chat').whole(body, { client: true, upstream: false })
    if (!streamed.ok) throw new Error(streamed.error.message)
    const events = eventsOf(streamed.value.body).filter((data) => data !== '[DONE]')
    expect(heard(events.map((data) => JSON.parse(data)))).toEqual(EXPECTED.chat)
    const gathered = manyOf('gemini').whole(INTERLEAVED.gemini, { client: false, upstream: true })
    expect(gathered.ok && JSON.parse(gathered.value.body)).toMatchObject({
      candidates: [
        { index: 0, content: { parts: [{ text: 'ab' }] } },
        { index: 1, content: { parts: [{ text: 'xy' }] } },
      ],
      usageMetadata,
    })
  })

  test('of which none came are one that was blocked', () => {
    const result = manyOf('chat').whole(bytes({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata }), WHOLE)
    expect(result.ok && JSON.parse(result.value.body)).toMatchObject({
      choices: [{ index: 0, finish_reason: 'content_filter' }],
    })
  })
})
