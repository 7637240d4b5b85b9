import type { Answer, StopReason } from '../../src/canon/answer.ts'
import type { Block } from '../../src/canon/blocks.ts'
import type { Codec, Reversal } from '../../src/canon/codec.ts'
import { collect } from '../../src/canon/collect.ts'
import { readJson } from '../../src/canon/json-text.ts'
import type { WireFormat } from '../../src/canon/operation.ts'
import { inputTotal } from '../../src/canon/usage.ts'
import { CODECS } from '../../src/protocols/codecs.ts'
import { createStreamTranslation, type Lane, translateAnswer } from '../../src/translation/answer.ts'
import { createCarriers } from '../../src/translation/carriers.ts'
import { createEventReader } from '../../src/translation/events.ts'
import { createRestorer } from '../../src/translation/restore.ts'
import { type Api, bodyBytes, type Interaction } from '../replay/interaction.ts'
import { judgeStream } from './grammar.ts'

/** The formats of the matrix, and the recorded endpoints that speak them. */
export const FORMATS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const
export type Format = (typeof FORMATS)[number]
const FORMAT_OF: Partial<Record<Api, Format>> = {
  'openai.chat': 'openai-chat',
  'openai.responses': 'openai-responses',
  'anthropic.messages': 'anthropic-messages',
  'gemini.generateContent': 'gemini',
}
export const formatOf = ({ api }: Interaction): Format | undefined => FORMAT_OF[api]

export const FAMILY: Readonly<Record<Format, string>> = {
  'openai-chat': 'vendor',
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  gemini: 'google',
}

export const codecOf = (format: WireFormat): Codec => {
  const codec = CODECS[format]
  if (!codec) throw new Error(`no codec for ${format}`)
  return codec
}

const CARRIERS = createCarriers(Buffer.from('conformance'))
const AT_MS = 1_760_000_000_000
const EVENT_BYTES_MAX = 16 * 1_048_576

const reversalFor = (client: Format): Reversal => ({
  clientFormat: client,
  requestId: 'req_conformance',
  createdAtMs: AT_MS,
  model: 'the-client-says',
  wishes: { includesUsage: true, legacyFunctions: false, echo: {} },
  showsReasoning: true,
  tools: new Map(),
  carriers: CARRIERS,
})

export const laneOf = (upstream: Format, client: Format): Lane => ({
  upstream: codecOf(upstream),
  client: codecOf(client),
  source: { family: FAMILY[upstream], requestId: 'req_conformance' },
  reversal: reversalFor(client),
})

/** What one recorded answer became for a client of one format. */
export interface Outcome {
  /** `passed`: the client reads what the upstream said. `failed`: the upstream reported a failure, and so does the client's answer. */
  readonly kind: 'passed' | 'upstream-error'
  readonly faults: readonly string[]
  readonly losses: readonly string[]
}

/** Runs one recorded answer through the translation, and reads the result as the client would. */
export const runAnswer = (interaction: Interaction, client: Format): Outcome => {
  const upstream = formatOf(interaction)
  if (!upstream) throw new Error(`${interaction.id} is no conversation`)
  const lane = laneOf(upstream, client)
  const bytes = bodyBytes(interaction)
  return interaction.stream ? runStream(lane, client, bytes) : runWhole(lane, client, bytes)
}

const runWhole = (lane: Lane, client: Format, bytes: Uint8Array): Outcome => {
  const value = readJson(new TextDecoder().decode(bytes))
  const object = (Array.isArray(value) ? value[0] : value) as Record<string, unknown>
  const said = lane.upstream.parseResponse(object, lane.source)
  const translated = translateAnswer(lane, bytes)
  if (!translated.ok) {
    const faults = hasFailed(said, client) ? [] : [`refused: ${translated.error.message}`]
    return { kind: 'upstream-error', faults, losses: [] }
  }
  const heard = codecOf(client).parseResponse(readJson(translated.value.body) as Record<string, unknown>, {
    family: FAMILY[client],
    requestId: 'req_heard',
  })
  return {
    kind: 'passed',
    faults: differences(restored(said), heard, client),
    losses: translated.value.losses.map(({ pointer, code }) => `${pointer};${code}`),
  }
}

/** Formats without a word for a call that nobody can read: to their clients such an answer is a failure. */
const FAILS_MALFORMED: ReadonlySet<Format> = new Set(['openai-chat', 'anthropic-messages'])

const hasFailed = ({ error, stop }: Answer, client: Format): boolean =>
  error !== undefined || (stop.reason === 'malformed-call' && FAILS_MALFORMED.has(client))

const restored = (answer: Answer): Answer => {
  const calls = answer.blocks.some(({ kind }) => kind === 'tool-call')
  const restore = createRestorer({ tools: new Map() })
  if (calls) restore({ type: 'open', key: 0, opening: { kind: 'tool-call', id: '', name: '', form: 'function' } })
  const [event] = restore({ type: 'stop', stop: answer.stop })
  return event?.type === 'stop' ? { ...answer, stop: event.stop } : answer
}

/** Bytes of a rendered stream, and the failure that ended it. */
export const translateStream = (lane: Lane, bytes: Uint8Array, size: number) => {
  const translation = createStreamTranslation(lane, EVENT_BYTES_MAX)
  const out: Uint8Array[] = []
  for (let from = 0; from < bytes.length; from += size) out.push(translation.push(bytes.subarray(from, from + size)))
  out.push(translation.end())
  return { text: Buffer.concat(out).toString('utf8'), failure: translation.failure, losses: translation.losses }
}

/** Reads a stream's bytes with a codec, as an upstream's. */
export const readStream = (format: Format, bytes: Uint8Array): Answer => {
  const reader = createEventReader(EVENT_BYTES_MAX)
  const parser = codecOf(format).parseStream({ family: FAMILY[format], requestId: 'req_heard' })
  const all = [...reader.push(bytes), ...reader.rest()]
  const marked = all.findIndex(({ data }) => data.trim() === '[DONE]')
  const events = marked === -1 ? all : all.slice(0, marked)
  const parsed = events.flatMap(({ name, data }) => parser.push(readJson(data) as Record<string, unknown>, name))
  return collect([...parsed, ...parser.end(marked !== -1)].flatMap(createRestorer({ tools: new Map() })))
}

const runStream = (lane: Lane, client: Format, bytes: Uint8Array): Outcome => {
  const said = readStream(lane.upstream.format as Format, bytes)
  const { text, failure, losses } = translateStream(lane, bytes, bytes.length)
  const verdict = judgeStream[client]?.(text) ?? { faults: [`no grammar for ${client}`], end: 'none' }
  const faults = [...verdict.faults]
  const declared = losses.map(({ pointer, code }) => `${pointer};${code}`)
  if (failure) {
    if (!hasFailed(said, client)) faults.push(`ended in an error: ${failure.message}`)
    if (verdict.end !== 'error') faults.push(`the client sees ${verdict.end} where the upstream failed`)
    return { kind: 'upstream-error', faults, losses: declared }
  }
  if (verdict.end !== 'success') faults.push(`the client sees ${verdict.end}`)
  return {
    kind: 'passed',
    faults: [...faults, ...differences(said, readStream(client, Buffer.from(text)), client)],
    losses: declared,
  }
}

const textOf = (blocks: readonly Block[], kinds: readonly Block['kind'][]): string =>
  blocks.map((block) => (kinds.includes(block.kind) && 'text' in block ? block.text : '')).join('')

const callsOf = ({ blocks }: Answer): readonly string[] =>
  blocks.flatMap((block) =>
    block.kind === 'tool-call' ? [`${block.name}(${compact(block.arguments, block.form)})`] : [],
  )

/** Answers whose last call may have been cut: formats that carry objects cannot show half of one, and nobody may run it. */
const CUTTING: ReadonlySet<StopReason> = new Set(['output-limit', 'context-full', 'malformed-call'])

/** Arguments compare as JSON values: formats that carry objects lose white space, which means nothing. */
const compact = (text: string, form: 'function' | 'custom'): string => {
  if (form === 'custom') return JSON.stringify({ input: text })
  try {
    return JSON.stringify(readJson(text === '' || text === 'null' ? '{}' : text))
  } catch {
    return text
  }
}

/** Stop reasons that a format cannot tell apart, by what they become in it. */
const SAME: Readonly<Record<Format, Partial<Record<StopReason, StopReason>>>> = {
  'openai-chat': {
    'stop-sequence': 'natural',
    'context-full': 'output-limit',
    refusal: 'filter',
    paused: 'natural',
    compaction: 'natural',
    other: 'natural',
  },
  'openai-responses': {
    'stop-sequence': 'natural',
    'context-full': 'output-limit',
    refusal: 'filter',
    paused: 'output-limit',
    compaction: 'natural',
    other: 'natural',
    'malformed-call': 'other',
  },
  'anthropic-messages': { filter: 'refusal', other: 'natural' },
  gemini: {
    'stop-sequence': 'natural',
    'tool-calls': 'natural',
    'context-full': 'output-limit',
    refusal: 'filter',
    paused: 'natural',
  },
}

const stopFor = (client: Format, reason: StopReason): StopReason => SAME[client][reason] ?? reason

const inOneLine = (text: string): string => text.replace(/\s+/g, '')

/** What the client hears differently from what the upstream said, in words. */
const differences = (said: Answer, heard: Answer, client: Format): readonly string[] => {
  const faults: string[] = []
  const compare = (what: string, one: unknown, other: unknown): void => {
    if (JSON.stringify(one) !== JSON.stringify(other))
      faults.push(`${what}: ${JSON.stringify(one)?.slice(0, 120)} became ${JSON.stringify(other)?.slice(0, 120)}`)
  }
  compare('text', textOf(said.blocks, ['text', 'refusal']), textOf(heard.blocks, ['text', 'refusal']))
  if (!CUTTING.has(said.stop.reason)) compare('calls', callsOf(said), callsOf(heard))
  // Where a format has one text for all reasoning, its paragraphs are joined.
  compare('reasoning', inOneLine(textOf(said.blocks, ['reasoning'])), inOneLine(textOf(heard.blocks, ['reasoning'])))
  if (said.stop.reason !== 'malformed-call')
    compare('stop', stopFor(client, said.stop.reason), stopFor(client, heard.stop.reason))
  if (said.usage) {
    const { usage } = said
    // Anthropic's totals never go down, and some vendors tell more at the start of a stream than at its end.
    const heardInput = heard.usage ? inputTotal(heard.usage) : -1
    if (client !== 'anthropic-messages' || heardInput < inputTotal(usage))
      compare('input tokens', inputTotal(usage), heardInput)
    compare('cached tokens', usage.cacheRead, heard.usage?.cacheRead)
    compare(
      'output tokens',
      usage.output + usage.outputAudio,
      heard.usage && heard.usage.output + heard.usage.outputAudio,
    )
    compare('reasoning tokens', usage.reasoning, heard.usage?.reasoning)
  }
  return faults
}
