/** Takes off what stands around an answer, while it comes in pieces. */
export interface Stripper {
  /** The next piece; returns what of the answer is certain now. */
  push(piece: string): string
  /** What is still missing when the text has ended. */
  end(): string
}

/** What a text that has come so far begins with; `waiting` while more may belong to it. */
type Opened = 'waiting' | 'none' | { readonly length: number }

interface Wrapping {
  opened(text: string): Opened
  /** Characters that the end is made of. */
  readonly closing: string
  /** What remains of the end. */
  close(end: string): string
}

const createStripper = ({ opened, closing, close }: Wrapping): Stripper => {
  let held = ''
  let state: 'waiting' | 'inside' | 'none' = 'waiting'

  /** All but what may belong to the end. */
  const inside = (text: string): string => {
    let at = text.length
    while (at > 0 && closing.includes(text.charAt(at - 1))) at -= 1
    // All that is held already may belong to it: only what is new is looked at, so that nothing is looked at twice.
    const said = at === 0 ? '' : held + text.slice(0, at)
    held = at === 0 ? held + text : text.slice(at)
    return said
  }

  return {
    push(piece) {
      if (state === 'none') return piece
      if (state === 'inside') return inside(piece)
      const text = held + piece
      const opening = opened(text)
      if (opening === 'waiting') {
        held = text
        return ''
      }
      held = ''
      state = typeof opening === 'object' ? 'inside' : 'none'
      return typeof opening === 'object' ? inside(text.slice(opening.length)) : text
    },
    end: () => (state === 'inside' ? close(held) : held),
  }
}

/// Of blanks in an opening only so many count, so that it is never waited for long.

const MAY_BE_FENCE = /^\s{0,64}(?:`{0,2}|```(?:j|js|jso|(?:json)?\s{0,64}))$/i
const FENCE = /^\s{0,64}```(?:json)?\s{0,64}/i

/** The code fence that models like to put around JSON. */
export const createUnfencer = (): Stripper =>
  createStripper({
    opened(text) {
      if (MAY_BE_FENCE.test(text)) return 'waiting'
      const fence = FENCE.exec(text)
      return fence ? { length: fence[0].length } : 'none'
    },
    closing: '` \t\r\n',
    close: (end) => (end.trim() === '```' ? '' : end),
  })

const MAY_BE_MEMBER = /^\s{0,64}(?:\{\s{0,64}(?:"(?:v|va|val|valu|value|value"\s{0,64}(?::\s{0,64})?)?)?)?$/
const MEMBER = /^\s{0,64}\{\s{0,64}"value"\s{0,64}:\s{0,64}/

/** The object that an answer was wrapped into: `{"value": …}`. */
export const createValueReader = (): Stripper =>
  createStripper({
    opened(text) {
      if (MAY_BE_MEMBER.test(text)) return 'waiting'
      const member = MEMBER.exec(text)
      return member ? { length: member[0].length } : 'none'
    },
    closing: '} \t\r\n',
    close: (end) => end.slice(0, Math.max(0, end.lastIndexOf('}'))).trimEnd(),
  })
