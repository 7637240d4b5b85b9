import type { AnswerEvent, Stop } from '../../canon/answer.ts'
import type { TokenLogprob } from '../../canon/blocks.ts'
import type { JsonObject, Source, StreamParser } from '../../canon/codec.ts'
import { numberOf } from '../../canon/json-text.ts'
import { type GatewayError, fault } from '../../errors.ts'
import { isObject, objectsOf, textOf } from '../json.ts'
import { blockOf, stopOf } from './finish.ts'
import { type CitedText, citationsOf } from './grounding.ts'
import { logprobsOf } from './logprobs.ts'
import { parseError } from './parse-error.ts'
import { type PartReader, createPartReader } from './read-parts.ts'
import { readUsage } from './usage.ts'

/** Reads the chunks of `streamGenerateContent`. One without a finish reason or a block reason broke off. */
export const parseStream = (source: Source): StreamParser => createParser(source, false)

const BROKEN = 'The provider broke the answer off before its end. Try again.'
const UNREADABLE = 'The provider sent an answer without anything in it. Try again.'

interface State {
  readonly reader: PartReader
  /** Citations that were told already: later chunks repeat them. */
  readonly cited: Set<string>
  started: boolean
  isOver: boolean
  answered: boolean
  stop: Stop | undefined
  serviceTier: string | undefined
  rawUsage: JsonObject | undefined
  usageTold: JsonObject | undefined
}

/** `whole`: the chunk is an unary answer, which arrived whole even where it does not say why it ended. */
export const createParser = (source: Source, whole: boolean): StreamParser => {
  const state: State = {
    reader: createPartReader(source),
    cited: new Set(),
    started: false,
    isOver: false,
    answered: false,
    stop: undefined,
    serviceTier: undefined,
    rawUsage: undefined,
    usageTold: undefined,
  }
  return {
    push: (chunk) => (state.isOver ? [] : readChunk(state, chunk)),
    end() {
      if (state.isOver) return []
      const isWhole = whole && (state.answered || state.rawUsage !== undefined)
      const stop = state.stop ?? (isWhole ? { reason: 'other' as const } : undefined)
      if (!stop) return fail(state, whole ? fault('upstream-unreadable', UNREADABLE) : fault('stream-broken', BROKEN))
      const { serviceTier } = state
      state.isOver = true
      return [
        ...state.reader.close(),
        ...usageEvents(state),
        { type: 'stop', stop, ...(serviceTier !== undefined && { serviceTier }) },
        { type: 'end' },
      ]
    },
  }
}

const readChunk = (state: State, chunk: JsonObject): readonly AnswerEvent[] => {
  if (isObject(chunk.usageMetadata)) {
    // Placeholders count nothing: the last real count stays.
    if (readUsage(chunk.usageMetadata)) state.rawUsage = chunk.usageMetadata
    state.serviceTier = tierOf(chunk.usageMetadata.trafficType) ?? state.serviceTier
  }
  const events: AnswerEvent[] = [...startEvents(state, chunk)]
  if (chunk.error !== undefined && chunk.error !== null) return [...events, ...fail(state, parseError(200, chunk))]
  const candidate = objectsOf(chunk.candidates).find(({ index }) => (numberOf(index) ?? 0) === 0)
  if (candidate) {
    state.answered = true
    const parts = isObject(candidate.content) ? objectsOf(candidate.content.parts) : []
    const texts = parts.map((part) => state.reader.read(part, events))
    weigh(logprobsOf(candidate.logprobsResult), texts, events)
    cite(state, candidate.groundingMetadata, texts, events)
    state.stop = stopOf(candidate) ?? state.stop
  }
  state.stop ??= blockOf(chunk.promptFeedback)
  return events
}

const startEvents = (state: State, chunk: JsonObject): readonly AnswerEvent[] => {
  if (state.started) return []
  state.started = true
  const id = textOf(chunk.responseId)
  const model = textOf(chunk.modelVersion)
  const usage = state.rawUsage && readUsage(state.rawUsage)
  if (usage) state.usageTold = state.rawUsage
  return [{ type: 'start', ...(id && { id }), ...(model && { model }), ...(usage && { usage }) }]
}

const usageEvents = (state: State): readonly AnswerEvent[] => {
  const usage = state.rawUsage !== state.usageTold && state.rawUsage ? readUsage(state.rawUsage) : undefined
  state.usageTold = state.rawUsage
  return usage ? [{ type: 'usage', usage }] : []
}

const fail = (state: State, error: GatewayError): readonly AnswerEvent[] => {
  state.isOver = true
  return [...usageEvents(state), { type: 'error', error }]
}

/** The tokens of a chunk go with the last text in it. */
const weigh = (
  logprobs: readonly TokenLogprob[],
  texts: readonly (CitedText | undefined)[],
  events: AnswerEvent[],
): void => {
  const key = texts.findLast((text) => text !== undefined)?.key
  const at = events.findLastIndex((event) => event.type === 'delta' && event.key === key)
  const event = events[at]
  if (logprobs.length > 0 && event?.type === 'delta') events[at] = { ...event, logprobs }
}

const cite = (
  state: State,
  metadata: unknown,
  parts: readonly (CitedText | undefined)[],
  events: AnswerEvent[],
): void => {
  if (!isObject(metadata)) return
  for (const { key, citation } of citationsOf(metadata, parts, state.reader.texts())) {
    const name = JSON.stringify([key, citation])
    if (state.cited.has(name)) continue
    state.cited.add(name)
    state.reader.cite(key, citation, events)
  }
}

const TIERS: Readonly<Record<string, string>> = {
  ON_DEMAND: 'default',
  ON_DEMAND_PRIORITY: 'priority',
  ON_DEMAND_FLEX: 'flex',
  PROVISIONED_THROUGHPUT: 'scale',
}
const TIER_NUMBERS: readonly (string | undefined)[] = [undefined, 'default', 'scale']

/** How the request was served, in OpenAI's words. */
const tierOf = (traffic: unknown): string | undefined => TIER_NUMBERS[numberOf(traffic) ?? 0] ?? TIERS[textOf(traffic)]
