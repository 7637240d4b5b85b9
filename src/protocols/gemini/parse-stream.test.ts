import { describe, expect, test } from 'bun:test'
import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject, Source } from '../../canon/codec.ts'
import { collect, play } from '../../canon/collect.ts'
import { readJson } from '../../canon/json-text.ts'
import { geminiCodec } from './codec.ts'

const SOURCE: Source = { family: 'google', requestId: 'req1' }

const chunk = (parts: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, ...more }],
  modelVersion: 'gemini-x',
  responseId: 'r1',
})
const text = (words: string): JsonObject => ({ text: words })
const STOP = { finishReason: 'STOP' }

const events = (...chunks: readonly JsonObject[]): readonly AnswerEvent[] => {
  const parser = geminiCodec.parseStream(SOURCE)
  return [...chunks.flatMap((one) => parser.push(one, '')), ...parser.end()]
}
const answer = (...chunks: readonly JsonObject[]) => collect(events(...chunks))
const signature = (value: string, on: string) => ({
  family: 'google',
  kind: 'thought-signature' as const,
  data: JSON.stringify({ signature: value, on }),
})

describe('the stream', () => {
  test('P10 thoughts, text and calls become blocks in their order', () => {
    const { blocks, stop, id, model } = answer(
      chunk([{ text: 'Let me', thought: true }]),
      chunk([{ text: ' see.', thought: true }, text('I will ')]),
      chunk([text('look.')]),
      chunk([
        { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 's' },
        { functionCall: { id: 'own', name: 'f' } },
      ]),
      chunk([text('')], STOP),
    )
    expect({ id, model, stop }).toEqual({ id: 'r1', model: 'gemini-x', stop: { reason: 'natural', native: 'STOP' } })
    expect(blocks).toEqual([
      { kind: 'reasoning', text: 'Let me see.' },
      { kind: 'text', text: 'I will look.' },
      {
        kind: 'tool-call',
        id: 'call_req1_1',
        name: 'f',
        form: 'function',
        arguments: '{"a":1}',
        opaque: signature('s', 'call'),
      },
      { kind: 'tool-call', id: 'own', name: 'f', form: 'function', arguments: '{}' },
    ])
  })

  test('P8 a prompt that was blocked ends as filtered', () => {
    const { blocks, stop } = answer({ promptFeedback: { blockReason: 'SAFETY', blockReasonMessage: 'No.' } })
    expect({ blocks, stop }).toEqual({ blocks: [], stop: { reason: 'filter', native: 'SAFETY', explanation: 'No.' } })
  })

  test('18 a signed text is the answer, and 19 a signature after it is its own', () => {
    const { blocks } = answer(
      chunk([text('4')]),
      chunk([text('2')]),
      chunk([{ text: '', thoughtSignature: 's' }], STOP),
    )
    expect(blocks).toEqual([{ kind: 'text', text: '42', opaque: signature('s', 'text') }])
  })

  test('19 a signature with nothing before it stands on an empty text', () => {
    const { blocks } = answer(
      chunk([{ text: 'Hm', thought: true }]),
      chunk([{ text: '', thoughtSignature: 's' }], STOP),
    )
    expect(blocks).toEqual([
      { kind: 'reasoning', text: 'Hm' },
      { kind: 'text', text: '', opaque: signature('s', 'text') },
    ])
  })

  test('text after a signature is another block', () => {
    const { blocks } = answer(chunk([{ text: 'a', thoughtSignature: 's' }, text('b')], STOP))
    expect(blocks.map((block) => 'text' in block && block.text)).toEqual(['a', 'b'])
  })

  test('what Google alone understands is one block, kept whole', () => {
    const part = { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }
    expect(answer(chunk([part], STOP)).blocks).toEqual([
      {
        kind: 'vendor',
        type: 'codeExecutionResult',
        text: '1',
        opaque: { family: 'google', kind: 'native-block', data: JSON.stringify(part) },
      },
    ])
  })

  test('an image keeps its signature behind it', () => {
    const { blocks } = answer(
      chunk([{ inlineData: { mimeType: 'image/png', data: 'AA==' }, thoughtSignature: 's' }], STOP),
    )
    expect(blocks).toEqual([
      { kind: 'media', media: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' } },
      { kind: 'text', text: '', opaque: signature('s', 'text') },
    ])
  })

  test('arguments in pieces become one call', () => {
    const piece = (jsonPath: string, value: JsonObject): JsonObject => ({
      functionCall: { partialArgs: [{ jsonPath, ...value }], willContinue: true },
    })
    const { blocks } = answer(
      chunk([{ functionCall: { name: 'f', willContinue: true }, thoughtSignature: 's' }]),
      chunk([piece('$.city', { stringValue: 'New ', willContinue: true })]),
      chunk([piece('$.city', { stringValue: 'York' }), piece("$.list[1]['a.b']", { numberValue: 2 })]),
      chunk([piece('$.list[0]', { boolValue: false }), piece('$.none', { nullValue: null })]),
      chunk([{ functionCall: {} }], STOP),
    )
    expect(blocks).toEqual([
      {
        kind: 'tool-call',
        id: 'call_req1_1',
        name: 'f',
        form: 'function',
        arguments: '{"city":"New York","list":[false,{"a.b":2}],"none":null}',
        opaque: signature('s', 'call'),
      },
    ])
  })

  test('110 a call that was cut is never whole', () => {
    const seen = events(
      chunk([{ functionCall: { name: 'f', willContinue: true } }]),
      chunk([{ functionCall: { partialArgs: [{ jsonPath: '$.a', numberValue: 1 }], willContinue: true } }]),
      chunk([], { finishReason: 'MAX_TOKENS' }),
    )
    expect(seen).toContainEqual({ type: 'close', key: 0, cut: true })
    const [block] = collect(seen).blocks
    expect(() => JSON.parse(block?.kind === 'tool-call' ? block.arguments : '{}')).toThrow()
  })

  test('94 95 counts are totals, of which the last counts, and placeholders do not', () => {
    const counts = (more: JsonObject): JsonObject => ({ ...chunk([text('a')]), usageMetadata: more })
    const { usage } = answer(
      counts({ promptTokenCount: 10, totalTokenCount: 10 }),
      counts({
        promptTokenCount: 10,
        cachedContentTokenCount: 4,
        candidatesTokenCount: 3,
        thoughtsTokenCount: 5,
        totalTokenCount: 18,
      }),
      { ...chunk([], STOP), usageMetadata: { trafficType: 'ON_DEMAND' } },
    )
    expect(usage).toMatchObject({ input: 6, cacheRead: 4, output: 8, reasoning: 5 })
  })

  test('96 citations count UTF-16, where Google counts bytes', () => {
    const groundingMetadata = {
      groundingChunks: [{ web: { uri: 'https://a', title: 'A' } }],
      groundingSupports: [{ segment: { startIndex: 6, endIndex: 9, text: '☕' }, groundingChunkIndices: [0] }],
    }
    const { blocks } = answer(chunk([text('café')]), chunk([text(' ☕ yes')], { ...STOP, groundingMetadata }))
    expect(blocks).toEqual([
      { kind: 'text', text: 'café ☕ yes', citations: [{ url: 'https://a', title: 'A', start: 5, end: 6 }] },
    ])
  })

  test('88 tells the likelihood of tokens with their text', () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'a', logProbability: -0.5 }],
      topCandidates: [{ candidates: [{ token: 'b', logProbability: -0.25 }] }],
    }
    expect(answer(chunk([text('a')], { ...STOP, logprobsResult })).blocks).toEqual([
      { kind: 'text', text: 'a', logprobs: [{ token: 'a', logprob: -0.5, top: [{ token: 'b', logprob: -0.25 }] }] },
    ])
  })

  test('143 numbers of arguments keep their spelling', () => {
    const body = readJson(
      '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"n":1e3,"m":9007199254740993}}}]},"finishReason":"STOP"}]}',
    )
    expect(answer(body as JsonObject).blocks).toMatchObject([{ arguments: '{"n":1e3,"m":9007199254740993}' }])
  })
})

describe('the end', () => {
  test.each([
    ['STOP', 'natural'],
    [1, 'natural'],
    ['MAX_TOKENS', 'output-limit'],
    ['SAFETY', 'filter'],
    ['RECITATION', 'filter'],
    ['LANGUAGE', 'filter'],
    ['BLOCKLIST', 'filter'],
    ['PROHIBITED_CONTENT', 'filter'],
    ['SPII', 'filter'],
    ['IMAGE_SAFETY', 'filter'],
    ['IMAGE_PROHIBITED_CONTENT', 'filter'],
    ['IMAGE_RECITATION', 'filter'],
    ['TOO_MANY_TOOL_CALLS', 'paused'],
    ['MALFORMED_FUNCTION_CALL', 'malformed-call'],
    ['UNEXPECTED_TOOL_CALL', 'malformed-call'],
    ['OTHER', 'other'],
    ['NO_IMAGE', 'other'],
    ['IMAGE_OTHER', 'other'],
    ['NEVER_SEEN', 'other'],
  ])('141 %s means %s', (finishReason, reason) => {
    expect(answer(chunk([text('a')], { finishReason })).stop.reason).toBe(reason as 'natural')
  })

  const whole: readonly JsonObject[] = [
    chunk([{ text: 'Hm', thought: true }]),
    chunk([text('a')]),
    chunk([{ functionCall: { name: 'f', willContinue: true } }]),
    chunk([{ functionCall: {} }]),
    chunk([text('')], STOP),
  ]

  test('109 every prefix ends in an error and none in success', () => {
    for (const [count] of whole.entries()) {
      const seen = events(...whole.slice(0, count))
      expect(seen.at(-1)).toMatchObject({ type: 'error', error: { kind: 'stream-broken' } })
      expect(seen.some(({ type }) => type === 'stop' || type === 'end')).toBe(false)
    }
    expect(events(...whole).at(-1)).toEqual({ type: 'end' })
  })

  test('124 after an error nothing follows', () => {
    const seen = events(chunk([text('a')]), { error: { code: 503, status: 'UNAVAILABLE' } }, chunk([text('b')], STOP))
    expect(seen.at(-1)).toMatchObject({ type: 'error', error: { kind: 'upstream-overloaded' } })
    expect(seen.filter(({ type }) => type === 'delta')).toHaveLength(1)
  })

  test('parts after the reason, and the reason again, are read', () => {
    expect(answer(chunk([text('a')], STOP), chunk([text('b')], STOP)).blocks).toEqual([{ kind: 'text', text: 'ab' }])
  })

  test('165 streams know nothing of each other', () => {
    const [one, two] = [geminiCodec.parseStream(SOURCE), geminiCodec.parseStream({ ...SOURCE, requestId: 'req2' })]
    const call = chunk([{ functionCall: { name: 'f' } }])
    const ids = [one, two, one].map((parser) => {
      const opened = parser.push(call, '').find((event) => event.type === 'open')
      return opened?.type === 'open' && opened.opening.kind === 'tool-call' ? opened.opening.id : ''
    })
    expect(ids).toEqual(['call_req1_1', 'call_req2_1', 'call_req1_2'])
  })
})

describe('a whole answer', () => {
  const parse = (body: JsonObject) => geminiCodec.parseResponse(body, SOURCE)

  test.each([
    ['142 without content', { candidates: [{ finishReason: 'MAX_TOKENS' }] }, 'output-limit'],
    ['148 of the candidate without an index', { candidates: [{ index: 1 }, { finishReason: 'STOP' }] }, 'natural'],
    ['without a reason', { candidates: [{ content: { parts: [text('a')] } }] }, 'other'],
  ])('%s is one', (_, body, reason) => {
    const { stop, error } = parse(body)
    expect({ reason: stop.reason, error }).toEqual({ reason: reason as 'other', error: undefined })
  })

  test.each([
    ['with an error in it', { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }, 'rate-limit-exceeded'],
    ['with nothing in it', {}, 'upstream-unreadable'],
    ['of another format', { choices: [] }, 'upstream-unreadable'],
  ])('%s is a failure', (_, body, kind) => {
    expect(parse(body as JsonObject).error?.kind).toBe(kind as 'upstream-unreadable')
  })

  test('plays as the stream it would have been', () => {
    const parsed = parse(
      chunk(
        [{ text: 'Hm', thought: true }, { text: 'a', thoughtSignature: 's' }, { functionCall: { name: 'f' } }],
        STOP,
      ),
    )
    expect(collect(play(parsed))).toEqual(parsed)
  })
})
