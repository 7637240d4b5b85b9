// What translating a stream costs an event, for every pair of formats, beside passing it through: in process, one core.
import type { AnswerEvent } from '../src/canon/answer.ts'
import type { Codec, Reversal } from '../src/canon/codec.ts'
import type { WireFormat } from '../src/canon/operation.ts'
import { NO_USAGE } from '../src/canon/usage.ts'
import { CODECS } from '../src/protocols/codecs.ts'
import { PROTOCOLS } from '../src/protocols/index.ts'
import { createStreamTranslation } from '../src/translation/answer.ts'
import { createCarriers } from '../src/translation/carriers.ts'
import { tokens } from '../src/units.ts'

const FORMATS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const
const FAMILY = {
  'openai-chat': 'vendor',
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  gemini: 'google',
}
const DELTAS = 300
/** Upstreams send some four events a packet. */
const EVENTS_PER_CHUNK = 4

const codecOf = (format: WireFormat): Codec => {
  const codec = CODECS[format]
  if (!codec) throw new Error(`no codec for ${format}`)
  return codec
}

const carriers = createCarriers(Buffer.from('bench'))
const reversalFor = (clientFormat: WireFormat): Reversal => ({
  clientFormat,
  requestId: 'req_bench',
  createdAtMs: 1_760_000_000_000,
  model: 'bench',
  wishes: { includesUsage: true, legacyFunctions: false, echo: {} },
  showsReasoning: true,
  tools: new Map(),
  carriers,
})

/** An answer of some thought, much text and a tool call, in small pieces. */
function* answer(): Generator<AnswerEvent> {
  const usage = { ...NO_USAGE, input: tokens(2_000), output: tokens(700) }
  yield { type: 'start', id: 'a', model: 'bench', usage }
  yield { type: 'open', key: 0, opening: { kind: 'reasoning' } }
  for (let piece = 0; piece < DELTAS / 5; piece += 1) yield { type: 'delta', key: 0, text: ' considering it' }
  yield { type: 'close', key: 0 }
  yield { type: 'open', key: 1, opening: { kind: 'text' } }
  for (let piece = 0; piece < DELTAS; piece += 1) yield { type: 'delta', key: 1, text: ` word ${piece}` }
  yield { type: 'close', key: 1 }
  const call = { kind: 'tool-call', id: 'call_1', name: 'write_file', form: 'function' } as const
  yield { type: 'open', key: 2, opening: call }
  yield { type: 'delta', key: 2, text: '{"path":"a.txt","lines":[' }
  for (let piece = 0; piece < DELTAS / 5; piece += 1) yield { type: 'delta', key: 2, text: `"line ${piece}",` }
  yield { type: 'delta', key: 2, text: '""]}' }
  yield { type: 'close', key: 2 }
  yield { type: 'usage', usage }
  yield { type: 'stop', stop: { reason: 'tool-calls' } }
  yield { type: 'end' }
}

/** The bytes an upstream of this format would send, in chunks. */
const chunksOf = (format: WireFormat): readonly Uint8Array[] => {
  const renderer = codecOf(format).renderStream(reversalFor(format))
  const events = [...answer()].map((event) => renderer.push(event)).filter((text) => text !== '')
  const chunks: Uint8Array[] = []
  for (let from = 0; from < events.length; from += EVENTS_PER_CHUNK)
    chunks.push(Buffer.from(events.slice(from, from + EVENTS_PER_CHUNK).join('')))
  return chunks
}

const countEvents = (chunks: readonly Uint8Array[]): number =>
  Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)))
    .toString()
    .split(/\r?\n\r?\n/).length - 1

interface Timed {
  readonly microsAnEvent: number
  readonly firstMicros: number
}

/** The median of many runs: what one stream costs an event, and how long until its first bytes are there. */
const time = (events: number, run: () => number): Timed => {
  const runs: { readonly all: number; readonly first: number }[] = []
  for (let round = 0; round < 400; round += 1) {
    const startedAt = performance.now()
    const firstAt = run()
    runs.push({ all: performance.now() - startedAt, first: firstAt - startedAt })
  }
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length / 2] ?? 0
  return {
    microsAnEvent: (median(runs.map(({ all }) => all)) * 1_000) / events,
    firstMicros: median(runs.map(({ first }) => first)) * 1_000,
  }
}

const translateOnce = (upstream: WireFormat, client: WireFormat, chunks: readonly Uint8Array[]): number => {
  const family = FAMILY[upstream as keyof typeof FAMILY]
  const lane = {
    upstream: codecOf(upstream),
    client: codecOf(client),
    source: { family, requestId: 'req_bench' },
    reversal: reversalFor(client),
  }
  const translation = createStreamTranslation(lane, 1_000_000)
  let firstAt = 0
  for (const chunk of chunks) {
    const out = translation.push(chunk)
    if (firstAt === 0 && out.length > 0) firstAt = performance.now()
  }
  translation.end()
  return firstAt
}

const passOnce = (format: WireFormat, chunks: readonly Uint8Array[]): number => {
  const tap = PROTOCOLS[format].tap({
    withholdUsage: false,
    wholeEvents: true,
    eventBytesMax: 1_000_000,
    deliveredBytesMax: 1_000_000,
  })
  let firstAt = 0
  for (const chunk of chunks) {
    tap.push(chunk)
    if (firstAt === 0) firstAt = performance.now()
  }
  tap.rest()
  return firstAt
}

/** The rows of the table: an upstream's format, and for each client's format what an event costs. */
export const translationRows = (): readonly string[] => [
  '| upstream | passed through | to a Chat client | to a Responses client | to a Messages client | to a Gemini client |',
  '|---|---|---|---|---|---|',
  ...FORMATS.map((upstream) => {
    const chunks = chunksOf(upstream)
    const events = countEvents(chunks)
    const write = ({ microsAnEvent, firstMicros }: Timed): string =>
      `${microsAnEvent.toFixed(1)} (${firstMicros.toFixed(0)})`
    const passed = write(time(events, () => passOnce(upstream, chunks)))
    const cells = FORMATS.map((client) =>
      client === upstream ? '–' : write(time(events, () => translateOnce(upstream, client, chunks))),
    )
    return `| ${upstream} | ${passed} | ${cells.join(' | ')} |`
  }),
]

if (import.meta.main) for (const row of translationRows()) console.log(row)
