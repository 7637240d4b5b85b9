import type { Answer, AnswerEvent } from '../canon/answer.ts'
import type { Codec, JsonObject, Reversal, Source, StreamParser, UpstreamCodec } from '../canon/codec.ts'
import { collect, play } from '../canon/collect.ts'
import { readJson, writeJson } from '../canon/json-text.ts'
import type { Loss } from '../canon/losses.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import { createEventReader } from './events.ts'
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

/** Translates a whole answer; `heard` is told of it. A failure that the upstream reported inside a success is an error here. */
export const translateAnswer = (
  lane: Lane,
  body: Uint8Array,
  heard: (answer: Answer) => void = () => {},
): Result<Translated, GatewayError> => {
  const answer = readAnswer(lane, body)
  if (!answer.ok) return answer
  heard(answer.value)
  const { body: written, losses } = lane.client.renderResponse(answer.value, lane.reversal)
  return ok({ body: writeJson(written), losses })
}

/** Translates a whole answer for a client that asked for a stream: some upstreams answer so. */
export const streamAnswer = (
  lane: Lane,
  body: Uint8Array,
  heard: (answer: Answer) => void = () => {},
): Result<Translated, GatewayError> => {
  const answer = readAnswer(lane, body)
  if (!answer.ok) return answer
  heard(answer.value)
  const renderer = lane.client.renderStream(lane.reversal)
  let text = ''
  for (const event of play(answer.value)) text += renderer.push(event)
  return ok({ body: text, losses: renderer.losses })
}

const readAnswer = ({ upstream, source, reversal }: Lane, body: Uint8Array): Result<Answer, GatewayError> => {
  const value = parseObject(decoder.decode(body))
  if (!value) return err(UNREADABLE)
  const restore = createRestorer(reversal)
  const answer = collect([...play(upstream.parseResponse(value, source))].flatMap(restore))
  return answer.error ? err(answer.error) : ok(answer)
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
  const reader = createEventReader(eventBytesMax)
  const parser = lane.upstream.parseStream(lane.source)
  const restore = createRestorer(lane.reversal)
  const renderer = lane.client.renderStream(lane.reversal)
  let failure: GatewayError | undefined
  let over = false

  const render = (events: readonly AnswerEvent[]): string => {
    let text = ''
    for (const event of events.flatMap(restore)) {
      if (over) break
      if (event.type === 'error') failure = event.error
      over = event.type === 'error' || event.type === 'end'
      seen(event)
      text += renderer.push(event)
    }
    return text
  }
  const fail = (error: GatewayError): string => render([{ type: 'error', error }])
  const parse = createEventParser(parser)

  return {
    push(chunk) {
      if (over) return EMPTY
      const events = reader.push(chunk)
      if (!events) return encoder.encode(fail(TOO_LONG))
      let text = ''
      for (const { name, data } of events) text += render(parse(name, data))
      return text === '' ? EMPTY : encoder.encode(text)
    },
    end() {
      if (over) return EMPTY
      let text = ''
      for (const { name, data } of reader.rest()) text += render(parse(name, data))
      return encoder.encode(text + render(parser.end()))
    },
    fail: (error) => (over ? EMPTY : encoder.encode(fail(error))),
    get failure() {
      return failure
    },
    get losses() {
      return renderer.losses
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
