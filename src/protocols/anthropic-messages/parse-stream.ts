import type { AnswerEvent, Stop } from '../../canon/answer.ts'
import type { JsonObject, Source, StreamParser } from '../../canon/codec.ts'
import { fault } from '../../errors.ts'
import { isObject, objectOf, objectsOf, textOf } from '../json.ts'
import { readTier } from './message-usage.ts'
import { parseError } from './parse-error.ts'
import { createReadBlock, type ReadBlock } from './read-block.ts'
import { readStop } from './stop-reasons.ts'
import { mergeUsage, readContextUsage } from './usage.ts'

type Events = readonly AnswerEvent[]

const TRUNCATED = 'The provider ended its answer before it was complete. Try again.'
const SPLICED = 'The provider began a second answer inside the first. Try again.'

/** Reads one stream of the Messages API, or a whole message as the stream that would tell it. */
export const parseStream = (source: Source): StreamParser => new MessageReader(source)

class MessageReader implements StreamParser {
  readonly #source: Source
  readonly #open = new Map<number, ReadBlock>()
  /** A call whose block has ended, held until it is known whether the output limit ended it. */
  #waiting: ReadBlock | undefined
  #id: string | undefined
  #started = false
  #over = false
  #usage: JsonObject = {}
  #stop: Stop = { reason: 'other' }
  #keys = 0

  constructor(source: Source) {
    this.#source = source
  }

  push(event: JsonObject, name: string): Events {
    return this.#over ? [] : this.#read(event, textOf(event.type) || name)
  }

  end(): Events {
    return this.#over ? [] : this.#fail(TRUNCATED)
  }

  #read(event: JsonObject, type: string): Events {
    const index = typeof event.index === 'number' ? event.index : 0
    switch (type) {
      case 'message_start':
        return this.#begin(objectOf(event.message))
      case 'content_block_start':
        return this.#openBlock(index, objectOf(event.content_block))
      case 'content_block_delta':
        return this.#open.get(index)?.delta(objectOf(event.delta)) ?? []
      case 'content_block_stop':
        return this.#closeBlock(index)
      case 'message_delta':
        return this.#change(event)
      case 'message_stop':
        return this.#finish()
      case 'message':
        return this.#whole(event)
      case 'ping':
        return [{ type: 'ping' }]
      case 'error':
        this.#over = true
        return [{ type: 'error', error: parseError(200, event) }]
      default:
        return []
    }
  }

  #fail(message: string): Events {
    this.#over = true
    return [{ type: 'error', error: fault('stream-broken', message) }]
  }

  #begin(message: JsonObject): Events {
    if (this.#started) return message.id === this.#id ? [] : this.#fail(SPLICED)
    this.#started = true
    this.#id = typeof message.id === 'string' ? message.id : undefined
    this.#usage = objectOf(message.usage)
    const known = readContextUsage(this.#usage)
    return [
      {
        type: 'start',
        ...(this.#id !== undefined && { id: this.#id }),
        ...(typeof message.model === 'string' && { model: message.model }),
        ...(known && { usage: known }),
      },
    ]
  }

  #openBlock(index: number, value: JsonObject): Events {
    const before = [...this.#settle(false), ...(this.#open.get(index)?.close(false) ?? [])]
    const block = createReadBlock(this.#keys++, value, this.#source)
    this.#open.set(index, block)
    return [...before, ...block.opening]
  }

  #closeBlock(index: number): Events {
    const block = this.#open.get(index)
    this.#open.delete(index)
    if (!block?.mayBeCut()) return block?.close(false) ?? []
    const before = this.#settle(false)
    this.#waiting = block
    return before
  }

  #settle(cut: boolean): Events {
    const events = this.#waiting?.close(cut) ?? []
    this.#waiting = undefined
    return events
  }

  /** Counts are running totals; there may be several such events. */
  #change(event: JsonObject): Events {
    if (isObject(event.usage)) this.#usage = mergeUsage(this.#usage, event.usage)
    const delta = objectOf(event.delta)
    if (typeof delta.stop_reason === 'string') this.#stop = readStop(delta)
    const known = readContextUsage(this.#usage)
    return known ? [{ type: 'usage', usage: known }] : []
  }

  #finish(): Events {
    this.#over = true
    const stop = this.#stop
    const cut = stop.reason === 'output-limit' || stop.reason === 'context-full'
    const left = [...this.#open.values()].flatMap((block) => block.close(cut))
    const serviceTier = readTier(this.#usage)
    const told: AnswerEvent = { type: 'stop', stop, ...(serviceTier !== undefined && { serviceTier }) }
    return [...this.#settle(cut), ...left, told, { type: 'end' }]
  }

  #whole(message: JsonObject): Events {
    return [
      ...this.#begin(message),
      ...objectsOf(message.content).flatMap((block, index) => [
        ...this.#openBlock(index, block),
        ...this.#closeBlock(index),
      ]),
      ...this.#change({ delta: message, usage: message.usage }),
      ...this.#finish(),
    ]
  }
}
