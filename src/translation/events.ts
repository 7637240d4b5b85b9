import { bufferOf } from '../bytes.ts'
import { createGathering } from '../streams/gathering.ts'
import { chooseFraming, type Framing } from '../streams/framing.ts'
import { readJsonValue } from '../streams/json-values.ts'
import { readSseEvent } from '../streams/sse.ts'

/** One event of an upstream's stream. `name` is empty where the format has none. */
export interface NamedEvent {
  readonly name: string
  readonly data: string
}

/** Cuts a byte stream into events, however its chunks fall. */
export interface EventReader {
  push(chunk: Uint8Array): readonly NamedEvent[]
  /** An event was longer than the limit: what came before it has been read, and nothing can be after. */
  readonly isBroken: boolean
  /** An event that lacked its blank line when the source ended; half an event is none. */
  rest(): readonly NamedEvent[]
}

/** @param eventBytesMax the longest event that is read */
export const createEventReader = (eventBytesMax: number): EventReader => {
  const gathering = createGathering()
  let framing: Framing | undefined
  let isBroken = false

  const read = (bytes: Buffer, events: NamedEvent[]): void => {
    if (framing?.kind === 'json') {
      const data = readJsonValue(bytes)
      // What follows the last object is the end of its array.
      if (data.startsWith('{')) events.push({ name: '', data })
    } else {
      const { name, data } = readSseEvent(bytes)
      if (data !== undefined) events.push({ name, data })
    }
  }

  return {
    push(chunk) {
      const bytes = bufferOf(chunk)
      framing ??= chooseFraming(bytes)
      const events: NamedEvent[] = []
      if (!framing || isBroken) return events
      let from = 0
      for (let end = framing.next(bytes, 0); end !== -1; end = framing.next(bytes, from)) {
        isBroken = gathering.length() + end - from > eventBytesMax
        if (isBroken) return events
        if (gathering.length() === 0) read(bytes.subarray(from, end), events)
        else {
          gathering.append(bytes.subarray(from, end))
          read(gathering.take(), events)
        }
        from = end
      }
      gathering.append(bytes.subarray(from))
      isBroken = gathering.length() > eventBytesMax
      return events
    },
    get isBroken() {
      return isBroken
    },
    rest() {
      const events: NamedEvent[] = []
      if (gathering.length() > 0 && !isBroken) read(gathering.take(), events)
      return events
    },
  }
}
