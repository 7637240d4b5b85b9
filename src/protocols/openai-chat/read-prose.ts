import type { AnswerEvent } from '../../canon/answer.ts'
import type { Citation, Opaque, TokenLogprob } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { unitsOf } from '../shared/code-points.ts'
import { createWholeCharacters, type WholeCharacters } from '../shared/whole-characters.ts'
import { addDetails } from './read-details.ts'

type Kind = 'text' | 'refusal' | 'reasoning'

/** The one block of text, refusal or reasoning that is open. A piece of another kind closes it. */
export interface Prose {
  say(kind: Kind, text: string, logprobs?: readonly TokenLogprob[]): void
  /** State beside or without text. */
  details(pieces: readonly JsonObject[]): void
  cite(citation: Citation): void
  close(): void
}

interface Open {
  readonly kind: Kind
  readonly key: number
  text: string
  readonly pieces: WholeCharacters
  readonly details: JsonObject[]
}

export const createProse = (emit: (event: AnswerEvent) => void, nextKey: () => number, family: string): Prose => {
  let open: Open | undefined

  const close = (): void => {
    if (!open) return
    const { key, kind, pieces } = open
    const rest = pieces.rest()
    if (rest !== '') emit({ type: 'delta', key, text: rest })
    if (kind === 'reasoning') emit({ type: 'opaque', key, opaque: stateOf(open, family) })
    emit({ type: 'close', key })
    open = undefined
  }
  const opened = (kind: Kind): Open => {
    if (open?.kind === kind) return open
    close()
    open = { kind, key: nextKey(), text: '', pieces: createWholeCharacters(), details: [] }
    emit({ type: 'open', key: open.key, opening: { kind } })
    return open
  }

  return {
    say(kind, piece, logprobs) {
      const block = opened(kind)
      block.text += piece
      const text = block.pieces.push(piece)
      if (text !== '' || logprobs) emit({ type: 'delta', key: block.key, text, ...(logprobs && { logprobs }) })
    },
    details(pieces) {
      addDetails(opened('reasoning').details, pieces)
    },
    cite(citation) {
      if (open?.kind !== 'text') return
      const { key, text } = open
      const { start, end } = citation
      const placed = {
        ...citation,
        ...(start !== undefined && { start: unitsOf(text, start) }),
        ...(end !== undefined && { end: unitsOf(text, end) }),
      }
      emit({ type: 'citation', key, citation: placed })
    },
    close,
  }
}

/** What the vendor may want back: its details where it gives any, else the text as it was. */
const stateOf = ({ details, text }: Open, family: string): Opaque =>
  details.length > 0
    ? { family, kind: 'reasoning-details', data: JSON.stringify(details) }
    : { family, kind: 'reasoning-text', data: text }
