import type { Answer, AnswerEvent } from '../canon/answer.ts'
import type { Codec, JsonObject, Reversal, Source, StreamParser, UpstreamCodec } from '../canon/codec.ts'
import { collect, play } from '../canon/collect.ts'
import { readJson, writeJson } from '../canon/json-text.ts'
import { createLosses, type Loss, type Losses } from '../canon/losses.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import { createEventReader, type NamedEvent } from './events.ts'
import { createRestorer } from './restore.ts'

/** Who answers and who asked. */
export interface Lane {
  readonly upstream: UpstreamCodec
  readonly client: Codec
  readonly source: Source
  readonly reversal: Reversal
}

export interface Translated {
  readonly body: string
  readonly losses: readonly Loss[]
}

const UNREADABLE = fault(
  'upstream-unreadable',
  'The provider sent an answer that is not readable. Nothing was charged; try again.',
)
const TOO_LONG = fault(
  'stream-broken',
  'The provider sent an event larger than this gateway takes. The answer ends here.',
)

const encoder = new TextEncoder()
const decoder = new TextDecoder()

type Heard = (answer: Answer) => void

/** Translates a whole answer; `heard` is told of it. A failure that the upstream reported inside a success is an error here. */
export const translateAnswer = (
  lane: Lane,
  body: Uint8Array,
  heard: Heard = () => {},
): Result<Translated, GatewayError> => {
  const losses = createLosses()
  return rendered(lane, readAnswer(lane, body, losses), losses, heard)
}

/**
 * Translates a stream that is there to its end for a client that asked for one answer: some upstreams answer so.
 *
 * @param eventBytesMax the longest event that is read
 */
export const gatherAnswer = (
  lane: Lane,
  body: Uint8Array,
  eventBytesMax: number,
  heard: Heard = () => {},
): Result<Translated, GatewayError> => {
  const losses = createLosses()
  const reader = createAnswerReader(lane, eventBytesMax, losses)
  const answer = collect([...reader.push(body), ...reader.end()])
  return rendered(lane, answer.error ? err(answer.error) : ok(answer), losses, heard)
}

const rendered = (
  { client, reversal }: Lane,
  answer: Result<Answer, GatewayError>,
  lost: Losses,
  heard: Heard,
): Result<Translated, GatewayError> => {
  if (!answer.ok) return answer
  heard(answer.value)
  const { body, losses } = client.renderResponse(answer.value, reversal)
  return ok({ body: writeJson(body), losses: [...lost.list, ...losses] })
}

/** Translates a whole answer for a client that asked for a stream: some upstreams answer so. */
export const streamAnswer = (
  lane: Lane,
  body: Uint8Array,
  heard: Heard = () => {},
): Result<Translated, GatewayError> => {
  const losses = createLosses()
  const answer = readAnswer(lane, body, losses)
  if (!answer.ok) return answer
  heard(answer.value)
  const renderer = lane.client.renderStream(lane.reversal)
  let text = ''
  for (const event of play(answer.value)) text += renderer.push(event)
  return ok({ body: text, losses: [...losses.list, ...renderer.losses] })
}

const readAnswer = (
  { upstream, source, reversal }: Lane,
  body: Uint8Array,
  losses: Losses,
): Result<Answer, GatewayError> => {
  const value = parseObject(decoder.decode(body))
  if (!value) return err(UNREADABLE)
  const restore = createRestorer(reversal, losses)
  const answer = collect([...play(upstream.parseResponse(value, source))].flatMap(restore))
  return answer.error ? err(answer.error) : ok(answer)
}

/** A stream as the events that its client is to be told, up to its end or its first failure. */
interface AnswerReader {
  push(chunk: Uint8Array): readonly AnswerEvent[]
  /** The source has ended: what was left open is a failure. */
  end(): readonly AnswerEvent[]
  /** Somebody else says that it is over. */
  fail(error: GatewayError): readonly AnswerEvent[]
}

const createAnswerReader = (
  { upstream, source, reversal }: Lane,
  eventBytesMax: number,
  losses: Losses,
): AnswerReader => {
  const reader = createEventReader(eventBytesMax)
  const parser = upstream.parseStream(source)
  const parse = createEventParser(parser)
  const restore = createRestorer(reversal, losses)
  let over = false

  const given = (events: readonly AnswerEvent[]): readonly AnswerEvent[] => {
    const restored: AnswerEvent[] = []
    for (const event of events.flatMap(restore)) {
      if (over) break
      over = event.type === 'error' || event.type === 'end'
      restored.push(event)
    }
    return restored
  }
  const read = (named: readonly NamedEvent[]): readonly AnswerEvent[] =>
    named.flatMap(({ name, data }) => given(parse(name, data)))
  const fail = (error: GatewayError): readonly AnswerEvent[] => given([{ type: 'error', error }])
  return {
    push(chunk) {
      if (over) return []
      const events = read(reader.push(chunk))
      return reader.isBroken ? [...events, ...fail(TOO_LONG)] : events
    },
    end: () => (over ? [] : [...read(reader.rest()), ...given(parser.end())]),
    fail,
  }
}

/** One stream on its way from one format to another. Bytes in, bytes out; what comes after a failure is dropped. */
export interface StreamTranslation {
  push(chunk: Uint8Array): Uint8Array
  /** The source has ended: what was left open is an error to the client, never a success. */
  end(): Uint8Array
  /** The source broke off, or somebody else says that it is over. */
  fail(error: GatewayError): Uint8Array
  /** The failure that ended the stream for the client. */
  readonly failure: GatewayError | undefined
  readonly losses: readonly Loss[]
}

/** `seen` is told of every event that the client is given. */
export const createStreamTranslation = (
  lane: Lane,
  eventBytesMax: number,
  seen: (event: AnswerEvent) => void = () => {},
): StreamTranslation => {
  const lost = createLosses()
  const reader = createAnswerReader(lane, eventBytesMax, lost)
  const renderer = lane.client.renderStream(lane.reversal)
  let failure: GatewayError | undefined

  const render = (events: readonly AnswerEvent[]): Uint8Array => {
    let text = ''
    for (const event of events) {
      if (event.type === 'error') failure = event.error
      seen(event)
      text += renderer.push(event)
    }
    return text === '' ? EMPTY : encoder.encode(text)
  }
  return {
    push: (chunk) => render(reader.push(chunk)),
    end: () => render(reader.end()),
    fail: (error) => render(reader.fail(error)),
    get failure() {
      return failure
    },
    get losses() {
      return [...lost.list, ...renderer.losses]
    },
  }
}

const EMPTY = new Uint8Array()

/** `[DONE]` is a marker, not JSON: nothing after it counts. */
const DONE = '[DONE]'

const createEventParser = (parser: StreamParser) => {
  let done = false
  return (name: string, data: string): readonly AnswerEvent[] => {
    if (done || data === '') return []
    if (data.trim() === DONE) {
      done = true
      return parser.end(true)
    }
    const value = parseObject(data)
    return value ? parser.push(value, name) : [{ type: 'error', error: UNREADABLE_EVENT }]
  }
}

const UNREADABLE_EVENT = fault(
  'stream-broken',
  'The provider sent an event that is not readable. The answer ends here.',
)

const parseObject = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = readJson(text)
    // Gemini answers with a list of one in places.
    const object: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
    return typeof object === 'object' && object !== null && !Array.isArray(object) ? (object as JsonObject) : undefined
  } catch {
    return undefined
  }
}
