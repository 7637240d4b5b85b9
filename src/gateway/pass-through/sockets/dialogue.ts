import { scanObject } from '../../../canon/scan-object.ts'
import type { Scan } from '../../../canon/scan.ts'
import type { Ended } from '../../../canon/receipt.ts'
import { ERRORS, fault, type GatewayError } from '../../../errors.ts'
import { isObject, type JsonObject, parseJson } from '../../../protocols/json.ts'
import { err, ok, type Result } from '../../../result.ts'

/** What becomes of a client's event: it goes on, or the client is told why not, and the session may be over with that. */
export type Verdict =
  | { readonly forward: string }
  | { readonly refuse: string; readonly close?: { readonly code: number; readonly reason: string } }

/** What a session is about: it knows which events cost money. Events are given to it in their order, one at a time. */
export interface Dialogue {
  fromClient(text: string): Promise<Verdict>
  /** Takes note of what the upstream says, before the client is told. An answer goes to the upstream. */
  fromUpstream(text: string): Promise<void>
  /** Responses that have begun and not ended. */
  readonly isBusy: boolean
  /** The session has ended: whatever is open is settled. */
  over(ended: Ended): Promise<void>
}

/** A client's event, seen from outside. */
export interface ClientEvent {
  readonly type: string
  /** The client's own name for it, which errors repeat. */
  readonly eventId: string | null
  readonly scan: Scan
}

const NAME_BYTES_MAX = 256

/**
 * Reads a client's event. What two readers could read differently is refused, for one of them decides what is paid: a
 * member sent twice, or a `type` in other letters.
 */
export const readClientEvent = (text: string, depthMax: number): Result<ClientEvent, GatewayError> => {
  const scan = scanObject(new TextEncoder().encode(text), { depthMax })
  if (!scan.ok) return scan
  const { bytes, members } = scan.value
  for (const key of members.keys()) if (key !== 'type' && key.toLowerCase() === 'type') return err(UNTYPED)
  const small = (name: string): unknown => {
    const member = members.get(name)
    if (!member || member.valueEnd - member.valueStart > NAME_BYTES_MAX) return undefined
    return parseJson(Buffer.from(bytes.subarray(member.valueStart, member.valueEnd)).toString('utf8'))
  }
  const [type, eventId] = [small('type'), small('event_id')]
  if (typeof type !== 'string') return err(UNTYPED)
  return ok({ type, eventId: typeof eventId === 'string' ? eventId : null, scan: scan.value })
}

const UNTYPED = fault('invalid-request', 'An event has a `type`, written so, once.', { param: 'type' })

/** Only some events need to be read; which ones, their type says, wherever it stands. */
export const readUpstreamEvent = (text: string, mayMatter: RegExp): JsonObject | undefined => {
  if (!mayMatter.test(text)) return undefined
  const event = parseJson(text)
  return isObject(event) ? event : undefined
}

/** A refusal as the Realtime API tells it. The session stays open. */
export const realtimeError = (error: GatewayError, eventId: string | null, id: string): string => {
  const { type, code } = ERRORS[error.kind]
  const { message, param = null } = error
  return JSON.stringify({
    type: 'error',
    event_id: `event_${id}`,
    error: { type, code, message, param, event_id: eventId },
  })
}

/** A refusal as the Responses API tells it over WebSocket. */
export const responsesError = (error: GatewayError): string => {
  const { type, code, status } = ERRORS[error.kind]
  const { message, param = null } = error
  return JSON.stringify({ type: 'error', status, error: { type, code, message, param } })
}
