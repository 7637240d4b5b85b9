import type { AnswerEvent, Opening, Stop } from '../canon/answer.ts'
import type { Reversal, ToolIdentity } from '../canon/codec.ts'
import { createCutter } from './cut.ts'
import { createUnwrapper, type Unwrapper } from './unwrap.ts'

type CallOpening = Extract<Opening, { kind: 'tool-call' }>

/**
 * Gives an answer back the shape the client asked for: calls get the names and forms of the tools it declared, an answer
 * that had to be disguised as a call becomes text again, the stop reason says "tool calls" exactly where calls were made,
 * and text ends at the stop sequences that the model was not told of. One for each stream.
 */
export const createRestorer = (
  reversal: Pick<Reversal, 'tools' | 'answerTool' | 'stops'>,
): ((event: AnswerEvent) => readonly AnswerEvent[]) => {
  const reshape = createReshaper(reversal)
  if (!reversal.stops) return reshape
  const cut = createCutter(reversal.stops)
  return (event) => reshape(event).flatMap(cut)
}

const createReshaper = ({
  tools,
  answerTool,
}: Pick<Reversal, 'tools' | 'answerTool'>): ((event: AnswerEvent) => readonly AnswerEvent[]) => {
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
    return event.cut ? [event] : [...deltaOf(event.key, unwrapper.end()), event]
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
