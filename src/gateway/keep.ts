import type { Scan } from '../canon/scan.ts'
import type { Store } from '../db/types.ts'
import { outputItems } from '../translation/stored.ts'
import { createResponseEvents, editResponse, type ResponseEdits } from '../translation/response-events.ts'
import type { Admitted, Begun, Call } from './call.ts'
import { memberText, scopeOf } from './recall.ts'

export interface KeepDeps {
  readonly responses: Pick<Store['responses'], 'keep'>
  /** Whether anything is kept at all. */
  readonly enabled: boolean
  readonly retentionMs: number
  /** Of one request's input and its answer together. */
  readonly bytesMax: number
  /** Told why a response was not kept. */
  readonly onLost: (call: Call, reason: string) => void
  readonly nowMs: () => number
}

/** Sees an answer of the Responses API off: keeps a copy, and completes what is said of the request in it. */
export interface Keeping {
  /** Takes whole events; returns what the client is to have instead. */
  events(chunk: Uint8Array): Uint8Array
  /** All that the client is given, be it one object or the events of a stream. */
  whole(body: string | Uint8Array): string | Uint8Array
}

/** `undefined` where an answer goes as it is, and nothing of it is kept. */
export type Keep = (call: Call, admitted: Admitted, begun: Begun) => Keeping | undefined

/**
 * Keeps answers of the Responses API unless their client said `store: false`. A copy is on its way to the database before
 * the client has the end of the answer, and nobody waits until it is there.
 */
export const createKeep =
  (deps: KeepDeps): Keep =>
  (call, admitted, { prepared }) => {
    const { format, action } = call.operation
    if (format !== 'openai-responses' || action !== 'generate') return undefined
    const written = admitted.envelope.asWritten ?? admitted.envelope.scan
    const previous = givenText(written, 'previous_response_id')
    const stores = deps.enabled && memberText(written, 'store') !== 'false'
    // An upstream of this format that was sent the request as it came has said itself what it was asked.
    const edits: ResponseEdits =
      previous === undefined && !prepared.translation
        ? {}
        : { previous_response_id: previous ?? 'null', store: String(stores) }
    if (!stores && Object.keys(edits).length === 0) return undefined
    const ended = (response: string): void => {
      if (stores) keep(deps, call, admitted, written, response)
    }
    const stream = createResponseEvents(edits, ended)
    return {
      events: (chunk) => stream.push(chunk),
      whole: (body) => {
        const bytes = typeof body === 'string' ? Buffer.from(body) : body
        // What an upstream answered in one piece is told as events to a client that asked for a stream.
        if (prepared.translation && admitted.envelope.stream) return stream.push(bytes)
        const response = editResponse(bytes, edits)
        if (stores) ended(Buffer.from(response).toString())
        return response
      },
    }
  }

/** A member that was sent with something in it, as JSON text. */
const givenText = (scan: Scan, name: string): string | undefined => {
  const text = memberText(scan, name)
  return text === 'null' ? undefined : text
}

const DONE: ReadonlySet<unknown> = new Set(['completed', 'incomplete', undefined])

const keep = (deps: KeepDeps, call: Call, { principal, envelope }: Admitted, written: Scan, body: string): void => {
  const response = readResponse(body)
  if (response === undefined || !DONE.has(response.status)) return
  const input = memberText(written, 'input') ?? '[]'
  const bytes = Buffer.byteLength(body) + Buffer.byteLength(input)
  if (bytes > deps.bytesMax) {
    deps.onLost(call, `${bytes} bytes are more than are kept of one response`)
    return
  }
  const createdAtMs = deps.nowMs()
  const kept = {
    id: response.id,
    scope: scopeOf(principal),
    previousId: idIn(givenText(written, 'previous_response_id')),
    model: envelope.model,
    createdAtMs,
    expiresAtMs: createdAtMs + deps.retentionMs,
    input,
    body,
  }
  const itemIds = outputItems(response).flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
  deps.responses.keep(kept, itemIds).then(
    (outcome) => {
      if (!outcome.ok) deps.onLost(call, outcome.error)
    },
    (error: unknown) => deps.onLost(call, String(error)),
  )
}

const readResponse = (text: string): { readonly id: string; readonly status?: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    const named = typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
    return named ? (value as { readonly id: string; readonly status?: unknown }) : undefined
  } catch {
    return undefined
  }
}

/** A string's value; what was read once as a string is one. */
const idIn = (text: string | undefined): string | null => (text === undefined ? null : (JSON.parse(text) as string))
