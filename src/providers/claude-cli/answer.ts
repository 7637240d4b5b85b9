import { isRecord } from './blocks.ts'
import { type CliFailure, failureOf } from './failures.ts'
import { type CliLine, type CliResult, readLine } from './lines.ts'
import { addUsage, mergedUsage, plainUsage } from './usage.ts'

type Json = Readonly<Record<string, unknown>>
export type MessagesEvent = Json & { readonly type: string }

/** What a line of the command's output adds to the answer. */
export interface Step {
  readonly events: readonly MessagesEvent[]
  /** After these events there are no more: `done`, `enough` where the command itself would go on, or why not. */
  readonly end?: 'done' | 'enough' | CliFailure
}

const NOTHING: Step = { events: [] }
const failed = (end: CliFailure): Step => ({ events: [], end })

/** What the answer is made of. Calls of the command's own tools are its own business. */
const SHOWN = new Set(['text', 'thinking', 'redacted_thinking'])
/** After these the command says how much was used; after any other it would go on, and start the next try. */
const RESULT_FOLLOWS = new Set(['end_turn', 'stop_sequence'])
/** The command runs a tool, and asks again with what it said. */
const GOES_ON = new Set(['tool_use', 'pause_turn'])

/**
 * Turns the lines of one run into the events of one message. Where the command asked several times, for it used tools of
 * its own, what was said each time stands one after the other in the message, and the usage is that of all of it.
 */
export class CliAnswer {
  #started = false
  /** Of the message under way: its blocks' places in the answer. */
  #places = new Map<unknown, number>()
  #blocks = 0
  #message: { start: Json; delta: Json; usage: Json } = { start: {}, delta: {}, usage: {} }
  /** Used by the messages before this one. */
  #spent: Json = {}
  #ending: Json | undefined
  #resetsAtMs: number | undefined
  #refusal: CliFailure | undefined

  /** Whether anything of an answer has come. */
  get started(): boolean {
    return this.#started
  }

  /** Takes the next line; `undefined`: its output has ended. */
  take(text: string | undefined): Step {
    if (text === undefined) return this.#over()
    const line = readLine(text)
    return line ? this.#takeLine(line) : failed({ kind: 'unreadable' })
  }

  #takeLine(line: CliLine): Step {
    switch (line.kind) {
      case 'event':
        return line.abandoned ? failed({ kind: 'broken' }) : this.#event(line.event)
      case 'limit':
        this.#resetsAtMs = line.resetsAtMs
        return NOTHING
      case 'refusal':
        this.#refusal = failureOf(line.refusal, this.#resetsAtMs)
        return NOTHING
      case 'result':
        return this.#result(line.result)
      case 'other':
        return NOTHING
    }
  }

  #event(event: MessagesEvent): Step {
    switch (event.type) {
      case 'message_start':
        return this.#start(isRecord(event.message) ? event.message : {})
      case 'content_block_start':
        return this.#block(event)
      case 'content_block_delta':
      case 'content_block_stop': {
        const index = this.#places.get(event.index)
        return index === undefined ? NOTHING : { events: [{ ...event, index }] }
      }
      case 'message_delta':
        this.#message.delta = isRecord(event.delta) ? event.delta : {}
        this.#message.usage = mergedUsage(this.#message.start, isRecord(event.usage) ? event.usage : {})
        return NOTHING
      case 'message_stop':
        return this.#stop()
      default:
        return NOTHING
    }
  }

  #start(message: Json): Step {
    const usage = isRecord(message.usage) ? message.usage : {}
    this.#places = new Map()
    this.#message = { start: usage, delta: {}, usage: plainUsage(usage) }
    if (this.#started) return NOTHING
    this.#started = true
    const { id, model } = message
    const own = { id, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null }
    return { events: [{ type: 'message_start', message: { ...own, usage } }, { type: 'ping' }] }
  }

  #block(event: MessagesEvent): Step {
    const block = event.content_block
    if (!isRecord(block) || typeof block.type !== 'string' || !SHOWN.has(block.type)) return NOTHING
    const index = this.#blocks++
    this.#places.set(event.index, index)
    return { events: [{ ...event, index }] }
  }

  #stop(): Step {
    const reason = this.#message.delta.stop_reason
    this.#spent = addUsage(this.#spent, this.#message.usage)
    if (typeof reason !== 'string') return failed({ kind: 'broken' })
    if (GOES_ON.has(reason)) return NOTHING
    this.#ending = this.#message.delta
    return RESULT_FOLLOWS.has(reason) ? NOTHING : { ...this.#finish(this.#spent), end: 'enough' }
  }

  #result({ refusal, usage }: CliResult): Step {
    if (this.#ending) return this.#finish(typeof usage.output_tokens === 'number' ? plainUsage(usage) : this.#spent)
    if (this.#refusal) return failed(this.#refusal)
    if (refusal) return failed(failureOf(refusal, this.#resetsAtMs))
    // It answered without asking a model: a command of its own, or a turn that has nothing in it.
    return failed({ kind: 'broken' })
  }

  #over(): Step {
    if (this.#ending) return this.#finish(this.#spent)
    return failed(this.#refusal ?? { kind: 'broken' })
  }

  #finish(usage: Json): Step {
    const { stop_reason, stop_sequence = null } = this.#ending ?? {}
    return {
      events: [{ type: 'message_delta', delta: { stop_reason, stop_sequence }, usage }, { type: 'message_stop' }],
      end: 'done',
    }
  }
}
