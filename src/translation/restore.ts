import type { AnswerEvent, Opening, Stop } from '../canon/answer.ts'
import type { Reversal, ToolIdentity } from '../canon/codec.ts'
import { createLosses, type Losses } from '../canon/losses.ts'
import type { WireFormat } from '../canon/operation.ts'
import { fault } from '../errors.ts'
import { createCutter } from './cut.ts'
import { createShapeKeeper } from './held-to-shape.ts'
import { createUnwrapper, type Unwrapper } from './unwrap.ts'

type CallOpening = Extract<Opening, { kind: 'tool-call' }>

/**
 * Gives an answer back the shape the client asked for: calls get the names and forms of the tools it declared, an answer
 * that had to be disguised as a call becomes text again, the stop reason says "tool calls" exactly where calls were made,
 * text ends at the stop sequences that the model was not told of, JSON that the model could only be asked for is looked at,
 * and an answer that ended in a call nobody can read is a failure where the client's format has no word for that. One for
 * each stream. What it had to leave out is declared in `losses`.
 */
export const createRestorer = (
  reversal: Pick<Reversal, 'tools'> & Partial<Reversal>,
  losses: Losses = createLosses(),
): ((event: AnswerEvent) => readonly AnswerEvent[]) => {
  const reshape = createReshaper(reversal, losses)
  const { clientFormat, stops, emulates, wrapsAnswer } = reversal
  const others: ((event: AnswerEvent) => readonly AnswerEvent[])[] = []
  if (stops) others.push(createCutter(stops))
  if (emulates || wrapsAnswer) others.push(createShapeKeeper(reversal))
  if (clientFormat !== undefined && !TELLS_MALFORMED.has(clientFormat)) others.push(failingIfMalformed)
  return (event) => others.reduce((events, step) => events.flatMap(step), reshape(event))
}

/** Gemini stops with `MALFORMED_FUNCTION_CALL`, a response has failed; elsewhere it would look like an ordinary end. */
const TELLS_MALFORMED: ReadonlySet<WireFormat> = new Set(['gemini', 'openai-responses'])

const failingIfMalformed = (event: AnswerEvent): readonly AnswerEvent[] => {
  if (event.type !== 'stop' || event.stop.reason !== 'malformed-call') return [event]
  const message = 'The model made a call that the provider could not read. Try again.'
  const { explanation } = event.stop
  return [{ type: 'error', error: fault('upstream-failed', message, explanation ? { internal: explanation } : {}) }]
}

const createReshaper = (
  { tools, answerTool }: Pick<Reversal, 'tools' | 'answerTool'>,
  losses: Losses,
): ((event: AnswerEvent) => readonly AnswerEvent[]) => {
  const unwrapping = new Map<number, Unwrapper>()
  /** Calls whose arguments so far could become `null`, which some servers write for "none". */
  const nullish = new Map<number, string>()
  let calls = 0

  const open = (key: number, opening: CallOpening): readonly AnswerEvent[] => {
    if (answerTool !== undefined && opening.name === answerTool)
      return [{ type: 'open', key, opening: { kind: 'text' } }]
    calls += 1
    const identity = tools.get(opening.name)
    if (identity?.wrapped && opening.form === 'function') unwrapping.set(key, createUnwrapper())
    else if (opening.form === 'function') nullish.set(key, '')
    return [{ type: 'open', key, opening: identity ? asDeclared(opening, identity) : opening }]
  }

  return (event) => {
    if (event.type === 'open' && event.opening.kind === 'tool-call') return open(event.key, event.opening)
    if (event.type === 'stop') return [{ ...event, stop: stopOf(event.stop, calls) }]
    if (event.type !== 'delta' && event.type !== 'close') return [event]
    const held = nullish.get(event.key)
    if (held !== undefined) return withoutNull(event, held, nullish)
    const unwrapper = unwrapping.get(event.key)
    if (!unwrapper) return [event]
    if (event.type === 'delta') return deltaOf(event.key, unwrapper.push(event.text))
    unwrapping.delete(event.key)
    // A call that was cut has no rest to give.
    const rest = event.cut ? [] : deltaOf(event.key, unwrapper.end())
    if (unwrapper.hasLost) losses.declare('/response', 'unsupported')
    return [...rest, event]
  }
}

/** Arguments are an object or nothing: a `null` is left out, anything else goes on as it came. */
const withoutNull = (
  event: Extract<AnswerEvent, { type: 'delta' | 'close' }>,
  held: string,
  nullish: Map<number, string>,
): readonly AnswerEvent[] => {
  const text = event.type === 'delta' ? held + event.text : held
  if (event.type === 'delta' && 'null'.startsWith(text.trim())) {
    nullish.set(event.key, text)
    return []
  }
  nullish.delete(event.key)
  if (event.type === 'delta') return deltaOf(event.key, text)
  return text.trim() === 'null' ? [event] : [...deltaOf(event.key, text), event]
}

const deltaOf = (key: number, text: string): readonly AnswerEvent[] =>
  text === '' ? [] : [{ type: 'delta', key, text }]

const asDeclared = (opening: CallOpening, { name, namespace, form, typed }: ToolIdentity): CallOpening => ({
  kind: 'tool-call',
  id: opening.id,
  name,
  form,
  ...(namespace !== undefined && { namespace }),
  ...(typed !== undefined && { typed }),
})

/**
 * Gemini stops with `STOP` and some servers with `stop` when they call, and others say `tool_calls` without a call. A
 * limit or a filter is never hidden by a call: it may have cut it.
 */
const stopOf = (stop: Stop, calls: number): Stop => {
  if (calls > 0) return stop.reason === 'natural' || stop.reason === 'other' ? { ...stop, reason: 'tool-calls' } : stop
  return stop.reason === 'tool-calls' ? { ...stop, reason: 'natural' } : stop
}
