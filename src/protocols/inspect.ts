import type { Observation, TapOptions } from '../canon/protocol.ts'
import { startsWith } from '../canon/scan-tokens.ts'
import { readJsonValue } from '../streams/json-values.ts'
import { readSseEvent, type SseEvent } from '../streams/sse.ts'
import type { AnswerFormat, Reading } from './answer-format.ts'
import { deliveredText } from './delivered.ts'
import { isObject, parseJson } from './json.ts'
import { searchFor } from './key-search.ts'
import { learn, noneEnded, nothingKnown } from './known.ts'
import { type RawEvent, bytesOf } from './raw-event.ts'

const DONE = '[DONE]'
const DONE_BYTES = Buffer.from(DONE)
const ERROR_NAME = Buffer.from('error')
/** `data: [DONE]` is shorter than this with any line ends; looking into every short event costs nothing. */
const SHORT_EVENT_BYTES = 48
/** Where `error` can be in the first line of an event named so, a byte order mark and line ends before it. */
const NAME_OFFSET_MAX = 14
const EVENT_FIELD = Buffer.from('event:')
const LETTER_D = 0x64
const SPACE = 0x20
const ERROR_TEXT_MAX = 2_000

/** Events whose first bytes decide alone, whatever the format: short ones that say `[DONE]`, and those named `error`. */
const mattersAnyway = (event: RawEvent): boolean => {
  const { bytes, from, end } = event
  if (end - from <= SHORT_EVENT_BYTES) return bytesOf(event).includes(DONE_BYTES) || bytesOf(event).includes(ERROR_NAME)
  // An event that begins with its data has no name, and one that begins with its name tells by the name's first letter.
  if (bytes[from] === LETTER_D) return false
  if (startsWith(bytes, from, EVENT_FIELD))
    return bytes[from + EVENT_FIELD.length + (bytes[from + EVENT_FIELD.length] === SPACE ? 1 : 0)] === ERROR_NAME[0]
  const name = bytesOf(event).indexOf(ERROR_NAME)
  return name !== -1 && name <= NAME_OFFSET_MAX
}

/** Reads one whole event; nothing when it has no data or its data is not JSON. */
const readEvent = (format: AnswerFormat, { name, data }: SseEvent): readonly Reading[] => {
  if (data === undefined) return []
  if (data.trim() === DONE) return format.endsWithDone ? [{ terminal: true, over: true }] : []
  const value = parseJson(data)
  const readings = (Array.isArray(value) ? value : [value]).filter(isObject).map((event) => format.read(event))
  const unexplained = name === 'error' && !readings.some((reading) => reading.error)
  return unexplained ? [...readings, { error: data.slice(0, ERROR_TEXT_MAX) }] : readings
}

export interface Inspector {
  /** Looks at one whole event. True when it is nothing but usage. */
  inspect(event: RawEvent): boolean
  /** Notes an event as delivered to the client. */
  deliver(event: RawEvent): void
  readonly observe: () => Observation
  readonly delivered: () => string
}

/** Gathers what the events of one stream say, parsing only those that matter. */
export const createInspector = (format: AnswerFormat, options: TapOptions): Inspector => {
  const known = nothingKnown()
  const answers = noneEnded(options.answers)
  const keys = searchFor(format.keys)
  const text = deliveredText(format, options.deliveredBytesMax)
  return {
    inspect(event) {
      keys.moveTo(event)
      const isSse = event.kind === 'sse'
      if (isSse && !mattersAnyway(event) && !format.matters(event, known.contentSeen, keys.found)) return false
      const own = bytesOf(event)
      let usageOnly = false
      for (const reading of readEvent(format, isSse ? readSseEvent(own) : { name: '', data: readJsonValue(own) })) {
        learn(format, known, reading, answers)
        usageOnly ||= reading.usageOnly === true
      }
      return usageOnly
    },
    deliver(event) {
      if (known.contentSeen) text.keep(event)
    },
    observe: () => ({ ...known }),
    delivered: () => text.text(),
  }
}
