import type { JsonObject } from '../../canon/codec.ts'
import { objectsOf, textOf } from '../json.ts'
import { indexOf, type ItemReader, restOf, type Sink } from './parse-output-item.ts'
import { readReasoningState } from './reasoning-state.ts'

/** A reasoning item tells its summary, or the reasoning itself, or both: only one of them is read. */
type Voice = 'summary' | 'content'

/**
 * Reads a reasoning item: one block, the parts of its summary as paragraphs. Its state is taken from the finished item
 * only; what `output_item.added` holds of it may be partial.
 */
export const createReasoningReader = (added: JsonObject, sink: Sink): ItemReader => {
  let key: number | undefined
  let voice: Voice | undefined
  let id = textOf(added.id)
  /** The text of each part so far, and the part that is being told. */
  const texts: string[] = []
  let current = 0
  let closed = false

  const opened = (): number => {
    key ??= sink.open({ kind: 'reasoning', ...(id !== '' && { id }) })
    return key
  }
  const grow = (from: Voice, part: number, text: string): void => {
    // A part before the current one has been told already: nothing can be put in between.
    if (closed || text === '' || (voice ?? from) !== from || part < current) return
    voice = from
    if (part > current && texts.some((told) => told !== '')) sink.emit({ type: 'paragraph', key: opened() })
    current = part
    texts[part] = (texts[part] ?? '') + text
    sink.emit({ type: 'delta', key: opened(), text })
  }
  const complete = (from: Voice, part: number, whole: string): void =>
    grow(from, part, restOf(whole, texts[part] ?? ''))
  const close = (): void => {
    if (key !== undefined && !closed) sink.emit({ type: 'close', key })
    closed = true
  }

  return {
    read(name, event) {
      const from = name.startsWith('reasoning_summary') ? 'summary' : 'content'
      const part = indexOf(from === 'summary' ? event.summary_index : event.content_index)
      if (name === 'reasoning_summary_part.added') opened()
      else if (name.endsWith('_text.delta')) grow(from, part, textOf(event.delta))
      else if (name.endsWith('_text.done')) complete(from, part, textOf(event.text))
    },
    finish(item) {
      if (closed) return
      id ||= textOf(item.id)
      const summary = objectsOf(item.summary).map(({ text }) => textOf(text))
      const from = voice ?? (summary.some((text) => text !== '') ? 'summary' : 'content')
      const told = from === 'summary' ? summary : objectsOf(item.content).map(({ text }) => textOf(text))
      for (const [part, text] of told.entries()) complete(from, part, text)
      const opaque = readReasoningState(item, sink.source.family)
      if (opaque) sink.emit({ type: 'opaque', key: opened(), opaque })
      close()
    },
    abandon: close,
  }
}
