import type { Framing } from './framing.ts'

const LF = 0x0a
const CR = 0x0d
const BLANK_LINE = Buffer.from('\n\n')

/**
 * Splits server-sent events as the WHATWG specification does: lines end in LF, CRLF or CR, in any mixture, and a blank
 * line ends an event. A CRLF cut between two chunks leaves its LF at the head of the next event, where it means nothing.
 */
export const sseFraming = (): Framing => {
  let lineEmpty = true
  let afterCr = false

  /** The common case, no CR anywhere in the chunk: one native search an event. */
  const nextLf = (chunk: Buffer, from: number): number => {
    if (lineEmpty && chunk[from] === LF) return from + 1
    const blank = chunk.indexOf(BLANK_LINE, from)
    lineEmpty = blank === -1 ? chunk[chunk.length - 1] === LF : true
    return blank === -1 ? -1 : blank + 2
  }

  const nextAny = (chunk: Buffer, from: number, firstCr: number): number => {
    let position = from
    let cr = firstCr
    while (position < chunk.length) {
      if (cr !== -1 && cr < position) cr = chunk.indexOf(CR, position)
      const lf = chunk.indexOf(LF, position)
      const end = cr === -1 ? lf : lf === -1 ? cr : Math.min(lf, cr)
      const blank = lineEmpty && end === position
      lineEmpty = end !== -1
      if (end === -1) return -1
      position = end + 1
      if (end === cr && position === chunk.length) afterCr = true
      else if (end === cr && chunk[position] === LF) position += 1
      if (blank) return position
    }
    return -1
  }

  /** The next CR at or after a place in the chunk at hand, found once: most streams have none, and a chunk many events. */
  let searched: Buffer | undefined
  let nextCr = -1
  const crFrom = (chunk: Buffer, from: number): number => {
    if (searched !== chunk || (nextCr !== -1 && nextCr < from)) nextCr = chunk.indexOf(CR, from)
    searched = chunk
    return nextCr
  }

  return {
    kind: 'sse',
    next(chunk, start) {
      if (start >= chunk.length) return -1
      const from = afterCr && chunk[start] === LF ? start + 1 : start
      afterCr = false
      if (from >= chunk.length) return -1
      const cr = crFrom(chunk, from)
      return cr === -1 ? nextLf(chunk, from) : nextAny(chunk, from, cr)
    },
  }
}

/** One event's fields that matter here: its name (empty when unnamed), and its data lines joined; `id` and `retry` are not kept. */
export interface SseEvent {
  readonly name: string
  /** `undefined` when the event has no data line: a comment, or a stray blank line. */
  readonly data: string | undefined
}

/** Where the value of a field begins: after the colon and one space, if there is one. */
const valueStart = (text: string, colon: number): number => (text[colon + 1] === ' ' ? colon + 2 : colon + 1)

/** Reads one whole event. A byte order mark and comments are skipped, as the specification says. */
export const readSseEvent = (bytes: Buffer): SseEvent => {
  const raw = bytes.toString('utf8')
  const text = raw.includes('\r') ? raw.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : raw
  let name = ''
  let data: string | undefined
  for (let start = text.startsWith('\ufeff') ? 1 : 0; start < text.length; ) {
    const lineEnd = text.indexOf('\n', start)
    const end = lineEnd === -1 ? text.length : lineEnd
    if (text.startsWith('data:', start)) {
      const value = text.slice(valueStart(text, start + 4), end)
      data = data === undefined ? value : `${data}\n${value}`
    } else if (text.startsWith('event:', start)) name = text.slice(valueStart(text, start + 5), end)
    start = end + 1
  }
  return { name, data }
}
