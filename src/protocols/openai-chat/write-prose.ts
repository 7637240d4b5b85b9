import { PARAGRAPH } from '../../canon/answer.ts'
import type { TokenLogprob } from '../../canon/blocks.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Piece } from './piece.ts'
import { writeLogprobs } from './read-logprobs.ts'
import type { Place } from './sealed.ts'

/** A block as far as it was written. */
export interface Said {
  readonly kind: 'text' | 'refusal' | 'reasoning' | 'tool-call'
  readonly place: Place
  readonly phase?: string
  /** What of it was written: of a text, for counting the offsets of what cites it. */
  text: string
}

/** Text, refusal and reasoning as pieces of one message, which has one string for each. */
export interface ProseWriter {
  say(block: Said, text: string, logprobs: readonly TokenLogprob[] | undefined): readonly Piece[]
  paragraph(block: Said): readonly Piece[]
  /** How long the message's text is. */
  readonly length: number
  readonly isRefused: boolean
}

export const createProseWriter = (showsReasoning: boolean, losses: Losses): ProseWriter => {
  let length = 0
  let hasThought = false
  let isRefused = false

  const think = (block: Said, text: string): readonly Piece[] => {
    if (!showsReasoning || text === '') return []
    const isNext = hasThought && block.text === ''
    hasThought = true
    block.text = text
    return [{ delta: { reasoning_content: isNext ? PARAGRAPH + text : text } }]
  }
  const tell = (block: Said, text: string, logprobs: readonly TokenLogprob[] | undefined): readonly Piece[] => {
    // A message tells its text before its calls.
    if (block.text === '' && block.place.calls > 0 && text !== '') losses.declare('/response', 'moved')
    block.text += text
    length += text.length
    if (text === '' && !logprobs) return []
    return [{ delta: { content: text }, ...(logprobs && { logprobs: writeLogprobs(logprobs) }) }]
  }
  const refuse = (text: string): readonly Piece[] => {
    if (text === '') return []
    isRefused = true
    return [{ delta: { refusal: text } }]
  }

  return {
    say(block, text, logprobs) {
      if (block.kind === 'reasoning') return think(block, text)
      return block.kind === 'refusal' ? refuse(text) : tell(block, text, logprobs)
    },
    paragraph: (block) => (block.text === '' ? [] : think(block, PARAGRAPH)),
    get length() {
      return length
    },
    get isRefused() {
      return isRefused
    },
  }
}
