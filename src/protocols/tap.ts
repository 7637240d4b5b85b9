import { bufferOf } from '../bytes.ts'
import type { StreamTap, TapOptions } from '../canon/protocol.ts'
import { chooseFraming, type Framing } from '../streams/framing.ts'
import { createGathering } from '../streams/gathering.ts'
import type { AnswerFormat } from './answer-format.ts'
import { createInspector } from './inspect.ts'
import type { RawEvent } from './raw-event.ts'

const EMPTY = Buffer.alloc(0)

/** Bytes that are one event and nothing else. */
const wholeEvent = (bytes: Buffer, { kind }: Framing): RawEvent => ({ kind, bytes, from: 0, end: bytes.length })

/**
 * Watches a stream of one format while it passes. Events are cut out in bytes and parsed only where the format says that
 * they matter. Keeps references to chunks, so a chunk's bytes must not be overwritten after it was pushed.
 *
 * With `withholdUsage` or `wholeEvents`, only whole events are let through, so that one can still be dropped or followed
 * by ours; otherwise a chunk is returned as it came. An event above `eventBytesMax` passes unread and cannot be withheld.
 * `rest` is called once, when the source has ended: it also reads a last event that lacks its blank line.
 */
export const createTap = (format: AnswerFormat, options: TapOptions): StreamTap => {
  const inspector = createInspector(format, options)
  const holding = options.withholdUsage || options.wholeEvents === true
  const gathering = createGathering()
  let framing: Framing | undefined
  let oversized = false

  /** True when the event is to be withheld. */
  const inspect = (event: RawEvent): boolean => {
    const withheld = inspector.inspect(event) && options.withholdUsage
    if (!withheld) inspector.deliver(event)
    return withheld
  }

  /** Takes the unfinished end of a chunk; beyond the limit it lets go of all it has. */
  const gather = (part: Buffer, out: Buffer[]): void => {
    if (!oversized) gathering.append(part)
    if (oversized) out.push(part)
    else if (gathering.length() > options.eventBytesMax) {
      out.push(gathering.take())
      oversized = true
    }
  }

  /** Passes over one chunk; returns what of it, and of what was gathered before it, goes on, in few pieces. */
  const advance = (chunk: Buffer, scanner: Framing): readonly Buffer[] => {
    const out: Buffer[] = []
    let keptFrom = 0
    let from = 0
    for (let end = scanner.next(chunk, 0); end !== -1; end = scanner.next(chunk, from)) {
      if (oversized || gathering.length() + end - from > options.eventBytesMax) {
        if (gathering.length() > 0) out.push(gathering.take())
        oversized = false
      } else if (gathering.length() > 0) {
        gathering.append(chunk.subarray(from, end))
        const event = gathering.take()
        if (!inspect(wholeEvent(event, scanner))) out.push(event)
        keptFrom = end
      } else if (inspect({ kind: scanner.kind, bytes: chunk, from, end })) {
        if (keptFrom < from) out.push(chunk.subarray(keptFrom, from))
        keptFrom = end
      }
      from = end
    }
    if (keptFrom < from) out.push(keptFrom === 0 && from === chunk.length ? chunk : chunk.subarray(keptFrom, from))
    if (from < chunk.length) gather(chunk.subarray(from), out)
    return out
  }

  return {
    push(chunk) {
      const bytes = bufferOf(chunk)
      framing ??= chooseFraming(bytes)
      if (!framing) return chunk
      const out = advance(bytes, framing)
      if (!holding) return chunk
      if (out.length > 1) return Buffer.concat(out)
      return out[0] === bytes ? chunk : (out[0] ?? EMPTY)
    },
    rest() {
      if (gathering.length() === 0 || !framing) return EMPTY
      const event = gathering.take()
      // Half an event does not parse and says nothing.
      const withheld = inspect(wholeEvent(event, framing))
      return withheld || !holding ? EMPTY : event
    },
    observe: inspector.observe,
    delivered: inspector.delivered,
  }
}
