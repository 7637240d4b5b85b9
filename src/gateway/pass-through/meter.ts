import { bufferOf } from '../../bytes.ts'
import type { Observation } from '../../canon/protocol.ts'
import { NO_USAGE } from '../../canon/usage.ts'
import { isObject, type JsonObject, objectOf, parseJson } from '../../protocols/json.ts'
import { storableUsage } from '../../protocols/raw-usage.ts'
import { createGathering } from '../../streams/gathering.ts'
import { readSseEvent, sseFraming } from '../../streams/sse.ts'
import { tokens } from '../../units.ts'
import { mergeUsages, readAnyUsage, textsIn, usageIn } from './usage.ts'

/** Watches an answer of which nothing is known but that it is passing. */
export interface Meter {
  push(chunk: Uint8Array): void
  /** What it turned out to be. `isWhole`: the upstream has ended it as it should. */
  observe(isWhole: boolean): Observation
  /** Text of it, for counting where no usage was told. */
  delivered(): string
}

export interface MeterOptions {
  readonly eventBytesMax: number
  readonly deliveredBytesMax: number
  /** The most that the model writes. */
  readonly outputTokensMax: number
  /** What the request usually comes to. */
  readonly inputTokens: number
}

/** What a whole JSON answer says it used. One without a usage is estimated. */
export const observeJson = (body: Uint8Array): Observation => {
  const value = parseJson(bufferOf(body).toString('utf8'))
  const raw = isObject(value) ? usageIn(value) : undefined
  const usage = raw && readAnyUsage(raw)
  const tier = serviceTierIn(isObject(value) ? value : {}, raw)
  return {
    usage,
    rawUsage: raw === undefined ? undefined : storableUsage(raw),
    terminal: usage !== undefined,
    contentSeen: true,
    error: undefined,
    ...(tier !== undefined && { serviceTier: tier }),
  }
}

const serviceTierIn = (value: JsonObject, raw: JsonObject | undefined): string | undefined =>
  [value.service_tier, objectOf(value.response).service_tier, raw?.service_tier].find(
    (tier): tier is string => typeof tier === 'string',
  )

/** The text of a whole JSON answer. */
export const textOfJson = (body: Uint8Array, max: number): string =>
  textsIn(parseJson(bufferOf(body).toString('utf8')), max)

/** Watches a stream of server-sent events, whoever's they are. */
export const createEventMeter = ({ eventBytesMax, deliveredBytesMax }: MeterOptions): Meter => {
  const framing = sseFraming()
  const gathering = createGathering()
  let raw: JsonObject | undefined
  let tier: string | undefined
  let text = ''
  let contentSeen = false
  let ended = false
  let oversized = false

  const inspect = (bytes: Buffer): void => {
    const { data } = readSseEvent(bytes)
    if (data === undefined || data === '') return
    contentSeen = true
    if (data === '[DONE]') ended = true
    const value = parseJson(data)
    if (!isObject(value)) return
    const usage = usageIn(value)
    if (usage) raw = mergeUsages(raw, usage)
    tier = serviceTierIn(value, usage) ?? tier
    if (value.type === 'message_stop' || ENDS.test(String(value.type))) ended = true
    // An end repeats what its deltas said.
    else if (text.length < deliveredBytesMax) text += textsIn(value, deliveredBytesMax - text.length)
  }

  return {
    push(chunk) {
      const bytes = bufferOf(chunk)
      let from = 0
      for (let end = framing.next(bytes, 0); end !== -1; end = framing.next(bytes, from)) {
        if (gathering.length() > 0) gathering.append(bytes.subarray(from, end))
        const event = gathering.length() > 0 ? gathering.take() : bytes.subarray(from, end)
        if (!oversized && event.length <= eventBytesMax) inspect(event)
        oversized = false
        from = end
      }
      if (from === bytes.length) return
      if (!oversized) gathering.append(bytes.subarray(from))
      if (gathering.length() > eventBytesMax) {
        gathering.take()
        oversized = true
      }
    },
    observe(isWhole) {
      const usage = raw && readAnyUsage(raw)
      // Anthropic tells the input at the start: without the end, the rest of it is missing.
      const isFinal = usage !== undefined && (ended || (isWhole && raw?.total_tokens !== undefined))
      const isComplete = isFinal || (isWhole && usage !== undefined && raw?.input_tokens === undefined)
      return {
        usage,
        rawUsage: raw === undefined ? undefined : storableUsage(raw),
        terminal: isComplete,
        contentSeen,
        error: undefined,
        ...(tier !== undefined && { serviceTier: tier }),
      }
    },
    delivered: () => text,
  }
}

const ENDS = /^response\.(?:completed|incomplete|failed)$/

/** A page of a document is some 100 KB of base64 and 2,000 tokens; sound and pictures are no denser. */
const BYTES_PER_TOKEN = 37.5

/** Weighs what is neither JSON nor events: its tokens are reckoned by its size, for nobody tells them. */
export const createWeight = ({ outputTokensMax, inputTokens }: MeterOptions): Meter => {
  let bytes = 0
  return {
    push(chunk) {
      bytes += chunk.length
    },
    observe: () => {
      const output = tokens(Math.min(outputTokensMax, Math.ceil(bytes / BYTES_PER_TOKEN)))
      const usage = { ...NO_USAGE, input: tokens(inputTokens), output }
      return { usage, rawUsage: undefined, terminal: false, contentSeen: bytes > 0, error: undefined }
    },
    delivered: () => '',
  }
}

/** Nothing is metered: what was passed on is whole when it has ended. */
export const createNoMeter = (): Meter => ({
  push: () => {},
  observe: () => ({ usage: NO_USAGE, rawUsage: undefined, terminal: true, contentSeen: true, error: undefined }),
  delivered: () => '',
})
