import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { AnswerEvent } from '../../../src/canon/answer.ts'
import type { JsonObject, UpstreamCodec } from '../../../src/canon/codec.ts'
import { readJson, writeJson } from '../../../src/canon/json-text.ts'
import type { WireFormat } from '../../../src/canon/operation.ts'
import type { GatewayError } from '../../../src/errors.ts'
import { CODECS, UPSTREAM_CODECS } from '../../../src/protocols/codecs.ts'
import type { Result } from '../../../src/result.ts'
import { createStreamTranslation, translateAnswer } from '../../../src/translation/answer.ts'
import { readRequest, writeRequest } from '../../../src/translation/request.ts'
import { answerOf } from './arbitraries-answers.ts'
import { bodyOf, CARRIERS, FORMATS, operationFor, targetFor, TIMEOUT_MS } from './lanes.ts'
import { MUTATIONS, mutated, pathsIn } from './mutants.ts'
import { laneOf, streamed, whole } from './streams.ts'

/** Bodies of each kind, from the same generators as every other proof. */
const SAMPLES = 2
const SEED = 20_260_101
const samples = <Value>(arbitrary: fc.Arbitrary<Value>): Value[] =>
  fc.sample(arbitrary, { seed: SEED, numRuns: SAMPLES })

/** Every body that differs from one of these in one place, and in one of the ways in which bodies are wrong. */
function* mutantsOf(bodies: readonly unknown[]): Generator<string> {
  for (const body of bodies)
    for (const path of pathsIn(body)) for (const mutation of MUTATIONS) yield mutated(body, path, mutation)
}

const expectSaid = (result: Result<unknown, GatewayError>): void => {
  if (result.ok) return
  expect(result.error.message).not.toBe('')
  expect(typeof result.error.kind).toBe('string')
}

const COMPLETION = {
  model: 'm',
  prompt: 'Once',
  max_tokens: 5,
  stop: ['.'],
  logprobs: 1,
  stream_options: { include_usage: true },
}

const REQUESTS: readonly (readonly [format: WireFormat, bodies: readonly unknown[]])[] = [
  ...FORMATS.map((format) => [format, samples(bodyOf[format])] as const),
  ['openai-completions', [COMPLETION]],
]

const UPSTREAMS = Object.values(UPSTREAM_CODECS)
const targetOf = ({ format }: UpstreamCodec) =>
  targetFor(FORMATS.find((one) => one === format) ?? 'anthropic-messages', true)

describe('a request with one thing wrong in it, wherever it stands', () => {
  test.each(REQUESTS)(
    'of %s is read and written, or refused in words, for an answer and for a count',
    (format, bodies) => {
      const codec = CODECS[format]
      if (!codec) throw new Error(`nothing reads ${format}`)
      const operation =
        format === 'openai-completions' ? ({ format, action: 'generate' } as const) : operationFor(format as never)
      let turn = 0
      for (const text of mutantsOf(bodies)) {
        expectSaid(readRequest(codec, Buffer.from(text), { ...operation, action: 'count-tokens' }, CARRIERS))
        const read = readRequest(codec, Buffer.from(text), operation, CARRIERS)
        expectSaid(read)
        // Each goes to one upstream, in turns: there are as many thousands of them.
        const upstream = UPSTREAMS[turn++ % UPSTREAMS.length]
        if (read.ok && upstream) expectSaid(writeRequest(upstream, read.value, targetOf(upstream)))
      }
    },
    TIMEOUT_MS,
  )
})

const CONVERSE = {
  output: {
    message: {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'EqA' } } },
        { text: 'Hi.' },
        { toolUse: { toolUseId: 't1', name: 'f', input: { a: 1 } } },
      ],
    },
  },
  stopReason: 'tool_use',
  usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7, cacheReadInputTokens: 1 },
}

const ANSWERS = [
  ...FORMATS.map((format) => {
    const told = samples(answerOf(format))
    return [format, told.map(({ events }) => readJson(whole(format, events).toString()))] as const
  }),
  ['bedrock-converse', [CONVERSE]] as const,
]

describe('an answer with one thing wrong in it, wherever it stands', () => {
  test.each(ANSWERS)(
    'of %s is given to clients, or an error is',
    (format, bodies) => {
      const upstream = UPSTREAM_CODECS[format]
      if (!upstream) throw new Error(`nothing reads ${format}`)
      let turn = 0
      for (const text of mutantsOf(bodies)) {
        const client = FORMATS[turn++ % FORMATS.length] ?? 'openai-chat'
        expectSaid(translateAnswer({ ...laneOf(client, client), upstream }, Buffer.from(text)))
      }
    },
    TIMEOUT_MS,
  )
})

const eventsOf = (text: string): readonly string[] =>
  text.split(/\r?\n\r?\n/).filter((block) => block.includes('data: {'))

const STREAMS = FORMATS.map((format) => {
  const told: readonly { readonly events: readonly AnswerEvent[] }[] = samples(answerOf(format))
  return [format, told.map(({ events }) => streamed(format, events).toString()).slice(0, 2)] as const
})

describe('a stream with one thing wrong in one event, wherever it stands', () => {
  test.each(STREAMS)(
    'of %s is given to clients to an end of their format',
    (format, streams) => {
      let turn = 0
      for (const stream of streams)
        for (const block of eventsOf(stream)) {
          const at = block.indexOf('data: ') + 'data: '.length
          for (const text of mutantsOf([readJson(block.slice(at))])) {
            // Most events are alike, and so are most of their members.
            if (turn++ % 5 > 0) continue
            const client = FORMATS[turn % FORMATS.length] ?? 'openai-chat'
            const translation = createStreamTranslation(laneOf(format, client), 1_048_576)
            translation.push(Buffer.from(stream.replace(block, () => block.slice(0, at) + text)))
            translation.end()
            expect(translation.failure?.message).not.toBe('')
          }
        }
    },
    TIMEOUT_MS,
  )
})

const ERRORS: readonly JsonObject[] = [
  { error: { message: 'no', type: 'invalid_request_error', param: 'a', code: 'context_length_exceeded' } },
  { type: 'error', error: { type: 'overloaded_error', message: 'no' }, request_id: 'req_1' },
  { error: { code: 400, message: 'no', status: 'INVALID_ARGUMENT', details: [{ '@type': 'x', reason: 'y' }] } },
  { message: 'no' },
]

test('an error with one thing wrong in it is an error all the same', () => {
  for (const codec of UPSTREAMS)
    for (const text of mutantsOf(ERRORS)) {
      const body: unknown = readJson(text)
      for (const value of [body, [body], writeJson(body)])
        for (const status of [200, 400, 429, 500, 599])
          expectSaid({ ok: false, error: codec.parseError(status, value) })
    }
})
