import type { Observation, TapOptions } from '../canon/protocol.ts'
import { readJsonValue } from '../streams/json-values.ts'
import { readSseEvent, type SseEvent } from '../streams/sse.ts'
import type { AnswerFormat, Reading } from './answer-format.ts'
import { deliveredText } from './delivered.ts'
import { isObject, parseJson } from './json.ts'
import { learn, nothingKnown } from './known.ts'

const DONE = '[DONE]'
const DONE_BYTES = Buffer.from(DONE)
const ERROR_NAME = Buffer.from('error')
/** `data: [DONE]` is shorter than this with any line ends; looking into every short event costs nothing. */
const SHORT_EVENT_BYTES = 48
/** Where `error` can be in the first line of an event named so, a byte order mark and line ends before it. */
const NAME_OFFSET_MAX = 14
const LETTER_D = 0x64
const ERROR_TEXT_MAX = 2_000

/** Events whose first bytes decide alone, whatever the format: short ones that say `[DONE]`, and those named `error`. */
const mattersAnyway = (event: Buffer): boolean => {
  if (event.length <= SHORT_EVENT_BYTES) return event.includes(DONE_BYTES) || event.includes(ERROR_NAME)
  // An event that begins with its data has no name.
  if (event[0] === LETTER_D) return false
  const name = event.indexOf(ERROR_NAME)
  return name !== -1 && name <= NAME_OFFSET_MAX
}

/** Reads one whole event; nothing when it has no data or its data is not JSON. */
const readEvent = (format: AnswerFormat, { name, data }: SseEvent): readonly Reading[] => {
  if (data === undefined) return []
  if (data.trim() === DONE) return format.endsWithDone ? [{ terminal: true }] : []
  const value = parseJson(data)
  const readings = (Array.isArray(value) ? value : [value]).filter(isObject).map((event) => format.read(event))
  const unexplained = name === 'error' && !readings.some((reading) => reading.error)
  return unexplained ? [...readings, { error: data.slice(0, ERROR_TEXT_MAX) }] : readings
}

export interface Inspector {
  /** Looks at one whole event. True when it is nothing but usage. */
  inspect(event: Buffer, kind: 'sse' | 'json'): boolean
  /** Notes an event as delivered to the client. */
  deliver(event: Buffer, kind: 'sse' | 'json'): void
  readonly observe: () => Observation
  readonly delivered: () => string
}

/** Gathers what the events of one stream say, parsing only those that matter. */
export const createInspector = (format: AnswerFormat, options: TapOptions): Inspector => {
  const known = nothingKnown()
  const text = deliveredText(format, options.deliveredBytesMax)
  return {
    inspect(event, kind) {
      if (kind === 'sse' && !mattersAnyway(event) && !format.matters(event, known.contentSeen)) return false
      let usageOnly = false
      for (const reading of readEvent(
        format,
        kind === 'sse' ? readSseEvent(event) : { name: '', data: readJsonValue(event) },
      )) {
        learn(format, known, reading)
        usageOnly ||= reading.usageOnly === true
      }
      return usageOnly
    },
    deliver(event, kind) {
      if (known.contentSeen) text.keep(event, kind)
    },
    observe: () => ({ ...known }),
    delivered: () => text.text(),
  }
}
