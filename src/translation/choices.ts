import type { Answer, AnswerEvent } from '../canon/answer.ts'
import type { JsonObject } from '../canon/codec.ts'
import { numberOf, readJson, writeJson } from '../canon/json-text.ts'
import type { Loss } from '../canon/losses.ts'
import type { UpstreamFormat } from '../canon/operation.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import {
  createStreamTranslation,
  gatherAnswer,
  type Lane,
  type StreamTranslation,
  type Translated,
  translateAnswer,
} from './answer.ts'
import { createEventReader } from './events.ts'

/**
 * Several answers to one request, as Chat (`n`) and Gemini (`candidateCount`) give them side by side. Each is translated
 * by itself, as if it were the only one, and put back into its place.
 */
export interface ChoicesTranslation {
  /** An answer that is there to its end; who of the two streams may differ. */
  whole(
    body: Uint8Array,
    streams: { readonly client: boolean; readonly upstream: boolean },
  ): Result<Translated, GatewayError>
  stream(): StreamTranslation
}

/** Who is told of the first answer, which is the one that a conversation goes on with. */
export interface FirstHeard {
  answer(answer: Answer): void
  event(event: AnswerEvent): void
}

export const createChoicesTranslation = (
  lane: Lane,
  eventBytesMax: number,
  heard?: FirstHeard,
): ChoicesTranslation => ({
  whole: (body, streams) => {
    if (streams.upstream) return gathered(lane, body, eventBytesMax, heard)
    return streams.client ? streamed(lane, body, eventBytesMax, heard) : translated(lane, body, heard)
  },
  stream: () => createStream(lane, eventBytesMax, heard),
})

const DONE = '[DONE]'
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]

/** The member that holds the answers. */
const listIn = (format: UpstreamFormat): 'candidates' | 'choices' => (format === 'gemini' ? 'candidates' : 'choices')

const objectsIn = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter((one): one is JsonObject => typeof one === 'object' && one !== null) : []

/** By its number, a body with one answer in it, as its only one. Gemini leaves the number 0 out. */
const split = (format: UpstreamFormat, body: JsonObject, isWhole: boolean): ReadonlyMap<number, JsonObject> => {
  const list = listIn(format)
  const bodies = new Map<number, JsonObject>()
  for (const [at, choice] of objectsIn(body[list]).entries()) {
    const index = numberOf(choice.index) ?? (isWhole ? at : 0)
    bodies.set(index, { ...body, [list]: [{ ...choice, index: 0 }] })
  }
  return bodies.size > 0 ? bodies : new Map([[0, body]])
}

/** The lane of one answer. Ids that are made for it are its own; Gemini's array is framed around all of them. */
const laneOf = (lane: Lane, index: number): Lane => {
  const { source, reversal } = lane
  const requestId = index === 0 ? source.requestId : `${source.requestId}_${index}`
  const wishes = { ...reversal.wishes, streamsArray: false }
  return { ...lane, source: { ...source, requestId }, reversal: { ...reversal, wishes } }
}

const lossesOf = (losses: readonly Loss[], index: number): readonly Loss[] =>
  losses.map(({ pointer, code }) => ({
    pointer: pointer.replace(/^(\/response\/(?:choices|candidates))\/0/, `$1/${index}`),
    code,
  }))

const parsed = (text: string): JsonObject | undefined => {
  try {
    const value = readJson(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

const translated = (lane: Lane, body: Uint8Array, heard?: FirstHeard): Result<Translated, GatewayError> => {
  const value = parsed(decoder.decode(body))
  if (!value) return translateAnswer(lane, body)
  const one = (index: number, part: JsonObject) =>
    translateAnswer(laneOf(lane, index), encoder.encode(writeJson(part)), index === 0 ? heard?.answer : undefined)
  return together(lane, split(lane.upstream.format, value, true), one)
}

/** An answer in one piece where a stream was asked for. */
const streamed = (
  lane: Lane,
  body: Uint8Array,
  eventBytesMax: number,
  heard?: FirstHeard,
): Result<Translated, GatewayError> => {
  const stream = createStream(lane, Math.max(eventBytesMax, body.length + eventOf('').length), heard)
  const value = parsed(decoder.decode(body))
  const list = listIn(lane.upstream.format)
  const numbered = objectsIn(value?.[list]).map((choice, at) => ({ ...choice, index: numberOf(choice.index) ?? at }))
  const event = eventOf(value ? writeJson({ ...value, ...(numbered.length > 0 && { [list]: numbered }) }) : '')
  const text = decoder.decode(stream.push(event)) + decoder.decode(stream.end())
  return stream.failure ? err(stream.failure) : ok({ body: text, losses: stream.losses })
}

/** A stream that was answered where one answer was asked for. */
const gathered = (
  lane: Lane,
  body: Uint8Array,
  eventBytesMax: number,
  heard?: FirstHeard,
): Result<Translated, GatewayError> => {
  const reader = createEventReader(eventBytesMax)
  const texts = new Map<number, string>()
  for (const { data } of [...reader.push(body), ...reader.rest()]) {
    const value = parsed(data)
    const parts = value && split(lane.upstream.format, value, false)
    const isOfAll = !parts || objectsIn(value[listIn(lane.upstream.format)]).length === 0
    for (const index of isOfAll && texts.size > 0 ? texts.keys() : (parts ?? new Map([[0, value]])).keys())
      texts.set(index, `${texts.get(index) ?? ''}data: ${isOfAll ? data : writeJson(parts.get(index))}\n\n`)
  }
  const one = (index: number, text: string) =>
    gatherAnswer(laneOf(lane, index), encoder.encode(text), eventBytesMax, index === 0 ? heard?.answer : undefined)
  return together(lane, texts, one)
}

/** Translates every part, and puts the answers into the body of the first. */
const together = <Part>(
  { client }: Lane,
  parts: ReadonlyMap<number, Part>,
  translate: (index: number, part: Part) => Result<Translated, GatewayError>,
): Result<Translated, GatewayError> => {
  const list = listIn(client.format)
  const [choices, losses]: [JsonObject[], Loss[]] = [[], []]
  let body: JsonObject = {}
  for (const [index, part] of [...parts].toSorted(([one], [other]) => one - other)) {
    const result = translate(index, part)
    if (!result.ok) return result
    const written = parsed(result.value.body) ?? {}
    if (choices.length === 0) body = written
    choices.push(...objectsIn(written[list]).map((choice) => ({ ...choice, index })))
    losses.push(...lossesOf(result.value.losses, index))
  }
  return ok({ body: writeJson({ ...body, [list]: choices }), losses })
}

const createStream = (lane: Lane, eventBytesMax: number, heard?: FirstHeard): StreamTranslation => {
  const reader = createEventReader(eventBytesMax)
  const frames = createFrames(lane)
  const streams = new Map<number, StreamTranslation>()
  let failure: GatewayError | undefined
  let isOver = false

  const streamOf = (index: number): StreamTranslation => {
    const known = streams.get(index)
    if (known) return known
    const made = createStreamTranslation(laneOf(lane, index), eventBytesMax, index === 0 ? heard?.event : undefined)
    streams.set(index, made)
    return made
  }
  /** Does something to one answer's stream, and gives what it tells of it. */
  const told = (index: number, act: (stream: StreamTranslation) => Uint8Array): string => {
    if (isOver) return ''
    const stream = streamOf(index)
    const text = frames.placed(index, decoder.decode(act(stream)))
    failure = stream.failure
    isOver = failure !== undefined
    return text
  }
  const toAll = (act: (stream: StreamTranslation) => Uint8Array): string =>
    [...(streams.size > 0 ? streams.keys() : [0])].map((index) => told(index, act)).join('')
  const finish = (act: (stream: StreamTranslation) => Uint8Array): string => {
    const text = toAll(act)
    if (isOver) return text
    isOver = true
    return text + frames.end()
  }
  const feed = (data: string): string => {
    if (data.trim() === DONE) return finish((stream) => stream.push(eventOf(DONE)))
    const value = parsed(data)
    if (!value || objectsIn(value[listIn(lane.upstream.format)]).length === 0)
      return toAll((stream) => stream.push(eventOf(data)))
    const parts = split(lane.upstream.format, value, false)
    return [...parts].map(([index, part]) => told(index, (one) => one.push(eventOf(writeJson(part))))).join('')
  }

  return {
    push(chunk) {
      const events = reader.push(chunk)
      const text = events.map(({ data }) => feed(data)).join('')
      return encoder.encode(reader.isBroken ? text + told(0, (stream) => stream.fail(TOO_LONG)) : text)
    },
    end() {
      const rest = reader.rest().map(({ data }) => feed(data))
      return encoder.encode(rest.join('') + finish((stream) => stream.end()))
    },
    fail: (error) => encoder.encode(told(0, (stream) => stream.fail(error))),
    get failure() {
      return failure
    },
    get losses() {
      return [...streams].flatMap(([index, stream]) => lossesOf(stream.losses, index))
    },
  }
}

const TOO_LONG = fault(
  'stream-broken',
  'The provider sent an event larger than this gateway takes. The answer ends here.',
)

const eventOf = (data: string): Uint8Array => encoder.encode(`data: ${data}\n\n`)

/** Puts the frames of single answers into one stream: each under its number, the usage once, one end. */
const createFrames = ({ client, reversal }: Lane) => {
  const list = listIn(client.format)
  const inArray = reversal.wishes.streamsArray === true
  const end = client.format === 'gemini' ? '\r\n\r\n' : '\n\n'
  let usage = ''
  let isFirst = true
  const framed = (json: string): string => {
    const text = inArray ? `${isFirst ? '[' : ',\r\n'}${json}` : `data: ${json}${end}`
    isFirst = false
    return text
  }
  const placed = (index: number, data: string): string => {
    const value = data === DONE ? undefined : parsed(data)
    if (!value) return ''
    // What follows an error is nothing, not even the end of an array. A blank line ends what may be open before it.
    if (value.error !== undefined) return inArray ? `${framed(data)}]` : `\n\n${framed(data)}`
    const choices = objectsIn(value[list])
    if (choices.length > 0) return framed(writeJson({ ...value, [list]: choices.map((one) => ({ ...one, index })) }))
    usage = data
    return ''
  }
  return {
    placed: (index: number, text: string): string =>
      text
        .split(/\r?\n/)
        .map((line) => (line.startsWith('data: ') ? placed(index, line.slice('data: '.length)) : ''))
        .join(''),
    end: (): string => {
      const last = usage === '' ? '' : framed(usage)
      if (client.format !== 'gemini') return `${last}data: ${DONE}\n\n`
      return last + (inArray ? (isFirst ? '[]' : ']') : '')
    },
  }
}
