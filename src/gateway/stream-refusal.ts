import type { UpstreamFormat } from '../canon/operation.ts'
import { ERRORS, type ErrorKind, type GatewayError } from '../errors.ts'
import { exceptionIn } from '../protocols/bedrock-converse/exceptions.ts'
import { type JsonObject, isObject, jsonOf, objectOf, parseJson, textOf } from '../protocols/json.ts'
import { createEventReader, type NamedEvent } from '../translation/events.ts'

/** An error answer as the vendor would have given it over HTTP. */
export interface StreamRefusal {
  readonly status: number
  readonly body: string
}

/** The error of an upstream's format in Tollgate's kinds. */
export type ReadError = (status: number, body: unknown) => GatewayError

/**
 * The HTTP error that a stream would have been, had the vendor known before it sent 200: the body is what its error
 * event says, the status the one that its type maps to. `said`: the error in words, for an event of no known shape.
 */
export const refusalInStream = (
  format: UpstreamFormat,
  bytes: Uint8Array,
  said: string,
  readError: ReadError,
): StreamRefusal => {
  const body = bodyOf(format, bytes) ?? { error: { message: said } }
  const written = jsonOf(body) ?? JSON.stringify({ error: { message: said } })
  // A number of its own is the status that would have been sent; else its words say of what kind it is.
  return { status: statusIn(body) ?? statusOf(readError(0, body).kind, format), body: written }
}

const bodyOf = (format: UpstreamFormat, bytes: Uint8Array): JsonObject | undefined => {
  const reader = createEventReader(bytes.length)
  for (const event of [...reader.push(bytes), ...reader.rest()]) {
    const body = errorIn(format, event)
    if (body) return body
  }
  return undefined
}

const errorIn = (format: UpstreamFormat, { name, data }: NamedEvent): JsonObject | undefined => {
  const value = parseJson(data)
  const [event] = (Array.isArray(value) ? value : [value]).filter(isObject)
  if (!event) return name === 'error' ? { error: { message: data } } : undefined
  const exception = format === 'bedrock-converse' ? exceptionIn(event) : undefined
  if (exception) return { type: 'error', error: exception }
  const error = event.error ?? objectOf(event.response).error
  if (format === 'anthropic-messages' && isObject(error)) return { type: 'error', error }
  if (format === 'gemini' && isObject(error)) return { error }
  if (isObject(error)) return { error: { type: error.code ?? null, param: null, ...error } }
  if (typeof error === 'string') return { error: { message: error } }
  // OpenAI's schema of Responses has the fields of an error event flat.
  const { code = null, message, param = null } = event
  if (event.type === 'error' || name === 'error')
    return { error: { message: textOf(message), type: code, param, code } }
  if (event.type === 'response.failed') return { error: { message: 'The response failed.', type: 'server_error' } }
  return undefined
}

const statusIn = (body: JsonObject): number | undefined => {
  const { code, status } = objectOf(body.error)
  const numbers = [code, status].map((word) => (typeof word === 'object' ? Number.NaN : Number(word)))
  return numbers.find((each) => Number.isInteger(each) && each >= 400 && each < 600)
}

/** Statuses that Tollgate's own row of that kind does not have: what a vendor answers with is not what we do. */
const VENDOR_STATUS: Partial<Record<ErrorKind, number>> = {
  'upstream-refused': 403,
  'upstream-failed': 500,
  'upstream-unreadable': 500,
}

const statusOf = (kind: ErrorKind, format: UpstreamFormat): number => {
  const row: { readonly status: number; readonly anthropicStatus?: number } = ERRORS[kind]
  if (format === 'anthropic-messages') return VENDOR_STATUS[kind] ?? row.anthropicStatus ?? row.status
  return VENDOR_STATUS[kind] ?? row.status
}
