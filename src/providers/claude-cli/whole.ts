import type { MessagesEvent } from './answer.ts'
import { isRecord, textIn } from './blocks.ts'

type Json = Readonly<Record<string, unknown>>

/** What each kind of delta adds to, as text. */
const ADDED: Readonly<Record<string, readonly [from: string, to: string]>> = {
  text_delta: ['text', 'text'],
  thinking_delta: ['thinking', 'thinking'],
  signature_delta: ['signature', 'signature'],
}

/** Gathers the events of a message into the message, for clients that do not stream. */
export class WholeMessage {
  #message: Record<string, unknown> = {}
  readonly #content: Record<string, unknown>[] = []

  add(event: MessagesEvent): void {
    if (event.type === 'message_start' && isRecord(event.message)) this.#message = { ...event.message }
    if (event.type === 'content_block_start' && isRecord(event.content_block))
      this.#content.push({ ...event.content_block })
    if (event.type === 'content_block_delta' && isRecord(event.delta)) this.#grow(Number(event.index), event.delta)
    if (event.type === 'message_delta') this.#end(event)
  }

  /** The message; complete once its last event was added. */
  get value(): Json {
    return { ...this.#message, content: this.#content }
  }

  #grow(index: number, delta: Json): void {
    const block = this.#content[index]
    const names = ADDED[textIn(delta.type)]
    if (!block) return
    if (delta.type === 'citations_delta') {
      block.citations = [...(Array.isArray(block.citations) ? block.citations : []), delta.citation]
    } else if (names) {
      block[names[1]] = textIn(block[names[1]]) + textIn(delta[names[0]])
    }
  }

  #end({ delta, usage }: MessagesEvent): void {
    const before = isRecord(this.#message.usage) ? this.#message.usage : {}
    Object.assign(this.#message, delta, { usage: { ...before, ...(isRecord(usage) ? usage : {}) } })
  }
}
