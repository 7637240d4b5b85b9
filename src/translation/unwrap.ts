/** Takes the text out of `{"input": "…"}` while it comes in pieces. */
export interface Unwrapper {
  /** The next piece of JSON; returns what of the text it adds. */
  push(piece: string): string
  /** What is still missing when the JSON has ended. */
  end(): string
}

const OPENING = /^\s*\{\s*"input"\s*:\s*"/
/** Longer than this, no opening comes any more: the whole is read at its end instead. */
const OPENING_LENGTH_MAX = 256
/** Up to the last character that certainly is a whole one: an escape, or half of a surrogate pair, may be cut. */
const WHOLE = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/
const LONE_HIGH_SURROGATE = /[\ud800-\udbff]$/

/**
 * A custom tool takes free text; where a format has no such thing, it becomes a function of one string, and its calls are
 * turned back here. What does not look like the wrapping (a model may write other members first) is read whole at the end.
 */
export const createUnwrapper = (): Unwrapper => {
  let whole = ''
  let emitted = ''
  /** Where in `whole` the next undecoded character of the string stands; -1 while its beginning has not come. */
  let at = -1
  let ended = false

  const decode = (): string => {
    const raw = WHOLE.exec(whole.slice(at))?.[0] ?? ''
    const text = parsed(`"${raw}"`)
    if (typeof text !== 'string' || LONE_HIGH_SURROGATE.test(text)) return ''
    at += raw.length
    ended = whole[at] === '"'
    emitted += text
    return text
  }

  return {
    push(piece) {
      whole += piece
      if (at === -1 && whole.length <= OPENING_LENGTH_MAX + piece.length) at = OPENING.exec(whole)?.[0].length ?? -1
      return at === -1 || ended ? '' : decode()
    },
    end() {
      const value = parsed(whole)
      const isWrapped = typeof value === 'object' && value !== null && 'input' in value
      const input = isWrapped ? value.input : whole
      const text = typeof input === 'string' ? input : JSON.stringify(input)
      return text.startsWith(emitted) ? text.slice(emitted.length) : ''
    },
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
