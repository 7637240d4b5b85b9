import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject, Source, StreamParser } from '../../canon/codec.ts'
import { numberOf } from '../../canon/json-text.ts'
import { fault } from '../../errors.ts'
import { objectOf, objectsOf, textOf } from '../json.ts'
import { errorOf, isIncomplete, outcomeOf, type Seen } from './parse-outcome.ts'
import { createItems } from './parse-output.ts'
import type { Sink } from './parse-output-item.ts'

const BROKEN = fault('stream-broken', 'The provider’s stream ended before its answer did.')
const PING: AnswerEvent = { type: 'ping' }
const PREFIX = 'response.'
/** Signs of life of a tool that the vendor runs. */
const AT_WORK = /\.(?:in_progress|searching|interpreting|generating|compacting|completed)$/

/**
 * Reads a Responses stream. Deltas, `done` events and the output of the closing event may each be missing: whatever one of
 * them tells is enough. A response object by itself, as a server that does not stream answers, is read as its own end.
 */
export const parseStream = (source: Source): StreamParser => {
  const pile = createPile(source)
  const items = createItems(pile)
  let hasStarted = false
  let isOver = false

  const start = (response: JsonObject): void => {
    if (hasStarted) pile.emit(PING)
    else pile.emit({ type: 'start', ...named('id', response.id), ...named('model', response.model) })
    hasStarted = true
  }
  const finish = (response: JsonObject, ended: string): void => {
    if (!hasStarted) start(response)
    isOver = true
    const failed = ended === 'failed' || response.status === 'failed'
    if (!failed) items.settle(objectsOf(response.output), isIncomplete(response, ended) ? 'incomplete' : 'completed')
    for (const event of outcomeOf(response, pile.seen, ended)) pile.emit(event)
  }
  const fail = (told: JsonObject): void => {
    isOver = true
    pile.emit({ type: 'error', error: errorOf(told) })
  }
  const readItem = (name: string, event: JsonObject): void => {
    if (!hasStarted) start({})
    const index = numberOf(event.output_index)
    if (name === 'output_item.added') items.begin(index, objectOf(event.item))
    else if (name === 'output_item.done') items.done(index, objectOf(event.item))
    else if (AT_WORK.test(name)) pile.emit(PING)
    else items.read(name, event)
  }
  const read = (type: string, event: JsonObject): void => {
    const name = type.startsWith(PREFIX) ? type.slice(PREFIX.length) : ''
    if (isWhole(type, event)) finish(event, '')
    else if (isFailure(type, event)) fail(event)
    else if (name === 'completed' || name === 'incomplete' || name === 'failed') finish(objectOf(event.response), name)
    else if (name === 'created' || name === 'queued' || name === 'in_progress') start(objectOf(event.response))
    else if (name !== '') readItem(name, event)
    else if (type === 'keepalive') pile.emit(PING)
  }

  return {
    push(event, name) {
      if (isOver) return []
      read(textOf(event.type) || name, event)
      return pile.take()
    },
    end() {
      if (isOver) return []
      isOver = true
      return [{ type: 'error', error: BROKEN }]
    },
  }
}

const isWhole = (type: string, event: JsonObject): boolean =>
  event.object === 'response' || (type === '' && Array.isArray(event.output))

const isFailure = (type: string, { error }: JsonObject): boolean =>
  type === 'error' || (type === '' && error !== undefined && error !== null)

const named = (name: 'id' | 'model', value: unknown): { readonly [Name in typeof name]?: string } =>
  textOf(value) === '' ? {} : { [name]: textOf(value) }

interface Pile extends Sink {
  readonly seen: Seen
  /** What has been read since it was last taken. */
  take(): readonly AnswerEvent[]
}

const createPile = (source: Source): Pile => {
  let events: AnswerEvent[] = []
  let keys = 0
  const seen = { calls: 0, refusals: 0 }
  return {
    source,
    seen,
    open(opening) {
      const key = keys++
      if (opening.kind === 'tool-call') seen.calls += 1
      if (opening.kind === 'refusal') seen.refusals += 1
      events.push({ type: 'open', key, opening })
      return key
    },
    emit(event) {
      events.push(event)
    },
    newCallId: () => `call_${source.requestId}_${keys}`,
    take() {
      const taken = events
      events = []
      return taken
    },
  }
}
