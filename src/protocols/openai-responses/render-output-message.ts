import type { Opening } from '../../canon/answer.ts'
import type { Citation, Opaque } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { writeLogprobs } from '../openai-chat/read-logprobs.ts'
import { renderAnnotation } from './render-annotation.ts'
import { type BlockWriter, IGNORED, type Output, type Place } from './render-output-item.ts'
import { createWholeCharacters } from '../shared/whole-characters.ts'

export type PartOpening = Extract<Opening, { kind: 'text' | 'refusal' }>
type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** One message item, which takes texts and refusals as its content parts for as long as nothing else comes between. */
export interface Message {
  readonly phase: string | undefined
  part(opening: PartOpening): BlockWriter
  /** No part is added any more: it is done as soon as its open parts are. */
  seal(status: 'completed' | 'incomplete'): void
}

/**
 * A text or refusal, which begins with its first word: a block that turns out to be empty is no part of any message, and
 * of it only the state that stood on it is kept.
 */
export const createPart = (output: Output, begin: () => BlockWriter): BlockWriter => {
  let part: BlockWriter | undefined
  let carried: Opaque | undefined
  const begun = (): BlockWriter => {
    part ??= begin()
    return part
  }
  return {
    ...IGNORED,
    delta(text, logprobs) {
      if (text !== '' || logprobs) begun().delta(text, logprobs)
    },
    citation: (citation) => begun().citation(citation),
    opaque(opaque) {
      carried = opaque
    },
    close(isCut) {
      part?.close(isCut)
      if (carried) output.carry(carried)
    },
  }
}

/** Announces a message. */
export const createMessage = (output: Output, phase: string | undefined): Message => {
  const parts: (() => JsonObject)[] = []
  let open = 0
  let sealed: ItemStatus | undefined
  const itemAs = (status: ItemStatus) => ({
    id: place.id,
    type: 'message',
    status,
    content: parts.map((part) => part()),
    ...(phase !== undefined && { phase }),
    role: 'assistant',
  })
  const place: Place = output.announce(
    {
      id: output.newId('msg'),
      type: 'message',
      status: 'in_progress',
      content: [],
      ...(phase !== undefined && { phase }),
      role: 'assistant',
    },
    () => itemAs('incomplete'),
  )
  const finish = (): void => {
    if (sealed !== undefined && open === 0) output.done(place, itemAs(sealed))
  }

  return {
    phase,
    part(opening) {
      open += 1
      const at = { item_id: place.id, output_index: place.index, content_index: parts.length }
      const write = opening.kind === 'refusal' ? createRefusalPart : createTextPart
      return write(output, at, parts, () => {
        open -= 1
        finish()
      })
    },
    seal(status) {
      if (sealed !== undefined) return
      sealed = status
      finish()
    },
  }
}

type PartPlace = { readonly item_id: string; readonly output_index: number; readonly content_index: number }

const createTextPart = (
  output: Output,
  at: PartPlace,
  parts: (() => JsonObject)[],
  closed: () => void,
): BlockWriter => {
  const characters = createWholeCharacters()
  const citations: Citation[] = []
  const annotations: JsonObject[] = []
  const tokens: JsonObject[] = []
  let text = ''
  const part = (): JsonObject => ({ type: 'output_text', annotations: [...annotations], logprobs: [...tokens], text })
  const write = (delta: string, logprobs: readonly JsonObject[] = []): void => {
    if (delta === '' && logprobs.length === 0) return
    text += delta
    tokens.push(...logprobs)
    output.emit('response.output_text.delta', { ...at, delta, logprobs })
  }

  parts.push(part)
  output.emit('response.content_part.added', { ...at, part: part() })
  return {
    ...IGNORED,
    delta: (piece, logprobs) => write(characters.push(piece), logprobs && writeLogprobs(logprobs)),
    citation: (citation) => citations.push(citation),
    close() {
      write(characters.rest())
      // Only now is known what the offsets of a citation point into.
      for (const citation of citations) {
        const annotation = renderAnnotation(citation, text)
        if (!annotation) {
          output.losses.declare(`/response/output/${at.output_index}/content/${at.content_index}`, 'unsupported')
          continue
        }
        const annotation_index = annotations.push(annotation) - 1
        output.emit('response.output_text.annotation.added', { ...at, annotation_index, annotation })
      }
      output.emit('response.output_text.done', { ...at, text, logprobs: [...tokens] })
      output.emit('response.content_part.done', { ...at, part: part() })
      closed()
    },
  }
}

const createRefusalPart = (
  output: Output,
  at: PartPlace,
  parts: (() => JsonObject)[],
  closed: () => void,
): BlockWriter => {
  const characters = createWholeCharacters()
  let refusal = ''
  const part = (): JsonObject => ({ type: 'refusal', refusal })
  const write = (delta: string): void => {
    if (delta === '') return
    refusal += delta
    output.emit('response.refusal.delta', { ...at, delta })
  }

  parts.push(part)
  output.emit('response.content_part.added', { ...at, part: part() })
  return {
    ...IGNORED,
    delta: (piece) => write(characters.push(piece)),
    close() {
      write(characters.rest())
      output.emit('response.refusal.done', { ...at, refusal })
      output.emit('response.content_part.done', { ...at, part: part() })
      closed()
    },
  }
}
