import { expect } from 'bun:test'
import type { JsonObject, Reversal, Target } from '../../../src/canon/codec.ts'
import { readJson } from '../../../src/canon/json-text.ts'
import type { Operation } from '../../../src/canon/operation.ts'
import type { Profile } from '../../../src/canon/profile.ts'
import { kindOf, modelOf } from '../../../src/providers/profiles/test-parts.ts'
import { familyOf, profileOf } from '../../../src/providers/profiles.ts'
import { createStreamTranslation, type Lane, translateAnswer } from '../../../src/translation/answer.ts'
import { createCarriers } from '../../../src/translation/carriers.ts'
import { readRequest, reversalOf, writeRequest } from '../../../src/translation/request.ts'
import { codecOf, FAMILY, type Format, laneOf, readStream, translateStream } from '../conformance.ts'
import { judgeStream } from '../grammar.ts'
import { claude, claudeTool, HI } from './said.ts'
import {
  ABSENT,
  type AnswerExpectation,
  type AnswerRow,
  type Asked,
  type BodyExpectation,
  type ConversationRow,
  type Fragments,
  type HazardRow,
  type On,
  type RequestExpectation,
  type RequestRow,
  type StreamRow,
} from './row.ts'

const CARRIERS = createCarriers(Buffer.from('hazards'))
const OUTPUT_TOKENS_MAX = 64_000
const EVENT_BYTES_MAX = 1_048_576
/** Small enough to fall inside of events. */
const PIECE_BYTES = 50

/** A model of each format that takes most of what its format has. */
const ORDINARY: Readonly<Record<Format, On>> = {
  'openai-chat': ['openai', 'gpt-4.1'],
  'openai-responses': ['openai', 'gpt-5.1'],
  'anthropic-messages': ['anthropic', 'claude-sonnet-4-5'],
  gemini: ['gemini', 'gemini-3-flash-preview'],
}

const profileFor = (to: Format, [kind, name]: On): Profile =>
  profileOf({ kind: kindOf(kind), model: modelOf(name, OUTPUT_TOKENS_MAX), upstreamModel: name, format: to })

/** Runs one row, and compares. */
export const runRow = (row: HazardRow): void => {
  if (row.kind === 'request') runRequest(row)
  else if (row.kind === 'answer') runAnswer(row)
  else if (row.kind === 'stream') runStream(row)
  else runConversation(row)
}

const bytesOf = (input: JsonObject | string): Buffer =>
  Buffer.from(typeof input === 'string' ? input : JSON.stringify(input))

/** The model and the streaming of a Gemini request stand in its path. */
const operationOf = (from: Format, streams: boolean): Operation =>
  from === 'gemini'
    ? { format: from, action: 'generate', pathModel: 'the-client-says', pathStream: streams }
    : { format: from, action: 'generate' }

const written = (input: JsonObject | string, from: Format, to: Format, on: On, streams = false) => {
  const read = readRequest(codecOf(from), bytesOf(input), operationOf(from, streams), CARRIERS)
  if (!read.ok) return { read: undefined, result: read }
  const target: Target = { model: on[1], profile: profileFor(to, on), stream: streams }
  return { read: read.value, result: writeRequest(codecOf(to), read.value, target) }
}

const runRequest = ({ input, from, to, on, streams, expect: expected }: RequestRow): void =>
  judgeRequest(written(input, from, to, on ?? ORDINARY[to], streams).result, expected)

/**
 * The losses of a row's request at an ordinary model of a format that name nothing the client wrote. What the upstream's
 * API insists on has no place in the client's body.
 */
export const misplacedLosses = ({ input, from, streams }: RequestRow, to: Format): readonly string[] => {
  const { result } = written(input, from, to, ORDINARY[to], streams)
  if (!result.ok) return []
  const body: unknown = JSON.parse(bytesOf(input).toString())
  return result.value.losses
    .filter(({ pointer, code }) => code !== 'added' && at(body, pointer) === ABSENT)
    .map(({ pointer, code }) => `${pointer};${code}`)
}

const judgeRequest = (result: ReturnType<typeof written>['result'], expected: RequestExpectation): void => {
  const refused = result.ok ? undefined : (result.error.param ?? result.error.message)
  expect(refused).toBe(expected.refused)
  if (!result.ok) return
  judgeBody(Buffer.from(result.value.body).toString(), result.value.losses, expected)
}

const judgeBody = (
  text: string,
  losses: readonly { readonly pointer: string; readonly code: string }[],
  expected: BodyExpectation,
): void => {
  const body: unknown = JSON.parse(text)
  const found = Object.fromEntries(Object.keys(expected.body ?? {}).map((pointer) => [pointer, at(body, pointer)]))
  expect(found as Fragments).toEqual({ ...expected.body })
  for (const part of expected.contains ?? []) expect(text).toContain(part)
  for (const part of expected.lacks ?? []) expect(text).not.toContain(part)
  if (expected.losses) expect(losses.map(({ pointer, code }) => `${pointer};${code}`)).toEqual([...expected.losses])
}

const at = (value: unknown, pointer: string): unknown => {
  const steps = pointer.split('/').slice(1)
  let found: unknown = value
  for (const step of steps) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return ABSENT
    found = (found as Record<string, unknown>)[key]
  }
  return found
}

const laneFor = (from: Format, to: Format, asked: Asked = {}): Lane => {
  const lane = laneOf(from, to)
  return { ...lane, reversal: { ...lane.reversal, carriers: CARRIERS, ...asked } }
}

const runAnswer = ({ input, from, to, asked, expect: expected }: AnswerRow): void =>
  judgeAnswer(translateAnswer(laneFor(from, to, asked), bytesOf(input)), expected)

const judgeAnswer = (result: ReturnType<typeof translateAnswer>, expected: AnswerExpectation): void => {
  expect(result.ok ? undefined : result.error.kind).toBe(expected.error as never)
  if (result.ok) judgeBody(result.value.body, result.value.losses, expected)
}

/** An event as its format frames it: named where the format has names. */
const framed = (format: Format, event: JsonObject | '[DONE]'): string => {
  if (event === '[DONE]') return 'data: [DONE]\n\n'
  const named = format === 'anthropic-messages' || format === 'openai-responses'
  return `${named ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`
}

const streamBytes = ({ input, from }: StreamRow): Buffer =>
  Buffer.from(typeof input === 'string' ? input : input.map((event) => framed(from, event)).join(''))

/** What the client of a stream is given. */
export const streamed = (row: StreamRow): string => {
  const bytes = streamBytes(row)
  return translateStream(laneFor(row.from, row.to, row.asked), bytes, bytes.length).text
}

/** What the clients of two streams are given whose bytes come in turns. */
export const streamedTogether = (one: StreamRow, other: StreamRow): readonly string[] => {
  const streams = [one, other].map((row) => ({
    bytes: streamBytes(row),
    translation: createStreamTranslation(laneFor(row.from, row.to, row.asked), EVENT_BYTES_MAX),
    out: [] as Uint8Array[],
  }))
  const longest = Math.max(...streams.map(({ bytes }) => bytes.length))
  for (let from = 0; from < longest; from += PIECE_BYTES)
    for (const { bytes, translation, out } of streams)
      if (from < bytes.length) out.push(translation.push(bytes.subarray(from, from + PIECE_BYTES)))
  return streams.map(({ translation, out }) => Buffer.concat([...out, translation.end()]).toString('utf8'))
}

const runStream = (row: StreamRow): void => {
  const { from, to, asked, expect: expected } = row
  const lane = laneFor(from, to, asked)
  const bytes = streamBytes(row)
  const { text, failure, losses } = translateStream(lane, bytes, bytes.length)
  expect(translateStream(lane, bytes, 1).text).toBe(text)
  const verdict = judgeStream[to]?.(text)
  expect(verdict).toEqual({ faults: [], end: expected.end })
  expect(failure !== undefined).toBe(expected.end === 'error')
  expect(missing(text, expected.contains ?? [])).toBe('')
  for (const part of expected.lacks ?? []) expect(text).not.toContain(part)
  if (expected.losses) expect(losses.map(({ pointer, code }) => `${pointer};${code}`)).toEqual([...expected.losses])
  if (!expected.hears) return
  const { blocks, stop } = readStream(to, Buffer.from(text))
  if (expected.hears.blocks) {
    expect(blocks as readonly object[]).toMatchObject([...expected.hears.blocks])
    expect(blocks.length).toBe(expected.hears.blocks.length)
  }
  if (expected.hears.stop) expect(stop.reason as string).toBe(expected.hears.stop)
}

/** The first of the parts that does not stand behind those before it, with the text; nothing when all do. */
const missing = (text: string, parts: readonly string[]): string => {
  let from = 0
  for (const part of parts) {
    const found = text.indexOf(part, from)
    if (found === -1) return `${part}\n\nis not in\n\n${text.slice(from)}`
    from = found + part.length
  }
  return ''
}

const runConversation = (row: ConversationRow): void => {
  const { from, to, on = ORDINARY[to], input, asksAgain, next } = row
  const answer = answered(from, to, on, input)
  const second = asksAgain(answer)
  const goesTo = next ?? { to, on }
  judgeRequest(written(second, from, goesTo.to, goesTo.on).result, row.expect)
}

const FIRST: Readonly<Record<Format, JsonObject>> = {
  'openai-chat': { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
  'openai-responses': { model: 'm', input: 'hi', reasoning: { effort: 'low', summary: 'auto' } },
  'anthropic-messages': claude([HI], { tools: [claudeTool('f')] }),
  gemini: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
}

/** What a client that asked the simplest thing is given. */
const answered = (from: Format, to: Format, on: On, input: JsonObject): JsonObject => {
  const { read, result } = written(FIRST[from], from, to, on)
  if (!read || !result.ok) throw new Error('the first request of a conversation is always written')
  const reversal: Reversal = reversalOf(read, result.value.rendered, {
    requestId: 'req_first',
    createdAtMs: 0,
    carriers: CARRIERS,
  })
  const lane: Lane = {
    upstream: codecOf(to),
    client: codecOf(from),
    source: { family: familyOf(kindOf(on[0]), to) ?? FAMILY[to], requestId: 'req_first' },
    reversal,
  }
  const translated = translateAnswer(lane, bytesOf(input))
  if (!translated.ok) throw new Error(translated.error.message)
  return readJson(translated.value.body) as JsonObject
}
