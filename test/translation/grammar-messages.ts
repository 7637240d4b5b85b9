import { framesOf, type Json, jsonOf, objectOf } from './frames.ts'
import type { Verdict } from './grammar.ts'

const DELTA_OF: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  tool_use: ['input_json_delta'],
  server_tool_use: ['input_json_delta'],
}

/** The automaton of Anthropic's Messages streams: one open block at a time, indexes without gaps, one end. */
export const judgeMessages = (text: string): Verdict => {
  const { frames, rest } = framesOf(text)
  const judge = new MessagesJudge()
  if (rest !== '') judge.faults.push(`unfinished event: ${rest.slice(0, 80)}`)
  for (const { name, data } of frames) judge.take(name, data)
  return { faults: judge.faults, end: judge.end }
}

class MessagesJudge {
  readonly faults: string[] = []
  end: Verdict['end'] = 'none'
  #state: 'before' | 'inside' | 'stopped' = 'before'
  #open: { readonly index: number; readonly type: string } | undefined
  #next = 0

  take(name: string, data: string): void {
    const event = jsonOf(data)
    if (!event) return void this.#fail(`not JSON: ${data.slice(0, 80)}`)
    if (name !== event.type) this.#fail(`event ${name} carries type ${event.type}`)
    if (this.end !== 'none') this.#fail(`${name} after the end`)
    if (name === 'ping') return
    if (name === 'error') this.#error(event)
    else if (name === 'message_start') this.#begin(event)
    else if (this.#state === 'before') this.#fail(`${name} before message_start`)
    else if (name === 'message_stop') this.#end()
    else if (this.#state === 'stopped') this.#fail(`${name} after message_delta`)
    else this.#inside(name, event)
  }

  #fail(message: string): void {
    this.faults.push(message)
  }

  #inside(name: string, event: Json): void {
    if (name === 'content_block_start') this.#start(event)
    else if (name === 'content_block_delta') this.#delta(event)
    else if (name === 'content_block_stop') this.#stop(event)
    else if (name === 'message_delta') this.#finish(event)
    else this.#fail(`unknown event ${name}`)
  }

  #error(event: Json): void {
    if (typeof objectOf(event.error).message !== 'string') this.#fail('an error without a message')
    this.end = 'error'
  }

  #begin(event: Json): void {
    const message = objectOf(event.message)
    if (this.#state !== 'before') this.#fail('a second message_start')
    if (!Array.isArray(message.content) || typeof message.id !== 'string')
      this.#fail('message_start without id or content')
    if (typeof objectOf(message.usage).input_tokens !== 'number') this.#fail('message_start without usage.input_tokens')
    this.#state = 'inside'
  }

  #start(event: Json): void {
    if (this.#open) this.#fail(`block ${event.index} opened inside block ${this.#open.index}`)
    if (event.index !== this.#next) this.#fail(`block index ${event.index}, not ${this.#next}`)
    this.#open = { index: this.#next, type: String(objectOf(event.content_block).type) }
    this.#next += 1
  }

  #delta(event: Json): void {
    const { type } = objectOf(event.delta)
    if (event.index !== this.#open?.index) this.#fail(`delta for block ${event.index}, which is not open`)
    else if (!DELTA_OF[this.#open?.type ?? '']?.includes(String(type)))
      this.#fail(`${type} in a ${this.#open?.type} block`)
  }

  #stop(event: Json): void {
    if (event.index !== this.#open?.index) this.#fail(`stop of block ${event.index}, which is not open`)
    this.#open = undefined
  }

  #finish(event: Json): void {
    if (this.#open) this.#fail(`message_delta inside block ${this.#open.index}`)
    if (typeof objectOf(event.delta).stop_reason !== 'string') this.#fail('message_delta without a stop_reason')
    if (typeof objectOf(event.usage).output_tokens !== 'number') this.#fail('message_delta without usage.output_tokens')
    this.#state = 'stopped'
  }

  #end(): void {
    if (this.#state !== 'stopped') this.#fail('message_stop without message_delta')
    this.end = 'success'
  }
}
