import { err, ok, type Result } from '../result.ts'
import type { UpstreamAnswer, UpstreamFault } from '../upstream/types.ts'
import type { Watchdog } from '../upstream/watchdog.ts'
import { answerWith } from './held-answer.ts'
import type { Prepared } from './lane.ts'
import { refusalInStream } from './stream-refusal.ts'

export interface PeekOptions {
  readonly watchdog: Watchdog
  /** How long a stream may have no content before its client is told that it has begun. */
  readonly peekMs: number
  /** The most of it that is held back, and the longest event that is looked into. */
  readonly eventBytesMax: number
}

type Chunk = Result<Uint8Array | undefined, UpstreamFault>

/**
 * Holds a stream back until it is known to be an answer: until its first content or its end mark. What was held then goes
 * out as it came. An error before that becomes the HTTP error that it stands for, and a stream that breaks off fails as
 * one that never began: the client has seen nothing of it yet, and another may be asked. `endsOpen`: an end without an
 * end mark is a break, rather than the end of an answer in one piece. `onLate` is told when it takes longer than `peekMs`.
 */
export const peek = async (
  answer: UpstreamAnswer,
  { protocol, readError }: Pick<Prepared, 'protocol' | 'readError'>,
  endsOpen: boolean,
  { watchdog, peekMs, eventBytesMax }: PeekOptions,
  onLate: () => void,
): Promise<Result<UpstreamAnswer, UpstreamFault>> => {
  const tap = protocol.tap({ withholdUsage: false, eventBytesMax, deliveredBytesMax: 0 })
  const held: Uint8Array[] = []
  let heldBytes = 0
  const watch = watchdog.watch(peekMs, peekMs, onLate)
  try {
    for (;;) {
      const reading = answer.read()
      const chunk = await reading
      if (!chunk.ok) return chunk
      if (chunk.value === undefined) tap.rest()
      else {
        held.push(chunk.value)
        heldBytes += chunk.value.length
        tap.push(chunk.value)
      }
      const { contentSeen, terminal, error } = tap.observe()
      if (error !== undefined && !contentSeen) {
        answer.cancel()
        return ok(refused(answer, refusalInStream(protocol.format, joined(held), error, readError)))
      }
      if (contentSeen || terminal || heldBytes > eventBytesMax)
        return ok(resumed(answer, held, chunk.value === undefined ? reading : undefined))
      if (chunk.value === undefined) return endsOpen ? err(ENDED) : ok(resumed(answer, held, reading))
    }
  } finally {
    watch.end()
  }
}

const ENDED: UpstreamFault = { kind: 'reset', untouched: false, detail: 'the stream ended before any content' }

/** The answer from its beginning: what was held, the read that was waited for in vain, the rest. */
const resumed = (
  answer: UpstreamAnswer,
  held: readonly Uint8Array[],
  reading: Promise<Chunk> | undefined,
): UpstreamAnswer => {
  const first: Promise<Chunk>[] = []
  if (held.length > 0) first.push(Promise.resolve(ok(joined(held))))
  if (reading) first.push(reading)
  const { status, headers } = answer
  const readOn = (): Promise<Chunk> => first.shift() ?? answer.read()
  const cancel = (): void => answer.cancel()
  const outlive = (): void => answer.outlive?.()
  return { status, headers, read: readOn, cancel, outlive, whole: (bytesMax) => readWhole(readOn, cancel, bytesMax) }
}

const readWhole = async (
  read: () => Promise<Chunk>,
  cancel: () => void,
  bytesMax: number,
): Promise<Result<Uint8Array, UpstreamFault>> => {
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const chunk = await read()
    if (!chunk.ok) return chunk
    if (chunk.value === undefined) return ok(joined(chunks))
    length += chunk.value.length
    chunks.push(chunk.value)
    if (length <= bytesMax) continue
    cancel()
    return err({ kind: 'too-large', untouched: false, detail: `an answer of more than ${bytesMax} bytes` })
  }
}

const refused = (answer: UpstreamAnswer, { status, body }: ReturnType<typeof refusalInStream>): UpstreamAnswer => {
  const headers = new Headers(answer.headers)
  headers.set('content-type', 'application/json')
  return answerWith(status, headers, ok(new TextEncoder().encode(body)))
}

const joined = (chunks: readonly Uint8Array[]): Uint8Array => {
  const [only] = chunks
  return chunks.length === 1 && only ? only : new Uint8Array(Buffer.concat(chunks))
}
