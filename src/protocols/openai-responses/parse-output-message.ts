import type { JsonObject } from '../../canon/codec.ts'
import { objectOf, objectsOf, textOf } from '../json.ts'
import { readLogprobs } from '../openai-chat/read-logprobs.ts'
import { parseAnnotation } from './parse-annotation.ts'
import { indexOf, type ItemReader, restOf, type Sink } from './parse-output-item.ts'

interface Part {
  readonly key: number
  text: string
  /** How many tokens' likelihoods have been told. */
  tokens: number
  annotations: JsonObject[]
  open: boolean
}
type PartKind = 'text' | 'refusal'

/** Reads a message: each of its content parts is a block. */
export const createMessageReader = (added: JsonObject, sink: Sink): ItemReader => {
  const parts = new Map<number, Part>()
  let phase = textOf(added.phase)

  const partAt = (index: number, kind: PartKind): Part => {
    const known = parts.get(index)
    if (known) return known
    const opening = kind === 'refusal' ? { kind } : { kind, ...(phase !== '' && { phase }) }
    const part: Part = { key: sink.open(opening), text: '', tokens: 0, annotations: [], open: true }
    parts.set(index, part)
    return part
  }
  const grow = (part: Part, text: string, told?: unknown): void => {
    const logprobs = readLogprobs({ content: told })
    if ((text === '' && !logprobs) || !part.open) return
    part.text += text
    part.tokens += logprobs?.length ?? 0
    sink.emit({ type: 'delta', key: part.key, text, ...(logprobs && { logprobs }) })
  }
  const complete = (part: Part, whole: string, told?: unknown): void =>
    grow(part, restOf(whole, part.text), objectsOf(told).slice(part.tokens))
  const close = (part: Part): void => {
    if (!part.open) return
    part.open = false
    for (const annotation of part.annotations)
      sink.emit({ type: 'citation', key: part.key, citation: parseAnnotation(annotation, part.text) })
    sink.emit({ type: 'close', key: part.key })
  }
  const finishPart = (index: number, told: JsonObject): void => {
    const kind = kindOf(told)
    if (!kind) return
    const part = partAt(index, kind)
    complete(part, kind === 'refusal' ? textOf(told.refusal) : textOf(told.text), told.logprobs)
    const annotations = objectsOf(told.annotations)
    if (annotations.length > part.annotations.length) part.annotations = [...annotations]
    close(part)
  }

  return {
    read(name, event) {
      const index = indexOf(event.content_index)
      const kind = name.startsWith('refusal') ? 'refusal' : 'text'
      if (name === 'content_part.added') {
        const opened = kindOf(objectOf(event.part))
        if (opened) partAt(index, opened)
      } else if (name === 'content_part.done') finishPart(index, objectOf(event.part))
      else if (name === 'output_text.annotation.added') partAt(index, kind).annotations.push(objectOf(event.annotation))
      else if (name.endsWith('.delta')) grow(partAt(index, kind), textOf(event.delta), event.logprobs)
      else if (name.endsWith('.done'))
        complete(partAt(index, kind), kind === 'refusal' ? textOf(event.refusal) : textOf(event.text), event.logprobs)
    },
    finish(item) {
      phase ||= textOf(item.phase)
      // Some servers give the content as plain text, as it may be given in a request.
      const content = typeof item.content === 'string' ? [{ type: 'output_text', text: item.content }] : item.content
      for (const [index, part] of objectsOf(content).entries()) finishPart(index, part)
      for (const part of parts.values()) close(part)
    },
    abandon() {
      for (const part of parts.values()) close(part)
    },
  }
}

const kindOf = (part: JsonObject): PartKind | undefined => {
  if (part.type === 'refusal') return 'refusal'
  return part.type === 'output_text' || part.type === 'text' ? 'text' : undefined
}
