import { describe, expect, test } from 'bun:test'
import type { Answer, AnswerEvent, Stop } from '../../canon/answer.ts'
import type { Block, Opaque } from '../../canon/blocks.ts'
import type { Carriers, JsonObject, Reversal } from '../../canon/codec.ts'
import { collect, play } from '../../canon/collect.ts'
import { readJson, writeJson } from '../../canon/json-text.ts'
import { NO_USAGE } from '../../canon/usage.ts'
import { fault } from '../../errors.ts'
import { tokens } from '../../units.ts'
import { geminiCodec } from './codec.ts'

const carriers: Carriers = {
  seal: (opaque) => `sealed.${JSON.stringify(opaque)}`,
  open: (text) => (text.startsWith('sealed.') ? JSON.parse(text.slice(7)) : undefined),
}
const REVERSAL: Reversal = {
  clientFormat: 'gemini',
  requestId: 'req1',
  createdAtMs: 0,
  model: 'alias',
  wishes: { includesUsage: true, legacyFunctions: false, echo: {} },
  showsReasoning: true,
  tools: new Map(),
  carriers,
}
const IN_ARRAY: Reversal = { ...REVERSAL, wishes: { ...REVERSAL.wishes, streamsArray: true } }

const thinking: Opaque = { family: 'anthropic', kind: 'thinking', data: '{"thinking":"Hm","signature":"E"}' }
const signed = (signature: string, on: string): Opaque => ({
  family: 'google',
  kind: 'thought-signature',
  data: JSON.stringify({ signature, on }),
})
const slot = (...opaques: readonly Opaque[]): string =>
  Buffer.from(opaques.map((opaque) => carriers.seal(opaque)).join('\n')).toString('base64')

const answerOf = (blocks: readonly Block[], stop: Stop = { reason: 'natural' }): Answer => ({
  id: 'upstream',
  model: 'claude',
  blocks,
  stop,
  usage: undefined,
})
const call = (id: string, args = '{}'): Block => ({
  kind: 'tool-call',
  id,
  name: 'f',
  form: 'function',
  arguments: args,
})

interface Body {
  readonly candidates: readonly {
    readonly content: { readonly parts: readonly JsonObject[] }
    readonly finishReason?: string
    readonly groundingMetadata?: JsonObject
  }[]
  readonly usageMetadata?: JsonObject
}
const render = (answer: Answer, reversal = REVERSAL) => {
  const { body, losses } = geminiCodec.renderResponse(answer, reversal)
  const written = body as unknown as Body
  return { body: written, parts: written.candidates[0]?.content.parts, losses }
}
const stream = (events: Iterable<AnswerEvent>, reversal = REVERSAL): string => {
  const renderer = geminiCodec.renderStream(reversal)
  return [...events].map((event) => renderer.push(event)).join('')
}
const chunksOf = (written: string): readonly Body[] =>
  written
    .split(/\r?\n\r?\n/)
    .filter((block) => block !== '')
    .map((block) => readJson(block.replace(/^data: /, '')) as Body)
const partsOf = (written: string) => chunksOf(written).flatMap(({ candidates }) => candidates[0]?.content.parts ?? [])

describe('a whole answer', () => {
  test("129 has the model's name as the client wrote it, and an id of its own", () => {
    expect(render(answerOf([{ kind: 'text', text: 'hi' }])).body).toEqual({
      candidates: [{ content: { parts: [{ text: 'hi' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
      modelVersion: 'alias',
      responseId: 'req1',
    } as never)
  })

  test.each<[Block, JsonObject]>([
    [call('c', '{"n":1}'), { functionCall: { id: 'c', name: 'f', args: { n: 1 } } }],
    [call('c', ''), { functionCall: { id: 'c', name: 'f', args: {} } }],
    [
      { ...(call('c', 'free') as Extract<Block, { kind: 'tool-call' }>), form: 'custom' },
      { functionCall: { id: 'c', name: 'f', args: { input: 'free' } } },
    ],
    [{ kind: 'refusal', text: 'no' }, { text: 'no' }],
    [
      { kind: 'reasoning', text: 'Hm' },
      { text: 'Hm', thought: true },
    ],
    [
      { kind: 'text', text: 'x', opaque: signed('s', 'text') },
      { text: 'x', thoughtSignature: 's' },
    ],
    [
      { kind: 'reasoning', text: 'Hm', opaque: signed('s', 'thought') },
      { text: 'Hm', thought: true, thoughtSignature: 's' },
    ],
    [
      { kind: 'media', media: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' } },
      { inlineData: { mimeType: 'image/png', data: 'AA==' } },
    ],
  ])('writes %j', (block, part) => {
    const { parts, losses } = render(answerOf([block]))
    expect(parts).toEqual([part])
    expect(losses).toEqual([])
  })

  test.each<[string, readonly Block[], (string | undefined)[]]>([
    [
      'on the call after it',
      [{ kind: 'reasoning', text: 'Hm', opaque: thinking }, call('c')],
      [undefined, slot(thinking)],
    ],
    [
      'on the text after it',
      [
        { kind: 'reasoning', text: '', opaque: thinking },
        { kind: 'text', text: 'a' },
      ],
      [slot(thinking)],
    ],
    [
      'alone where nothing follows',
      [
        { kind: 'text', text: 'a' },
        { kind: 'reasoning', text: '', opaque: thinking },
      ],
      [undefined, slot(thinking)],
    ],
    [
      '3 together with others',
      [
        { kind: 'reasoning', text: '', opaque: { ...thinking, kind: 'redacted-thinking' } },
        { kind: 'reasoning', text: '', opaque: thinking },
        call('c'),
      ],
      [slot({ ...thinking, kind: 'redacted-thinking' }, thinking)],
    ],
  ])('P9 P11 state of another vendor stands %s', (_, blocks, signatures) => {
    expect(render(answerOf(blocks)).parts?.map((part) => part.thoughtSignature as string | undefined)).toEqual(
      signatures,
    )
  })

  test('28 thoughts that were not asked for are not shown, but their state is kept', () => {
    const { parts } = render(
      answerOf([
        { kind: 'reasoning', text: 'Hm', opaque: thinking },
        { kind: 'text', text: 'a' },
      ]),
      {
        ...REVERSAL,
        showsReasoning: false,
      },
    )
    expect(parts).toEqual([{ text: 'a', thoughtSignature: slot(thinking) }])
  })

  test.each<[Stop, string]>([
    [{ reason: 'natural' }, 'STOP'],
    [{ reason: 'tool-calls' }, 'STOP'],
    [{ reason: 'stop-sequence' }, 'STOP'],
    [{ reason: 'output-limit' }, 'MAX_TOKENS'],
    [{ reason: 'context-full' }, 'MAX_TOKENS'],
    [{ reason: 'refusal' }, 'SAFETY'],
    [{ reason: 'filter' }, 'SAFETY'],
    [{ reason: 'filter', native: 'RECITATION' }, 'RECITATION'],
    [{ reason: 'paused' }, 'TOO_MANY_TOOL_CALLS'],
    [{ reason: 'compaction' }, 'OTHER'],
    [{ reason: 'malformed-call' }, 'MALFORMED_FUNCTION_CALL'],
    [{ reason: 'other', native: 'whatever' }, 'OTHER'],
  ])('138 140 writes the end %j as %s', (stop, finishReason) => {
    expect(render(answerOf([], stop)).body.candidates[0]?.finishReason).toBe(finishReason)
  })

  test('142 an empty answer is well formed', () => {
    expect(render(answerOf([])).parts).toEqual([{ text: '' }])
  })

  test('110 a call that was cut is not shown', () => {
    const { parts, body } = render(answerOf([call('c', '{"a":')], { reason: 'output-limit' }))
    expect(parts).toEqual([{ text: '' }])
    expect(body.candidates[0]?.finishReason).toBe('MAX_TOKENS')
  })

  test('31 arguments that are no object are not repaired', () => {
    const { parts, losses } = render(answerOf([call('c', '[1]')]))
    expect(parts).toEqual([{ functionCall: { id: 'c', name: 'f', args: { __raw_arguments: '[1]' } } }])
    expect(losses).toEqual([
      { pointer: '/response/candidates/0/content/parts/0/functionCall/args', code: 'approximated' },
    ])
  })

  test('90 92 counts add up and read as what they were', () => {
    const usage = {
      ...NO_USAGE,
      input: tokens(4),
      cacheRead: tokens(9_000),
      output: tokens(10),
      reasoning: tokens(6),
      inputAudio: tokens(3),
    }
    const { body } = render({ ...answerOf([]), usage })
    expect(body.usageMetadata).toMatchObject({
      promptTokenCount: 9_007,
      cachedContentTokenCount: 9_000,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 6,
      totalTokenCount: 9_017,
    })
    const back = geminiCodec.parseResponse(body as unknown as JsonObject, { family: 'google', requestId: 'r' })
    expect(back.usage).toEqual(usage)
  })

  test('96 citations count bytes', () => {
    const citations = [{ url: 'https://a', title: 'A', start: 5, end: 6 }]
    const { body } = render(answerOf([{ kind: 'text', text: 'café ☕ yes', citations }]))
    expect(body.candidates[0]?.groundingMetadata).toEqual({
      groundingChunks: [{ web: { uri: 'https://a', title: 'A' } }],
      groundingSupports: [{ segment: { startIndex: 6, endIndex: 9, text: '☕' }, groundingChunkIndices: [0] }],
    })
  })
})

const RICH: Answer = {
  ...answerOf(
    [
      { kind: 'reasoning', text: 'Hm\n\nso', opaque: thinking },
      { kind: 'text', text: 'I look. 😀' },
      call('c', '{"n":1.0}'),
      call('d', '{}'),
    ],
    { reason: 'tool-calls' },
  ),
  usage: { ...NO_USAGE, input: tokens(3), output: tokens(5) },
}

describe('a stream', () => {
  test('117 118 is data without names and without a mark at the end', () => {
    const written = stream(play(RICH))
    for (const block of written.split('\r\n\r\n').slice(0, -1)) expect(block).toMatch(/^data: \{.*\}$/)
    expect(written.endsWith('\r\n\r\n')).toBe(true)
    expect(written).not.toContain('[DONE]')
  })

  test('is a JSON array where events were not asked for', () => {
    const chunks = JSON.parse(stream(play(RICH), IN_ARRAY)) as readonly Body[]
    expect(chunks).toEqual(JSON.parse(JSON.stringify(chunksOf(stream(play(RICH))))))
    expect(JSON.parse(stream(play(answerOf([])), IN_ARRAY))).toHaveLength(1)
  })

  test.each([
    ['events', REVERSAL],
    ['an array', IN_ARRAY],
  ])('as %s means the same as the whole answer', (_, reversal) => {
    const source = { family: 'google', requestId: 'r' }
    const written = stream(play(RICH), reversal)
    const parser = geminiCodec.parseStream(source)
    const chunks = (reversal === IN_ARRAY ? readJson(written) : chunksOf(written)) as readonly JsonObject[]
    const streamed = collect([...chunks.flatMap((chunk) => parser.push(chunk, '')), ...parser.end()])
    const whole = geminiCodec.renderResponse(RICH, reversal).body
    expect(writeJson(streamed)).toBe(
      writeJson(geminiCodec.parseResponse(readJson(writeJson(whole)) as JsonObject, source)),
    )
  })

  test('P7 101 parallel calls go out whole, in the order in which they were begun', () => {
    const opening = (id: string) => ({ kind: 'tool-call', id, name: 'f', form: 'function' }) as const
    const renderer = geminiCodec.renderStream(REVERSAL)
    const push = (event: AnswerEvent) => renderer.push(event)
    push({ type: 'start' })
    push({ type: 'open', key: 0, opening: opening('a') })
    push({ type: 'open', key: 1, opening: opening('b') })
    expect(push({ type: 'delta', key: 1, text: '{"b":' })).toBe('')
    expect(push({ type: 'delta', key: 0, text: '{"a":1}' })).toBe('')
    push({ type: 'delta', key: 1, text: '2}' })
    expect(push({ type: 'close', key: 1 })).toBe('')
    expect(partsOf(push({ type: 'close', key: 0 })).map(({ functionCall }) => functionCall)).toEqual([
      { id: 'a', name: 'f', args: { a: 1 } },
      { id: 'b', name: 'f', args: { b: 2 } },
    ])
  })

  test('P9 the last chunk has the reason and the counts', () => {
    const last = chunksOf(stream(play(RICH))).at(-1)
    expect(last?.candidates[0]).toMatchObject({ content: { parts: [{ text: '' }] }, finishReason: 'STOP' })
    expect(last?.usageMetadata).toMatchObject({ totalTokenCount: 8 })
  })

  test('96 the last chunk tells what was cited', () => {
    const citations = [{ url: 'https://a', start: 0, end: 1 }]
    const last = chunksOf(stream(play(answerOf([{ kind: 'text', text: 'é', citations }])))).at(-1)
    expect(last?.candidates[0]?.groundingMetadata).toMatchObject({ groundingSupports: [{ segment: { endIndex: 2 } }] })
  })

  test('144 a character that comes in two halves goes out whole', () => {
    const renderer = geminiCodec.renderStream(REVERSAL)
    renderer.push({ type: 'open', key: 0, opening: { kind: 'text' } })
    expect(partsOf(renderer.push({ type: 'delta', key: 0, text: 'a\ud83d' }))).toEqual([{ text: 'a' }])
    expect(partsOf(renderer.push({ type: 'delta', key: 0, text: '\ude00b' }))).toEqual([{ text: '😀b' }])
  })

  test('P9 119 a sign of life is silence', () => {
    expect(stream([{ type: 'start' }, { type: 'ping' }])).toBe('')
  })

  test.each([
    ['events', REVERSAL, [] as readonly AnswerEvent[]],
    ['an array that has begun', IN_ARRAY, [] as readonly AnswerEvent[]],
  ])('160 an error in %s is the last thing said', (_, reversal) => {
    const events = [...play(RICH)]
    const at = events.findIndex(({ type }) => type === 'delta') + 1
    const broken: AnswerEvent = { type: 'error', error: fault('stream-broken', 'Broken.') }
    const written = stream([...events.slice(0, at), broken, ...events.slice(at)], reversal)
    const chunks = (reversal === IN_ARRAY ? JSON.parse(written) : chunksOf(written)) as readonly JsonObject[]
    expect(chunks.at(-1)).toMatchObject({ error: { code: 502, message: 'Broken.' } })
    expect(written).not.toContain('finishReason')
  })

  test('an error before anything else is an array of it alone', () => {
    const written = stream([{ type: 'error', error: fault('stream-broken', 'Broken.') }], IN_ARRAY)
    expect(JSON.parse(written)).toMatchObject([{ error: { message: 'Broken.' } }])
  })

  test("1 what it holds for another vendor comes back from the client's history", () => {
    const merged = partsOf(stream(play(RICH))).filter((part) => part.thought !== true)
    for (const contents of [[{ role: 'model', parts: render(RICH).parts }], [{ role: 'model', parts: merged }]]) {
      const parsed = geminiCodec.parseRequest({ contents }, { format: 'gemini', action: 'generate' }, carriers)
      if (!parsed.ok) throw new Error(parsed.error.message)
      const blocks = parsed.value.conversation.turns[0]?.blocks ?? []
      expect(blocks[0]).toMatchObject({ kind: 'reasoning', opaque: thinking })
      expect(blocks.filter(({ kind }) => kind === 'tool-call')).toHaveLength(2)
    }
  })
})
