import type { Answer, AnswerEvent } from '../../../src/canon/answer.ts'
import type { JsonObject } from '../../../src/canon/codec.ts'
import { collect } from '../../../src/canon/collect.ts'
import { readJson, writeJson } from '../../../src/canon/json-text.ts'
import type { Lane } from '../../../src/translation/answer.ts'
import { createEventReader } from '../../../src/translation/events.ts'
import { createRestorer } from '../../../src/translation/restore.ts'
import { type Json, objectOf } from '../../translation/frames.ts'

const EVENT_BYTES_MAX = 16 * 1_048_576

/** The answer that an upstream's stream tells, as its client is given it in one piece. */
export interface Whole {
  readonly body: Json
  /** There is no success to tell. */
  readonly failed: boolean
  /** Calls or images, and what is none, were told in pieces between each other. */
  readonly overlaps: boolean
}

export const wholeIn = (lane: Lane, bytes: Uint8Array): Whole => {
  const events = eventsIn(lane, bytes).flatMap(createRestorer(lane.reversal))
  return { ...written(lane, collect(events)), overlaps: overlaps(events) }
}

const written = ({ client, reversal }: Lane, answer: Answer): Omit<Whole, 'overlaps'> => {
  const body = objectOf(JSON.parse(writeJson(client.renderResponse(answer, reversal).body)))
  return { body, failed: answer.error !== undefined || body.status === 'failed' }
}

const eventsIn = ({ upstream, source }: Lane, bytes: Uint8Array): readonly AnswerEvent[] => {
  const reader = createEventReader(EVENT_BYTES_MAX)
  const parser = upstream.parseStream(source)
  const all = [...(reader.push(bytes) ?? []), ...reader.rest()].filter(({ data }) => data !== '')
  const marked = all.findIndex(({ data }) => data.trim() === '[DONE]')
  const events = (marked === -1 ? all : all.slice(0, marked)).flatMap(({ name, data }) => {
    const value = readJson(data)
    return parser.push((Array.isArray(value) ? value[0] : value) as JsonObject, name)
  })
  return [...events, ...parser.end(marked !== -1)]
}

const overlaps = (events: readonly AnswerEvent[]): boolean => {
  const open = new Set<number>()
  const calls = new Set<number>()
  let last: number | undefined
  for (const event of events) {
    const isAnyCallOpen = [...calls].some((key) => open.has(key))
    if (event.type === 'whole' && open.size > 0) return true
    if (!('key' in event)) continue
    if (event.type === 'close') open.delete(event.key)
    else if (event.type === 'open') {
      open.add(event.key)
      last = event.key
      if (event.opening.kind === 'tool-call') calls.add(event.key)
      else if (isAnyCallOpen) return true
    } else if (event.key !== last && !(calls.has(event.key) && last !== undefined && calls.has(last))) return true
  }
  return false
}
