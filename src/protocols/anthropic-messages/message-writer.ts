import type { AnswerEvent, Stop } from '../../canon/answer.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { createLosses, type Loss, type Losses } from '../../canon/losses.ts'
import type { Usage } from '../../canon/usage.ts'
import { createDistinctIds, fitCallId } from '../shared/call-ids.ts'
import { writeUsage } from './message-usage.ts'
import { writeStop } from './stop-reasons.ts'
import {
  type BlockEvent,
  type BlockRules,
  type BlockWriter,
  createBlockWriter,
  type Frame,
  writeWhole,
} from './write-block.ts'

type Written = readonly JsonObject[]
type Whole = Extract<AnswerEvent, { readonly type: 'whole' }>

/** Writes an answer as the events of a Messages stream, not yet framed. Errors and pings are the caller's. */
export interface MessageWriter {
  push(event: AnswerEvent): readonly JsonObject[]
  readonly started: boolean
  readonly losses: readonly Loss[]
}

/** One block in the order it was opened; what comes before its turn waits in `events`. */
interface Place {
  readonly writer: BlockWriter
  readonly events: BlockEvent[]
}

/** @param isWhole the answer is no stream: a block is written when it is closed, and so with its state in front of it */
export const createMessageWriter = (reversal: Reversal, isWhole: boolean): MessageWriter =>
  new Writer(reversal, isWhole)

/**
 * Blocks of a Messages stream never overlap: clients put every event into the last block that was opened. Calls that the
 * upstream tells in parallel are told one after the other, as are blocks that are opened before the last was closed.
 */
class Writer implements MessageWriter {
  readonly #reversal: Reversal
  readonly #isWhole: boolean
  readonly #losses = createLosses()
  readonly #rules: BlockRules
  readonly #held = { calls: false, refusal: false }
  readonly #places = new Map<number, Place>()
  readonly #queue: (Place | Whole)[] = []
  #started = false
  #over = false
  #usage: Usage | undefined
  #stop: Stop = { reason: 'other' }
  #serviceTier: string | undefined

  constructor(reversal: Reversal, isWhole: boolean) {
    this.#reversal = reversal
    this.#isWhole = isWhole
    this.#rules = rulesOf(reversal, this.#losses, () => {
      this.#held.calls = true
    })
  }

  get started(): boolean {
    return this.#started
  }

  get losses(): readonly Loss[] {
    return this.#losses.list
  }

  push(event: AnswerEvent): Written {
    return this.#over ? [] : this.#write(event)
  }

  #write(event: AnswerEvent): Written {
    switch (event.type) {
      case 'start':
        this.#usage = event.usage ?? this.#usage
        return this.#begin(event.id)
      case 'usage':
        this.#usage = event.usage
        return []
      case 'stop':
        this.#stop = event.stop
        this.#serviceTier = event.serviceTier
        return []
      case 'end':
        return [...this.#begin(undefined), ...this.#finish()]
      case 'whole':
        this.#queue.push(event)
        return [...this.#begin(undefined), ...(this.#queue.length === 1 ? this.#advance() : [])]
      case 'ping':
      case 'error':
        return []
      default:
        return [...this.#begin(undefined), ...this.#addToBlock(event)]
    }
  }

  #begin(id: string | undefined): Written {
    if (this.#started) return []
    this.#started = true
    return [{ type: 'message_start', message: emptyMessage(id, this.#reversal, this.#usage) }]
  }

  #addToBlock(event: BlockEvent): Written {
    if (event.type === 'open') {
      if (event.opening.kind === 'refusal') this.#held.refusal = true
      const place = { writer: createBlockWriter(event.opening, this.#rules), events: [] }
      this.#places.set(event.key, place)
      this.#queue.push(place)
      return []
    }
    const place = this.#places.get(event.key)
    if (!place) return []
    place.events.push(event)
    if (event.type === 'close') this.#places.delete(event.key)
    return this.#queue[0] === place && (event.type === 'close' || !this.#isWhole) ? this.#advance() : []
  }

  /** Writes whatever is at the head of the queue, as far as it has come. */
  #advance(): Written {
    const written: JsonObject[] = []
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      if (!('writer' in first)) written.push(...writeWhole(first, this.#rules))
      else {
        const closed = first.events.some((event) => event.type === 'close')
        if (!closed && this.#isWhole) break
        for (const event of stateFirst(first.events.splice(0))) written.push(...first.writer.push(event))
        if (!closed) break
      }
      this.#queue.shift()
    }
    return written
  }

  #finish(): Written {
    this.#over = true
    for (const place of this.#places.values()) place.events.push({ type: 'close', key: 0, cut: true })
    const rest = this.#advance()
    for (const _ of this.#rules.waiting) this.#losses.declare(this.#rules.frame.pointer, 'unsupported')
    const { written, exact } = writeStop(this.#stop, this.#held)
    if (!exact) this.#losses.declare('/response/stop_reason', 'approximated')
    if (!this.#usage) this.#losses.declare('/response/usage', 'added')
    const change = { type: 'message_delta', delta: written, usage: writeUsage(this.#usage, this.#serviceTier) }
    return [...rest, change, { type: 'message_stop' }]
  }
}

/** State that is known by the time a block is written goes first: a call's stands before the call. */
const stateFirst = (events: readonly BlockEvent[]): readonly BlockEvent[] =>
  events.length < 2 ? events : events.toSorted((a, b) => Number(b.type === 'opaque') - Number(a.type === 'opaque'))

const rulesOf = (reversal: Reversal, losses: Losses, called: () => void): BlockRules => ({
  frame: createFrame(),
  losses,
  seal: (opaque) => reversal.carriers.seal(opaque),
  showsReasoning: reversal.showsReasoning,
  omitsReasoning: reversal.wishes.omitsReasoning ?? false,
  callId: createCallIds(reversal.requestId),
  called,
  waiting: [],
})

const createFrame = (): Frame => {
  let next = 0
  let index = 0
  return {
    start(block) {
      index = next++
      return { type: 'content_block_start', index, content_block: block }
    },
    delta: (delta) => ({ type: 'content_block_delta', index, delta }),
    stop: () => ({ type: 'content_block_stop', index }),
    get pointer() {
      return `/response/content/${next}`
    },
  }
}

/** Longer than the ids of any vendor, so that none is replaced for its length. */
const CALL_ID_LENGTH_MAX = 256

const createCallIds = (requestId: string): ((id: string) => string) => {
  const distinct = createDistinctIds()
  let made = 0
  return (id) => distinct(id === '' ? `toolu_${requestId}_${made++}` : fitCallId(id, CALL_ID_LENGTH_MAX, 'plain'))
}

/** Anthropic's own id stays; another's is nothing to a client of this format. */
const emptyMessage = (id: string | undefined, reversal: Reversal, usage: Usage | undefined): JsonObject => ({
  id: id?.startsWith('msg_') ? id : `msg_${reversal.requestId.replace(/^req_/, '')}`,
  type: 'message',
  role: 'assistant',
  model: reversal.model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  usage: writeUsage(usage),
})
