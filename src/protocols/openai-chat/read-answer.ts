import type { AnswerEvent, Stop } from '../../canon/answer.ts'
import type { JsonObject, Source } from '../../canon/codec.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { errorText } from '../answer-format.ts'
import { isObject, objectOf, objectsOf, textOf } from '../json.ts'
import { type Known, learn, nothingKnown } from '../known.ts'
import { failureOf } from './parse-error.ts'
import { readDelta } from './read-delta.ts'
import { createCalls } from './read-calls.ts'
import { readLogprobs } from './read-logprobs.ts'
import { createProse } from './read-prose.ts'
import { FAILED_REASONS, stopReasonOf } from './stop-words.ts'
import { openAiChatAnswers } from './stream.ts'

/** Reads the chunks of an answer, of which a whole answer is one. */
export interface AnswerReader {
  push(chunk: JsonObject, name: string): readonly AnswerEvent[]
  /** `isMarked`: the format's own end (`[DONE]`) came, which is an end even without a reason. */
  end(isMarked?: boolean): readonly AnswerEvent[]
}

const CUT_SHORT = fault('stream-broken', 'The provider ended its answer in the middle. What you have is not all of it.')
const NO_CHOICE = fault('upstream-unreadable', 'The provider sent an answer without a choice in it. Try again.')

/** @param isWhole one chunk holds all of the answer: it is complete whether or not it says why it stopped */
export const createAnswerReader = (source: Source, isWhole: boolean): AnswerReader => {
  let out: AnswerEvent[] = []
  let keys = 0
  let started = false
  let over = false
  let refused = false
  let stop: Stop | undefined
  let serviceTier: string | undefined
  const known: Known = nothingKnown()
  const emit = (event: AnswerEvent): void => {
    out.push(event)
  }
  const nextKey = (): number => keys++
  const prose = createProse(emit, nextKey, source.family)
  const calls = createCalls(emit, nextKey, (ordinal) => `call_${source.requestId}_${ordinal}`)

  const taken = (): readonly AnswerEvent[] => {
    const events = out
    out = []
    return events
  }
  const fail = (error: GatewayError): readonly AnswerEvent[] => {
    over = true
    emit({ type: 'error', error })
    return taken()
  }

  const finish = (choice: JsonObject): GatewayError | undefined => {
    const word = textOf(choice.finish_reason)
    if (word === '') return undefined
    if (FAILED_REASONS.has(word.toLowerCase())) return failureOf({ error: choice.error ?? `finish_reason: ${word}` })
    stop ??= stopOf(word, choice)
    prose.close()
    calls.close(stop.reason === 'output-limit' || stop.reason === 'context-full')
    return undefined
  }

  return {
    push(chunk, name) {
      if (over) return []
      const failure = failureIn(chunk, name)
      if (failure) return fail(failure)
      if (!started) emit({ type: 'start', ...headOf(chunk) })
      started = true
      serviceTier = textOf(chunk.service_tier) || serviceTier
      learnUsage(known, chunk)
      const choice = objectsOf(chunk.choices).find(({ index }) => (index ?? 0) === 0)
      if (!choice) return isWhole ? fail(NO_CHOICE) : taken()
      const delta = carried(choice)
      readDelta(delta, readLogprobs(choice.logprobs), { prose, calls, emit })
      refused ||= textOf(delta.refusal) !== ''
      const failed = finish(choice)
      return failed ? fail(failed) : taken()
    },
    end(isMarked = false) {
      if (over) return []
      if (!stop && !isWhole && !(isMarked && started)) return fail(CUT_SHORT)
      over = true
      prose.close()
      calls.close(false)
      if (known.usage) emit({ type: 'usage', usage: known.usage })
      const told = toldStop(stop, refused)
      emit({ type: 'stop', stop: told, ...(serviceTier !== undefined && { serviceTier }) })
      emit({ type: 'end' })
      return taken()
    },
  }
}

/** A delta in a stream, a message in a whole answer. Perplexity sends both; the message repeats. */
const carried = (choice: JsonObject): JsonObject => (isObject(choice.delta) ? choice.delta : objectOf(choice.message))

const learnUsage = (known: Known, chunk: JsonObject): void => {
  const usage = isObject(chunk.usage) ? chunk.usage : objectOf(chunk.x_groq).usage
  if (isObject(usage)) learn(openAiChatAnswers, known, { usage })
}

/** OpenAI ends a refusal like any other answer. */
const toldStop = (stop: Stop | undefined, refused: boolean): Stop =>
  stop?.reason === 'natural' && refused ? { ...stop, reason: 'refusal' } : (stop ?? { reason: 'other' })

const headOf = ({ id, model }: JsonObject): { readonly id?: string; readonly model?: string } => ({
  ...(typeof id === 'string' && id !== '' && { id }),
  ...(typeof model === 'string' && model !== '' && { model }),
})

/** A failure reported inside a success, at the top or on the choice; Groq names the event so and gives it no member. */
const failureIn = (chunk: JsonObject, name: string): GatewayError | undefined => {
  const [choice] = objectsOf(chunk.choices)
  const carrier = [chunk, objectOf(chunk.x_groq), choice ?? {}].find(({ error }) => errorText(error) !== undefined)
  if (carrier) return failureOf({ error: carrier.error })
  return name === 'error' ? failureOf(chunk) : undefined
}

/** vLLM says which of the client's sequences it met. */
const stopOf = (word: string, { stop_reason: met }: JsonObject): Stop => {
  const reason = stopReasonOf(word)
  const isMet = reason === 'natural' && typeof met === 'string' && met !== ''
  return { reason: isMet ? 'stop-sequence' : reason, native: word, ...(isMet && { sequence: met }) }
}
