import { readJson, writeJson } from '../canon/json-text.ts'

/** Takes the text out of `{"input": "…"}` while it comes in pieces. */
export interface Unwrapper {
  /** The next piece of JSON; returns what of the text it adds. */
  push(piece: string): string
  /** What is still missing when the JSON has ended. */
  end(): string
  /** Whether something stood beside the text, for which a custom tool has no place. */
  readonly hasLost: boolean
}

const OPENING = /^\s*\{\s*"input"\s*:\s*"/
/** Longer than this, no opening comes any more: the whole is read at its end instead. */
const OPENING_LENGTH_MAX = 256

/**
 * A custom tool takes free text; where a format has no such thing, it becomes a function of one string, and its calls are
 * turned back here. What does not look like the wrapping (a model may write other members first) is read whole at the end.
 * Of what does, only the piece that cannot be decoded yet is kept.
 */
export const createUnwrapper = (): Unwrapper => {
  const decoder = createStringDecoder()
  let state: 'opening' | 'inside' | 'after' = 'opening'
  let held = ''
  let hasLost = false

  const inside = (piece: string): string => {
    const { text, rest } = decoder.push(piece)
    if (rest === undefined) return text
    state = 'after'
    after(rest)
    return text
  }
  /** The object's end, of which there is one. */
  const after = (piece: string): void => {
    const rest = piece.trim()
    if (rest === '') return
    if (held + rest === '}') held = '}'
    else hasLost = true
  }

  return {
    push(piece) {
      if (state === 'inside') return inside(piece)
      if (state === 'after') {
        after(piece)
        return ''
      }
      const mayOpen = held.length <= OPENING_LENGTH_MAX
      held += piece
      const opening = mayOpen ? OPENING.exec(held) : null
      if (!opening) return ''
      const begun = held.slice(opening[0].length)
      state = 'inside'
      held = ''
      return inside(begun)
    },
    end() {
      if (state === 'after') return ''
      if (state === 'inside') return decoder.end()
      const { text, isAlone } = readWhole(held)
      hasLost = !isAlone
      return text
    },
    get hasLost() {
      return hasLost
    },
  }
}

interface Whole {
  readonly text: string
  readonly isAlone: boolean
}

const readWhole = (json: string): Whole => {
  const itself: Whole = { text: json, isAlone: true }
  try {
    const value = readJson(json)
    if (typeof value !== 'object' || value === null || !('input' in value)) return itself
    const text = typeof value.input === 'string' ? value.input : writeJson(value.input)
    return { text, isAlone: Object.keys(value).length === 1 }
  } catch {
    // No JSON, or nested beyond reading: nothing can be taken out of it.
    return itself
  }
}

/** What is special in a string: its end, and an escape, which the end of a piece may cut. */
const SPECIAL = /"|\\(?:u[0-9a-fA-F]{4}|u[0-9a-fA-F]{0,3}$|[^u]|u|$)/g
const CUT_ESCAPE = /^\\(?:u[0-9a-fA-F]{0,3})?$/
const LAST_HIGH_SURROGATE = /[\ud800-\udbff]$/
const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

interface Decoded {
  readonly text: string
  /** What comes after the string's end; `undefined` while that has not come. */
  readonly rest: string | undefined
}

/**
 * Decodes the inside of a JSON string, piece by piece. Models write line breaks as they are and escapes that JSON does not
 * know: these stand in the text as they were written.
 */
const createStringDecoder = () => {
  /** An escape that was cut. */
  let cutEscape = ''
  /** Half of a character. */
  let half = ''

  const decode = (source: string): Decoded => {
    let text = half
    let from = 0
    half = ''
    for (const { 0: found, index } of source.matchAll(SPECIAL)) {
      text += source.slice(from, index)
      from = index + found.length
      if (found === '"') return { text, rest: source.slice(from) }
      if (CUT_ESCAPE.test(found) && from === source.length) cutEscape = found
      else text += meantBy(found)
    }
    return { text: text + source.slice(from), rest: undefined }
  }
  return {
    push(piece: string): Decoded {
      const source = cutEscape + piece
      cutEscape = ''
      const decoded = decode(source)
      if (decoded.rest !== undefined || !LAST_HIGH_SURROGATE.test(decoded.text)) return decoded
      half = decoded.text.slice(-1)
      return { text: decoded.text.slice(0, -1), rest: undefined }
    },
    /** What stays undecided where the string's end is missing. */
    end: (): string => half + cutEscape,
  }
}

const meantBy = (written: string): string => {
  const [, kind = ''] = written
  if (written.length === 6) return String.fromCharCode(Number.parseInt(written.slice(2), 16))
  if ('"\\/'.includes(kind)) return kind
  return ESCAPED[kind] ?? written
}
