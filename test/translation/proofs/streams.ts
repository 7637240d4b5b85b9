import type { Answer, AnswerEvent } from '../../../src/canon/answer.ts'
import type { JsonObject, Reversal } from '../../../src/canon/codec.ts'
import { collect } from '../../../src/canon/collect.ts'
import { readJson, writeJson } from '../../../src/canon/json-text.ts'
import { createStreamTranslation, type Lane } from '../../../src/translation/answer.ts'
import { createEventReader } from '../../../src/translation/events.ts'
import { CARRIERS, codecFor, FAMILY, type Format } from './lanes.ts'

const EVENT_BYTES_MAX = 1_048_576

const reversalFor = (format: Format, requestId: string): Reversal => ({
  clientFormat: format,
  requestId,
  createdAtMs: 1_760_000_000_000,
  model: 'the-model',
  wishes: { includesUsage: true, legacyFunctions: false, echo: {} },
  showsReasoning: true,
  tools: new Map(),
  carriers: CARRIERS,
})

export const laneOf = (upstream: Format, client: Format): Lane => ({
  upstream: codecFor(upstream),
  client: codecFor(client),
  source: { family: FAMILY[upstream], requestId: 'req_proof' },
  reversal: reversalFor(client, 'req_proof'),
})

/** The bytes that an upstream of a format streams. */
export const streamed = (format: Format, events: readonly AnswerEvent[]): Buffer => {
  const renderer = codecFor(format).renderStream(reversalFor(format, 'req_upstream'))
  return Buffer.from(events.map((event) => renderer.push(event)).join(''))
}

/** The bytes that it answers with otherwise. */
export const whole = (format: Format, events: readonly AnswerEvent[]): Buffer => {
  const { body } = codecFor(format).renderResponse(collect(events), reversalFor(format, 'req_upstream'))
  return Buffer.from(writeJson(body))
}

/** What comes of a stream, its bytes given in chunks. */
export const translate = (lane: Lane, chunks: Iterable<Uint8Array>): string => {
  const translation = createStreamTranslation(lane, EVENT_BYTES_MAX)
  const out: Uint8Array[] = []
  for (const chunk of chunks) out.push(translation.push(chunk))
  out.push(translation.end())
  return Buffer.concat(out).toString('utf8')
}

export function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

/** What a client of a format reads in a stream. */
export const heardStream = (format: Format, text: string): Answer => {
  const reader = createEventReader(EVENT_BYTES_MAX)
  const parser = codecFor(format).parseStream({ family: FAMILY[format], requestId: 'req_heard' })
  const events = [...reader.push(Buffer.from(text)), ...reader.rest()].filter(({ data }) => data !== '[DONE]')
  const parsed = events.flatMap(({ name, data }) => parser.push(readJson(data) as JsonObject, name))
  return collect([...parsed, ...parser.end()])
}

/** What it reads in an answer that does not stream. */
export const heardWhole = (format: Format, body: string): Answer =>
  codecFor(format).parseResponse(readJson(body) as JsonObject, { family: FAMILY[format], requestId: 'req_heard' })
